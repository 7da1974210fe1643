"""The hand-picked segments of one contact, on its card."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx

from crm_app import locales
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import database, picked
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import CRMError, Invalid
from crm_app.state.contact_view import key_of
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor


@dataclass
class SegmentTick:
    """`changeable`: the user may put contacts in and take them out."""

    id: int
    name: str
    is_in: bool
    changeable: bool


class ContactSegmentsState(rx.State):
    opened: bool = False
    lines: list[SegmentTick] = []
    error: str = ""
    key: int = 0  # of the form: another one is empty again

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Another contact: nothing is open."""
        self.opened, self.error = False, ""

    @action(permission=Permission.CONTACTS_READ)
    async def toggle(self):
        self.opened, self.error = not self.opened, ""
        if self.opened:
            await self._show()

    @action(permission=Permission.CONTACTS_READ)
    async def close(self):
        self.opened = False

    @action(permission=Permission.CONTACTS_READ)
    async def put(self, segment_id: int, is_in: bool):
        """Puts the contact into the segment, or takes it out."""
        actor = await current_actor(self)
        try:
            name = await asyncio.to_thread(_put, actor, self.number, segment_id, is_in)
        except CRMError as error:
            await say(self, error.message, "error")
        else:
            said = (
                text("Put into “{segment}”", segment=name) if is_in else text("Taken out of “{segment}”", segment=name)
            )
            await say(self, said)
        await self._show()

    @action(permission=Permission.CONTACTS_READ)
    async def make(self, form: dict[str, Any]):
        """A new segment with this contact in it."""
        actor = await current_actor(self)
        self.error = ""
        try:
            await asyncio.to_thread(_make, actor, self.number, str(form.get("name") or ""))
        except Invalid as error:
            self.error = locales.render(error.message, actor.language)
            return
        except CRMError as error:
            await say(self, error.message, "error")
        self.key += 1
        await self._show()

    async def _show(self) -> None:
        self.lines = await asyncio.to_thread(_lines, await current_actor(self), self.number)


def _lines(actor: Actor, number: str) -> list[SegmentTick]:
    with database.reading() as session:
        contact = cards.get(session, actor, key_of(number))
        mine = {one.segment.id: one for one in picked.of_contact(session, actor, contact)}
        open_ = {one.id: one for one in picked.listing(session, actor)}
        names = {id_: one.segment.name for id_, one in mine.items()} | {id_: one.name for id_, one in open_.items()}
        return [SegmentTick(id_ or 0, name, id_ in mine, id_ in open_) for id_, name in names.items()]


def _put(actor: Actor, number: str, segment_id: int, is_in: bool) -> str:
    with database.transaction() as session:
        contact = cards.get(session, actor, key_of(number))
        return picked.put(session, actor, contact, segment_id, is_in=is_in).name


def _make(actor: Actor, number: str, name: str) -> None:
    with database.transaction() as session:
        contact = cards.get(session, actor, key_of(number))
        made = picked.make(session, actor, name)
        picked.put(session, actor, contact, made.id or 0, is_in=True)
