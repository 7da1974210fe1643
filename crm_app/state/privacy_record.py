"""The record of processing, as a page to fill in and to print."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx

from crm_app import locales
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.models.base import now
from crm_app.services import database, installation
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, Invalid
from crm_app.services.privacy import record
from crm_app.state.formats import short_date
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor


@dataclass
class ActivityView:
    name: str
    purpose: str
    people: str
    data: str
    kept: list[str]


@dataclass
class TextField:
    """A text that people fill in."""

    name: str
    label: str
    hint: str
    value: str


class PrivacyRecordState(rx.State):
    """`editing`: the texts are fields of a form; else they are read, and printed."""

    activities: list[ActivityView] = []
    texts: list[TextField] = []
    organisation: str = ""
    as_of: str = ""
    may_change: bool = False
    editing: bool = False
    error: str = ""
    loaded: bool = False

    @action(permission=Permission.CONSENT)
    async def load(self):
        actor = await current_actor(self)
        self.may_change, self.editing, self.error = actor.may(Permission.SETTINGS), False, ""
        await self._show()
        self.loaded = True

    @action(permission=Permission.SETTINGS)
    async def edit(self, editing: bool):
        self.editing, self.error = editing, ""

    @action(permission=Permission.SETTINGS)
    async def save(self, form: dict[str, Any]):
        actor = await current_actor(self)
        written = {str(name): str(value or "") for name, value in form.items()}
        try:
            await asyncio.to_thread(_write, actor, written)
        except CRMError as error:
            field = f"{error.field}: " if isinstance(error, Invalid) and error.field else ""
            self.error = field + locales.render(error.message, actor.language)
            return
        self.editing, self.error = False, ""
        await self._show()
        await say(self, text("The record is saved."))

    async def _show(self) -> None:
        actor = await current_actor(self)
        self.activities, self.texts, self.organisation = await asyncio.to_thread(_fetch, actor)
        self.as_of = short_date(now(), actor.language)


def _write(actor: Actor, written: dict[str, str]) -> None:
    with database.transaction() as session:
        record.write(session, actor, written)


def _fetch(actor: Actor) -> tuple[list[ActivityView], list[TextField], str]:
    def say(message: Any) -> str:
        return locales.render(message, actor.language)

    with database.reading() as session:
        found = record.activities(session, actor)
        stored = record.texts(session, actor)
        name = installation.current(session).name
    views = [
        ActivityView(say(one.name), say(one.purpose), say(one.people), say(one.data), [say(kept) for kept in one.kept])
        for one in found
    ]
    fields = [TextField(key, say(label), say(hint), stored[key]) for key, (label, hint) in record.TEXTS.items()]
    return views, fields, name
