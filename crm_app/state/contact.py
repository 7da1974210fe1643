"""One contact's card."""

import asyncio

import reflex as rx

from crm_app import routes
from crm_app.locales import text
from crm_app.models import Contact, Permission
from crm_app.services import database, installation
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, trash
from crm_app.services.duplicates import merging
from crm_app.services.errors import NotFound
from crm_app.state.contact_merges import ContactMerges
from crm_app.state.contact_timeline import ContactTimelineState
from crm_app.state.contact_view import CardView, Presenter, key_of
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.trash import TrashLine, line, restored


class ContactState(ContactMerges, rx.State):
    """The contact whose number stands in the URL; `shown` is how it stood there when the card was loaded."""

    card: CardView = CardView()
    shown: str = ""
    missing: bool = False
    thrown: TrashLine = TrashLine()  # as it stands in the trash; number 0 = it does not
    may_edit: bool = False

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        actor = await current_actor(self)
        self.may_edit = actor.may(Permission.CONTACTS_EDIT)
        self._close_merges()
        shown = await asyncio.to_thread(_fetch, actor, self.number)
        if shown is None and (kept := await asyncio.to_thread(_kept, actor, self.number)):
            return rx.redirect(routes.contact(kept), replace=True)
        self.thrown = TrashLine() if shown else await asyncio.to_thread(_thrown, actor, self.number)
        self.missing = shown is None and not self.thrown.number
        self.card, self.shown = shown or CardView(), routes.key_in(self.router.url.path)
        return None

    @action(permission=Permission.CONTACTS_READ)
    async def refresh(self):
        """The card again, after something was done to its contact."""
        await self._show_card(key_of(self.number))

    @action(permission=Permission.CONTACTS_EDIT)
    async def deactivate(self):
        actor = await current_actor(self)
        self.card = await asyncio.to_thread(_switch, actor, self.card.number, False)
        await say(self, text("{name} is inactive now and gets no mailings.", name=self.card.name))
        return ContactTimelineState.refresh

    @action(permission=Permission.CONTACTS_EDIT)
    async def reactivate(self):
        actor = await current_actor(self)
        self.card = await asyncio.to_thread(_switch, actor, self.card.number, True)
        await say(self, text("{name} is active again.", name=self.card.name))
        return ContactTimelineState.refresh

    @action(permission=Permission.CONTACTS_EDIT)
    async def trash(self):
        actor = await current_actor(self)
        name = self.card.name
        await asyncio.to_thread(_trash, actor, self.card.number)
        await say(self, text("{name} is in the trash and can be restored from there.", name=name))
        return ContactState.load

    @action(permission=Permission.CONTACTS_EDIT)
    async def restore(self):
        actor = await current_actor(self)
        done = await asyncio.to_thread(_restore, actor, self.thrown.number)
        if done:
            await say(self, restored(done))
        return [ContactState.load, ContactTimelineState.refresh]

    async def _show_card(self, number: int) -> None:
        """Shows the contact as it is now, unless the page shows another one by now."""
        shown = await asyncio.to_thread(_fetch, await current_actor(self), self.number)
        if shown is not None and shown.number == number:
            self.card = shown

    def _words_of(self, name: str) -> dict[str, str]:
        """The choices of a field with their words."""
        facts = [*self.card.head, *(fact for group in self.card.groups for fact in group.facts)]
        return {value: word for fact in facts if fact.name == name for value, word in fact.options}


def _fetch(actor: Actor, number: str) -> CardView | None:
    with database.reading() as session:
        try:
            return Presenter(session, actor).card(_get(session, actor, number))
        except NotFound:
            return None


def _thrown(actor: Actor, number: str) -> TrashLine:
    with database.reading() as session:
        try:
            return line(trash.find(session, actor, key_of(number)), installation.current(session), actor)
        except NotFound:
            return TrashLine()


def _trash(actor: Actor, number: int) -> None:
    with database.transaction() as session:
        trash.put(session, actor, cards.get(session, actor, number))


def _restore(actor: Actor, number: int) -> int:
    with database.transaction() as session:
        return trash.restore(session, actor, [number])


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
