"""The ways back from what was done on a card."""

import asyncio
from collections.abc import Callable
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app.locales import Text, text
from crm_app.models import Permission
from crm_app.services import attachments, database, relations
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, editing
from crm_app.services.contacts.editing import ChangedMeanwhile
from crm_app.services.contacts.handing_over import hand_over
from crm_app.services.errors import CRMError
from crm_app.state.contact import ContactState
from crm_app.state.contact_timeline import ContactTimelineState
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.undoing import Undoable


def _fields(session: Session, actor: Actor, number: int, changed: dict[str, tuple[str, str]]) -> Text:
    contact = editing.take_back(session, actor, number, changed).contact
    return text("{name} is as before.", name=contact.display_name)


def _branch(session: Session, actor: Actor, number: int, changed: dict[str, tuple[str, str]]) -> Text:
    ((before, after),) = changed.values()
    contact = cards.get(session, actor, number, for_change=True)
    hand_over(session, actor, contact, int(before), seen=int(after))
    return text("{name} is as before.", name=contact.display_name)


def _related(session: Session, actor: Actor, number: int, role: str, other: int) -> Text:
    relations.add(session, actor, cards.get(session, actor, number), role, other)
    return text("#{number} is related again.", number=other)


def _not_related(session: Session, actor: Actor, number: int, role: str, other: int) -> Text:
    contact = cards.get(session, actor, number)
    for one in relations.of(session, actor, contact):
        if (one.role, one.contact.number) == (role, other):
            relations.remove(session, actor, contact, one.id)
    return text("#{number} is not related any more.", number=other)


def _file(session: Session, actor: Actor, number: int, attachment_id: int) -> Text:
    found = attachments.restore(session, actor, cards.get(session, actor, number), attachment_id)
    return text("{name} is there again.", name=found.name)


WAYS: dict[str, Callable[..., Text]] = {
    "fields": _fields,
    "branch": _branch,
    "related": _related,
    "not_related": _not_related,
    "file": _file,
}


class ContactUndoState(Undoable, rx.State):
    """A way back is the name of one of WAYS, the contact's number, and what else the way takes."""

    @action(permission=Permission.CONTACTS_EDIT)
    async def take_back(self, message: int):
        """Undoes what the message told of, once."""
        back = self._way_back(message)
        if not back:
            return None
        try:
            done = await asyncio.to_thread(_taken_back, await current_actor(self), *back)
        except ChangedMeanwhile:
            await say(self, text("Somebody changed it meanwhile. It stays as it is."), "warning")
        except CRMError as error:
            await say(self, error.message, "error")
        else:
            await say(self, done)
        return [ContactState.refresh, ContactTimelineState.refresh]


async def offer(state: rx.State, message: Text, way: str, number: int, *arguments: Any) -> None:
    """Says the message, with a button that undoes it by one of WAYS."""
    undo = await state.get_state(ContactUndoState)
    await undo._offer_undo(message, way, number, *arguments)


def _taken_back(actor: Actor, way: str, number: int, *arguments: Any) -> Text:
    with database.transaction() as session:
        return WAYS[way](session, actor, number, *arguments)
