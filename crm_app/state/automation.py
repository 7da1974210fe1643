"""One automation: what sets it off, for whom, what is done; what it would do now, and what came of it."""

import asyncio
from typing import Any, Literal

import reflex as rx

from crm_app import locales, routes
from crm_app.locales import text
from crm_app.models import ActionKind, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.automations import definitions
from crm_app.services.automations.actions import MOST as MOST_ACTIONS
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import CRMError, Invalid, NotFound
from crm_app.services.filters.questions import is_id
from crm_app.state import automation_view as view
from crm_app.state.automation_view import ActionLine, Choices, LogLine, SampleLine
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor


class AutomationState(rx.State):
    """The automation whose id stands in the URL. `actions` may differ from what is stored until it is saved."""

    name: str = ""
    active: bool = False
    trigger: str = ""
    value: str = ""
    segment: str = ""
    actions: list[ActionLine] = []
    choices: Choices = Choices()
    errors: dict[str, str] = {}
    tried: bool = False
    total: int = 0
    samples: list[SampleLine] = []
    lines: list[LogLine] = []
    is_more: bool = False
    removing: bool = False
    missing: bool = False
    loaded: bool = False
    key: int = 0
    _next: int = 0

    @action(permission=Permission.MESSAGES)
    async def load(self):
        self.errors, self.removing, self.tried, self.samples = {}, False, False, []
        await self._show()
        self.loaded = True

    @action(permission=Permission.MESSAGES)
    async def choose_trigger(self, trigger: str):
        """Another trigger asks for another value."""
        self.trigger, self.value = trigger, ""

    @action(permission=Permission.MESSAGES)
    async def add(self, kind: str):
        """One more action, behind the others."""
        if kind in set(ActionKind) and len(self.actions) < MOST_ACTIONS:
            self._next += 1
            label = view.action_label(ActionKind(kind), await current_actor(self))
            self.actions = [*self.actions, ActionLine(key=f"new{self._next}", kind=kind, label=label)]

    @action(permission=Permission.MESSAGES)
    async def drop(self, key: str):
        self.actions = [one for one in self.actions if one.key != key]

    @action(permission=Permission.MESSAGES)
    async def move(self, key: str, by: Literal[-1, 1]):
        lines = list(self.actions)
        place = next((n for n, one in enumerate(lines) if one.key == key), -1)
        if place >= 0 and 0 <= place + by < len(lines):
            lines[place], lines[place + by] = lines[place + by], lines[place]
            self.actions = lines

    @action(permission=Permission.MESSAGES)
    async def save(self, form: dict[str, Any]):
        """Stores all of it; the first thing that cannot be taken is said where it stands."""
        actor = await current_actor(self)
        try:
            wanted = _wanted(form)
            given = [view.typed(one, form) for one in self.actions]
            value = str(form.get("value") or "")
            await asyncio.to_thread(_change, actor, self._id, form, int(value) if is_id(value) else None, wanted, given)
        except Invalid as error:
            self.errors = {error.field: locales.render(error.message, actor.language)}
            return rx.set_focus(f"automation-{error.field}")
        except CRMError as error:
            await say(self, error.message, "error")
            return None
        self.errors, self.tried = {}, False
        await self._show()
        await say(self, text("The automation is saved."))
        return rx.set_focus("save-automation")

    @action(permission=Permission.MESSAGES)
    async def flip(self, on: bool):
        """Switches it on or off, as it was saved."""
        await self._do(lambda session, actor: definitions.switch(session, actor, self._id, on=on))

    @action(permission=Permission.MESSAGES)
    async def try_out(self):
        """What it would do with the contacts there are; nothing is changed."""
        actor = await current_actor(self)
        try:
            self.total, self.samples = await asyncio.to_thread(view.tried, actor, self._id)
        except CRMError as error:
            await say(self, error.message, "error")
            return
        self.tried = True

    @action(permission=Permission.MESSAGES)
    async def show_more(self):
        """Further lines of the log."""
        last = int(self.lines[-1].key) if self.lines else 0
        further, self.is_more = await asyncio.to_thread(view.log, await current_actor(self), self._id, last)
        self.lines = [*self.lines, *further]

    @action(permission=Permission.MESSAGES)
    async def refresh(self):
        """The log as it stands now."""
        self.lines, self.is_more = await asyncio.to_thread(view.log, await current_actor(self), self._id, 0)

    @action(permission=Permission.MESSAGES)
    async def ask(self, removing: bool):
        """Asks before it goes; closes the question."""
        self.removing = removing

    @action(permission=Permission.MESSAGES)
    async def remove(self):
        name = self.name
        if await self._do(lambda session, actor: definitions.remove(session, actor, self._id), show=False):
            await say(self, text("The automation “{name}” is deleted.", name=name))
            return rx.redirect(routes.AUTOMATIONS)
        return None

    @property
    def _id(self) -> int:
        given = str(self.automation_id)
        return int(given) if is_id(given) else 0

    async def _show(self) -> None:
        actor = await current_actor(self)
        try:
            seen = await asyncio.to_thread(view.look, actor, self._id)
        except NotFound:
            self.missing = True
            return
        self.missing, self.key = False, self.key + 1
        self.name, self.active, self.trigger = seen.name, seen.active, seen.trigger
        self.value, self.segment, self.actions, self.choices = seen.value, seen.segment, seen.actions, seen.choices
        self.lines, self.is_more = await asyncio.to_thread(view.log, actor, self._id, 0)

    async def _do(self, verb: Any, *, show: bool = True) -> bool:
        """Carries it out; False when it was refused, and why is shown."""
        actor, self.errors = await current_actor(self), {}
        try:
            await asyncio.to_thread(_written, actor, verb)
        except Invalid as error:
            self.errors = {error.field: locales.render(error.message, actor.language)}
            return False
        except CRMError as error:
            await say(self, error.message, "error")
            return False
        if show:
            await self._show()
        return True


def _wanted(form: dict[str, Any]) -> ContactFilter:
    chosen = str(form.get("segment") or "")
    return ContactFilter(segment_id=int(chosen)) if is_id(chosen) else ContactFilter()


def _change(
    actor: Actor,
    id_: int,
    form: dict[str, Any],
    value: int | None,
    wanted: ContactFilter,
    given: list[dict[str, Any]],
) -> None:
    with database.transaction() as session:
        definitions.change(
            session,
            actor,
            id_,
            name=str(form.get("name") or ""),
            trigger=str(form.get("trigger") or ""),
            value_id=value,
            wanted=wanted,
            given=given,
        )


def _written(actor: Actor, verb: Any) -> None:
    with database.transaction() as session:
        verb(session, actor)
