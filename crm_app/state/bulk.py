"""Contacts ticked in the list, or all that it finds, and what is to be done to them."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import Text, ntext, text
from crm_app.models import Lifecycle, Permission
from crm_app.services import choosable, database
from crm_app.services.actor import Actor
from crm_app.services.changes import actions
from crm_app.services.changes.actions import Action, ActionKind
from crm_app.services.changes.start import preview, start
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import CRMError, Invalid
from crm_app.services.fields.registry import FieldKind
from crm_app.services.filters import choices, subjects
from crm_app.services.filters.questions import is_id
from crm_app.services.filters.tree import Condition, Group
from crm_app.state.choice import Choice
from crm_app.state.contacts import LOOK
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor

MOST_TICKED = 200
WITHOUT_OPT_IN = "without_opt_in"  # makes those inactive who did not confirm e-mails
_PAGING = ("after", "before", LOOK)


@dataclass
class Settable:
    """A field that can be set: `kind` says with which control."""

    name: str
    label: str
    kind: str  # "choice", "date" or "text"
    choices: list[Choice] = field(default_factory=list)


class BulkState(rx.State):
    """`numbers` are ticked; `everybody`: all that the list finds, ticked or not."""

    numbers: list[int] = []
    everybody: bool = False
    opened: bool = False
    kind: str = ActionKind.SET.value
    fields: list[Settable] = []
    field_name: str = ""
    field_kind: str = ""
    field_choices: list[Choice] = []
    tags: list[Choice] = []
    told: str = ""  # who would change
    changing: int = 0
    error: str = ""
    _value: str = ""
    _list: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Another filter is another list: nobody is ticked in it."""
        params = dict(self.router.url.query_parameters)
        shown = self.router.url.path + "?" + str(sorted(item for item in params.items() if item[0] not in _PAGING))
        if shown != self._list:
            self._list, self.numbers, self.everybody, self.opened = shown, [], False, False

    @action(permission=Permission.CONTACTS_BULK)
    async def tick(self, number: int):
        if number in self.numbers:
            self.numbers = [one for one in self.numbers if one != number]
        elif len(self.numbers) < MOST_TICKED:
            self.numbers = [*self.numbers, number]
        else:
            message = text("No more than {most} can be ticked. Choose all of the list instead.", most=MOST_TICKED)
            await say(self, message, "warning")
        self.everybody = False
        await self._look_again()

    @action(permission=Permission.CONTACTS_BULK)
    async def tick_page(self, numbers: list[int]):
        """All of a page, or none of it when all were ticked."""
        there = set(self.numbers)
        if there.issuperset(numbers):
            self.numbers = [one for one in self.numbers if one not in set(numbers)]
        else:
            self.numbers = list(dict.fromkeys([*self.numbers, *numbers]))[:MOST_TICKED]
        self.everybody = False
        await self._look_again()

    @action(permission=Permission.CONTACTS_BULK)
    async def choose_everybody(self):
        self.everybody = True
        await self._look_again()

    @action(permission=Permission.CONTACTS_BULK)
    async def clear(self):
        self.numbers, self.everybody, self.opened = [], False, False

    @action(permission=Permission.CONTACTS_BULK)
    async def toggle(self):
        """Opens or closes the panel that says what is to be done."""
        self.opened, self.error, self._value = not self.opened, "", ""
        if self.opened:
            actor = await current_actor(self)
            self.fields, self.tags = await asyncio.to_thread(_settable, actor)
            self._choose(self.fields[0].name)
            await self._look_again()

    @action(permission=Permission.CONTACTS_BULK)
    async def close(self):
        self.opened = False

    @action(permission=Permission.CONTACTS_BULK)
    async def choose_kind(self, kind: str):
        self.kind, self._value = kind, ""
        await self._look_again()

    @action(permission=Permission.CONTACTS_BULK)
    async def choose_field(self, name: str):
        self._choose(name)
        await self._look_again()

    @action(permission=Permission.CONTACTS_BULK)
    async def set_value(self, value: str):
        self._value = value
        await self._look_again()

    @action(permission=Permission.CONTACTS_BULK)
    async def start(self, form: dict[str, Any]):
        """Begins the change; its page shows how far it is, and takes it back when asked."""
        actor = await current_actor(self)
        self._value = str(form.get("value", self._value))
        try:
            job_id, import_id = await asyncio.to_thread(_start, actor, self._wanted(), self._asked())
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            return None
        await asyncio.to_thread(queue.push, job_id)
        self.numbers, self.everybody, self.opened = [], False, False
        return rx.redirect(routes.import_step(import_id, "done"))

    def _choose(self, name: str) -> None:
        chosen = next((one for one in self.fields if one.name == name), self.fields[0])
        self.field_name, self.field_kind, self.field_choices = chosen.name, chosen.kind, chosen.choices
        self._value = ""

    async def _look_again(self) -> None:
        """Says who would change by what is chosen now."""
        if not self.opened:
            return
        self.error, self.told, self.changing = "", "", 0
        actor = await current_actor(self)
        try:
            self.changing, told = await asyncio.to_thread(_preview, actor, self._wanted(), self._asked())
        except Invalid as error:
            self.error = locales.render(error.message, actor.language) if self._value else ""
            return
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            return
        self.told = locales.render(told, actor.language)

    def _wanted(self) -> ContactFilter:
        params = dict(self.router.url.query_parameters)
        wanted = ContactFilter.from_params(params)
        if self.router.url.path.startswith(routes.LEADS):
            wanted = replace(wanted, lifecycle=Lifecycle.LEAD)
        if not self.everybody:
            picked = Condition("picked", "any", tuple(map(str, self.numbers)) or ("0",))
            wanted = ContactFilter(inactive=True, where=Group(items=(picked,)))
        return wanted

    def _asked(self) -> "Asked":
        return Asked(self.kind, self.field_name, self._value)


@dataclass(frozen=True, slots=True)
class Asked:
    kind: str
    field_name: str
    value: str


def _action(session: Any, actor: Actor, asked: Asked) -> Action:
    """Raises Invalid for what is not complete yet."""
    if asked.kind == ActionKind.SET:
        return actions.set_field(session, actor, asked.field_name, asked.value)
    if asked.kind == ActionKind.TAG:
        return actions.tag(session, actor, asked.value.split(","))
    if asked.kind == ActionKind.UNTAG:
        return actions.untag(session, actor, [int(asked.value)] if is_id(asked.value) else [])
    return actions.reactivate() if asked.kind == ActionKind.REACTIVATE else actions.deactivate()


def _narrowed(wanted: ContactFilter, asked: Asked) -> ContactFilter:
    """Without those who confirmed, when only the others become inactive."""
    if asked.kind != WITHOUT_OPT_IN:
        return wanted
    unconfirmed = Condition("consent_email", "none", ("confirmed",))
    return replace(wanted, where=Group(items=(unconfirmed, *([wanted.where] if wanted.where else []))))


def _preview(actor: Actor, wanted: ContactFilter, asked: Asked) -> tuple[int, Text]:
    with database.transaction() as session:
        found = preview(session, actor, _narrowed(wanted, asked), _action(session, actor, asked))
        session.rollback()  # a tag that only was looked at is not made
    names = ", ".join(found.names) + (" …" if found.changing > len(found.names) else "")
    if not found.changing:
        return 0, text("Nobody would change: all of these contacts are so already.")
    if not found.unchanged:
        return found.changing, ntext(
            "One contact changes: {names}", "{n} contacts change: {names}", found.changing, names=names
        )
    message = ntext(
        "One contact changes, {others} are so already: {names}",
        "{n} contacts change, {others} are so already: {names}",
        found.changing,
        others=found.unchanged,
        names=names,
    )
    return found.changing, message


def _start(actor: Actor, wanted: ContactFilter, asked: Asked) -> tuple[int, int]:
    with database.transaction() as session:
        job = start(session, actor, _narrowed(wanted, asked), _action(session, actor, asked))
        assert job.id is not None
        return job.id, job.subject_id


def _settable(actor: Actor) -> tuple[list[Settable], list[Choice]]:
    with database.reading() as session:
        known = subjects.known(session)
        found = []
        for name, one in actions.settable(session).items():
            pairs = choices.of(session, actor, known[name])
            if name == "owner":
                pairs = [(str(user.id), user.name) for user in choosable.colleagues(session, actor)]
            kind = "choice" if pairs and one.kind is not FieldKind.CHOICES else "text"
            kind = "date" if one.kind is FieldKind.DATE else kind
            if one.kind is FieldKind.YES_NO:
                kind, pairs = "choice", [("1", _say(text("yes"), actor)), ("0", _say(text("no"), actor))]
            listed = [Choice(value, label) for value, label in pairs] if kind == "choice" else []
            found.append(Settable(name, _say(one.label, actor), kind, listed))
        tags = [Choice(value, label) for value, label in choices.of(session, actor, known["tags"])]
    return found, tags


def _say(label: Text, actor: Actor) -> str:
    return locales.render(label, actor.language)
