"""The user's secret calendar address: made, shown once, revoked."""

import asyncio

import reflex as rx

from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import database, feeds
from crm_app.services.actor import Actor
from crm_app.state.formats import day
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor


class CalendarFeedState(rx.State):
    """`url` is there only until the panel closes; `made` is the day of the address that stands, empty for none."""

    is_open: bool = False
    url: str = ""
    made: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def toggle(self):
        self.is_open, self.url = not self.is_open, ""
        if self.is_open:
            await self._show()

    @action(permission=Permission.CONTACTS_READ)
    async def make(self):
        """A new address; the one before stops working."""
        self.url = await asyncio.to_thread(_make, await current_actor(self))
        await self._show()

    @action(permission=Permission.CONTACTS_READ)
    async def revoke(self):
        await asyncio.to_thread(_revoke, await current_actor(self))
        self.url = ""
        await self._show()
        await say(self, text("The address does not work any more."))

    async def _show(self) -> None:
        self.made = await asyncio.to_thread(_made, await current_actor(self))


def _make(actor: Actor) -> str:
    with database.transaction() as session:
        return feeds.make(session, actor)


def _revoke(actor: Actor) -> None:
    with database.transaction() as session:
        feeds.revoke(session, actor)


def _made(actor: Actor) -> str:
    with database.reading() as session:
        found = feeds.standing(session, actor)
        return day(found.created_at, actor.language, actor.timezone) if found else ""
