"""The timeline of the contact whose card is open: pages of it, narrowed to a kind of entry."""

import asyncio

import reflex as rx

from crm_app import locales
from crm_app.models import Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.contacts.timeline import PAGE, Place
from crm_app.services.errors import NotFound
from crm_app.state import contact_happenings
from crm_app.state.choice import Choice
from crm_app.state.contact_happenings import GROUPS, Happening
from crm_app.state.contact_view import Presenter, key_of
from crm_app.state.guard import action
from crm_app.state.session import current_actor

MOST = 500  # entries that are read again at once


class ContactTimelineState(rx.State):
    """`group` narrows it, empty for everything; `more`: there are older ones."""

    happenings: list[Happening] = []
    groups: list[Choice] = []
    group: str = ""
    more: bool = False
    loaded: bool = False
    _after: Place | None = None

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """The newest entries of everything."""
        self.group = ""
        await self._show(PAGE)

    @action(permission=Permission.CONTACTS_READ)
    async def refresh(self):
        """As far as it was shown, after something happened."""
        await self._show(max(PAGE, min(len(self.happenings) + 1, MOST)))

    @action(permission=Permission.CONTACTS_READ)
    async def narrow(self, group: str):
        self.group = group if group in GROUPS else ""
        await self._show(PAGE)

    @action(permission=Permission.CONTACTS_READ)
    async def show_more(self):
        """The next page behind what is shown."""
        if self._after is None:
            return
        actor = await current_actor(self)
        further, after = await asyncio.to_thread(_page, actor, self.number, self.group, self._after, PAGE)
        self.happenings, self._after = [*self.happenings, *further], after
        self.more = after is not None

    async def _show(self, limit: int) -> None:
        actor = await current_actor(self)
        self.happenings, self._after = await asyncio.to_thread(_page, actor, self.number, self.group, None, limit)
        self.more, self.loaded = self._after is not None, True
        self.groups = [Choice(name, locales.render(label, actor.language)) for name, label in GROUPS.items()]


def _page(
    actor: Actor, number: str, group: str, after: Place | None, limit: int
) -> tuple[list[Happening], Place | None]:
    with database.reading() as session:
        try:
            contact = cards.get(session, actor, key_of(number))
        except NotFound:
            return [], None
        return contact_happenings.page(Presenter(session, actor), contact, group=group, after=after, limit=limit)
