"""Contacts ticked in the list, or all that it finds, and what is to be done to them."""

import asyncio
from dataclasses import replace
from typing import Any, Literal

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services.changes.actions import ActionKind
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import CRMError, Invalid
from crm_app.services.fields.choices import SEPARATORS
from crm_app.services.filters.tree import Condition, Group
from crm_app.state.bulk_change import (
    NEW,
    WITHOUT_OPT_IN,
    Asked,
    Into,
    ReasonLine,
    Settable,
    courses,
    offers_of,
    previewed,
    reasons,
    settable,
    started,
)
from crm_app.state.choice import Choice
from crm_app.state.contacts import LOOK
from crm_app.state.guard import action
from crm_app.state.list_place import place_of
from crm_app.state.messages import say
from crm_app.state.session import current_actor

MOST_TICKED = 200
_PAGING = ("after", "before", LOOK)
CHANGE = "change"  # in the address: a change the panel opens at, for everybody of the list
OFFERED = (WITHOUT_OPT_IN, ActionKind.DEACTIVATE.value, ActionKind.TRASH.value)


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
    segments: list[Choice] = []  # the hand-picked ones
    courses: list[Choice] = []
    offers: list[Choice] = []  # of the course that is chosen
    notices: list[Choice] = []  # templates
    chosen: list[str] = []  # of a field that holds several choices
    is_new_segment: bool = False
    may_export: bool = False
    may_send: bool = False
    told: str = ""  # who would change
    reasons: list[ReasonLine] = []  # why they would become inactive
    changing: int = 0
    error: str = ""
    _value: str = ""
    _name: str = ""  # of a new segment
    _into: Into = Into()
    _list: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Another filter is another list: nobody is ticked in it."""
        params = dict(self.router.url.query_parameters)
        shown = self.router.url.path + "?" + str(sorted(item for item in params.items() if item[0] not in _PAGING))
        if shown != self._list:
            self._list, self.numbers, self.everybody, self.opened = shown, [], False, False
        actor = await current_actor(self)
        self.may_export = actor.may(Permission.EXPORT)
        self.may_send = actor.may(Permission.MESSAGES)
        if params.get(CHANGE) in OFFERED and actor.may(Permission.CONTACTS_BULK):
            await self._offer(params[CHANGE])

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
            self.fields, self.tags, self.segments = await asyncio.to_thread(settable, actor)
            self._choose(self.fields[0].name)
            await self._look_again()

    @action(permission=Permission.CONTACTS_BULK)
    async def close(self):
        self.opened = False

    @action(permission=Permission.CONTACTS_BULK)
    async def choose_kind(self, kind: str):
        self.kind, self._value, self._name, self.chosen, self.is_new_segment = kind, "", "", [], False
        self._into, self.offers = Into(), []
        if kind == ActionKind.ENROL:
            self.courses, self.notices = await asyncio.to_thread(courses, await current_actor(self))
        await self._look_again()

    @action(permission=Permission.CONTACTS_BULK)
    async def choose_field(self, name: str):
        self._choose(name)
        await self._look_again()

    @action(permission=Permission.CONTACTS_BULK)
    async def set_value(self, value: str):
        self._value, self.is_new_segment = value, self.kind == ActionKind.PICK and value == NEW
        await self._look_again()

    @action(permission=Permission.CONTACTS_BULK)
    async def choose_course(self, course: str):
        """Its offers are those to choose from."""
        self._into = replace(self._into, course=course, offer="")
        self.offers = await asyncio.to_thread(offers_of, await current_actor(self), course)
        await self._look_again()

    @action(permission=Permission.CONTACTS_BULK)
    async def choose_into(self, name: Literal["offer", "from_on", "template"], value: str):
        """How they come into the course."""
        self._into = replace(self._into, **{name: value})
        await self._look_again()

    @action(permission=Permission.CONTACTS_BULK)
    async def toggle_choice(self, value: str):
        """One of a field that holds several."""
        there = [one for one in self.chosen if one != value]
        self.chosen = there if len(there) < len(self.chosen) else [*there, value]
        self._value = SEPARATORS[0].join(self.chosen)
        await self._look_again()

    @action(permission=Permission.CONTACTS_BULK)
    async def set_name(self, name: str):
        """What a new segment is called."""
        self._name = name
        await self._look_again()

    @action(permission=Permission.EXPORT)
    async def export(self):
        """The ticked ones, or all of the list, to a file."""
        return rx.redirect(self._wanted().url(routes.NEW_EXPORT))

    @action(permission=Permission.MESSAGES)
    async def write(self):
        """A campaign to the ticked ones, or to all of the list."""
        return rx.redirect(self._wanted().url(routes.MESSAGES, new=1))

    @action(permission=Permission.CONTACTS_BULK)
    async def start(self, form: dict[str, Any]):
        """Begins the change; its page shows how far it is, and takes it back when asked."""
        actor = await current_actor(self)
        self._value, self._name = str(form.get("value", self._value)), str(form.get("name", self._name))
        try:
            job_id, import_id = await asyncio.to_thread(started, actor, self._wanted(), self._asked())
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            return None
        await asyncio.to_thread(queue.push, job_id)
        self.numbers, self.everybody, self.opened = [], False, False
        return rx.redirect(routes.import_step(import_id, "done"))

    async def _offer(self, kind: str) -> None:
        """Everybody of the list, and the panel open at a change: other pages lead to it."""
        self.everybody, self.opened, self.error = True, True, ""
        self.fields, self.tags, self.segments = await asyncio.to_thread(settable, await current_actor(self))
        self._choose(self.fields[0].name)
        self.kind, self._name, self.is_new_segment = kind, "", False
        await self._look_again()

    def _choose(self, name: str) -> None:
        chosen = next((one for one in self.fields if one.name == name), self.fields[0])
        self.field_name, self.field_kind, self.field_choices = chosen.name, chosen.kind, chosen.choices
        self._value, self.chosen = "", []

    async def _look_again(self) -> None:
        """Says who would change by what is chosen now."""
        if not self.opened:
            return
        self.error, self.told, self.changing, self.reasons = "", "", 0, []
        actor = await current_actor(self)
        try:
            self.changing, told = await asyncio.to_thread(previewed, actor, self._wanted(), self._asked())
            self.reasons = await asyncio.to_thread(reasons, actor, self._wanted(), self._asked())
        except Invalid as error:
            self.error = locales.render(error.message, actor.language) if self._is_begun else ""
            return
        except ValueError:
            return  # the list says why it shows nobody
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            return
        self.told = " ".join(locales.render(one, actor.language) for one in told)

    @property
    def _is_begun(self) -> bool:
        """Whether something was chosen: before that nothing is wrong."""
        return bool(self._name or self._into.course or self._value not in ("", NEW))

    def _wanted(self) -> ContactFilter:
        if self.everybody:
            return place_of(self.router.url.path).wanted(dict(self.router.url.query_parameters))
        picked = Condition("picked", "any", tuple(map(str, self.numbers)) or ("0",))
        return ContactFilter(inactive=True, where=Group(items=(picked,)))

    def _asked(self) -> Asked:
        return Asked(self.kind, self.field_name, self._value, self._name, self._into)
