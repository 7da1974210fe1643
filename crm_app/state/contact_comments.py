"""Comments on the contact whose card is open."""

import asyncio
from collections.abc import Callable
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import locales
from crm_app.models import Contact, Permission
from crm_app.services import comments, database, mentions
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import CRMError
from crm_app.state.contact import ContactState
from crm_app.state.contact_timeline import ContactTimelineState
from crm_app.state.contact_view import CardView, Presenter
from crm_app.state.guard import action
from crm_app.state.session import current_actor

Act = Callable[[Session, Actor, Contact], Any]


class ContactCommentState(rx.State):
    """`editing` is the comment that its author mends, 0 = none; `turn` grows when the composer empties itself."""

    editing: int = 0
    error: str = ""
    turn: int = 0
    people: list[str] = []  # what is typed behind "@" to name a colleague

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        self.editing, self.error = 0, ""
        actor = await current_actor(self)
        self.people = await asyncio.to_thread(_people, actor) if actor.may(Permission.CONTACTS_EDIT) else []

    @action(permission=Permission.CONTACTS_EDIT)
    async def add(self, form: dict[str, Any]):
        written = str(form.get("comment") or "")
        if await self._do(lambda session, actor, contact: comments.add(session, actor, contact, written)):
            self.turn += 1
            return ContactTimelineState.refresh
        return None

    @action(permission=Permission.CONTACTS_EDIT)
    async def edit(self, comment_id: int):
        self.editing, self.error = comment_id, ""

    @action(permission=Permission.CONTACTS_EDIT)
    async def leave(self):
        self.editing, self.error = 0, ""

    @action(permission=Permission.CONTACTS_EDIT)
    async def save(self, form: dict[str, Any]):
        id_, written = self.editing, str(form.get("comment") or "")
        if await self._do(lambda session, actor, contact: comments.edit(session, actor, contact, id_, written)):
            self.editing = 0
            return ContactTimelineState.refresh
        return None

    @action(permission=Permission.CONTACTS_EDIT)
    async def delete(self, comment_id: int):
        await self._do(lambda session, actor, contact: comments.delete(session, actor, contact, comment_id))
        return ContactTimelineState.refresh

    @action(permission=Permission.CONTACTS_EDIT)
    async def restore(self, comment_id: int):
        await self._do(lambda session, actor, contact: comments.restore(session, actor, contact, comment_id))
        return ContactTimelineState.refresh

    async def _do(self, act: Act) -> bool:
        """Does it and shows the card again; False when it was refused, with the reason shown."""
        actor, card = await current_actor(self), await self.get_state(ContactState)
        try:
            card.card = await asyncio.to_thread(_done, actor, card.card.number, act)
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            return False
        self.error = ""
        return True


def _people(actor: Actor) -> list[str]:
    with database.reading() as session:
        return list(mentions.handles(session, actor))


def _done(actor: Actor, number: int, act: Act) -> CardView:
    with database.transaction() as session:
        contact = cards.get(session, actor, number)
        act(session, actor, contact)
        return Presenter(session, actor).card(contact)
