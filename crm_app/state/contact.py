"""One contact's card."""

import asyncio

import reflex as rx

from crm_app import routes
from crm_app.locales import text
from crm_app.models import Contact, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.duplicates import merging
from crm_app.services.errors import NotFound
from crm_app.state.contact_merges import ContactMerges
from crm_app.state.contact_view import CardView, Presenter, key_of
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor


class ContactState(ContactMerges, rx.State):
    """The contact whose number stands in the URL."""

    card: CardView = CardView()
    loaded: bool = False
    missing: bool = False
    may_edit: bool = False

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        actor = await current_actor(self)
        self.may_edit = actor.may(Permission.CONTACTS_EDIT)
        self._close_merges()
        shown = await asyncio.to_thread(_fetch, actor, self.number)
        if shown is None and (kept := await asyncio.to_thread(_kept, actor, self.number)):
            return rx.redirect(routes.contact(kept), replace=True)
        self.card, self.missing, self.loaded = shown or CardView(), shown is None, True
        return None

    @action(permission=Permission.CONTACTS_EDIT)
    async def deactivate(self):
        actor = await current_actor(self)
        self.card = await asyncio.to_thread(_switch, actor, self.card.number, False)
        await say(self, text("{name} is inactive now and gets no mailings.", name=self.card.name))

    @action(permission=Permission.CONTACTS_EDIT)
    async def reactivate(self):
        actor = await current_actor(self)
        self.card = await asyncio.to_thread(_switch, actor, self.card.number, True)
        await say(self, text("{name} is active again.", name=self.card.name))


def _fetch(actor: Actor, number: str) -> CardView | None:
    with database.reading() as session:
        try:
            return Presenter(session, actor).card(_get(session, actor, number))
        except NotFound:
            return None


def _kept(actor: Actor, number: str) -> int | None:
    """The contact that this one went into."""
    with database.reading() as session:
        return merging.kept_number(session, actor, key_of(number))


def _get(session, actor: Actor, number: str) -> Contact:
    return cards.get(session, actor, key_of(number))


def _switch(actor: Actor, number: int, active: bool) -> CardView:
    with database.transaction() as session:
        contact = cards.get(session, actor, number)
        (cards.reactivate if active else cards.deactivate)(session, actor, contact)
        return Presenter(session, actor).card(contact)
