"""The choices of an own field, on its settings page."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx
from sqlmodel import Session

from crm_app import routes
from crm_app.jobs import queue
from crm_app.models import Permission
from crm_app.services import custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError
from crm_app.services.settings import choices
from crm_app.state.guard import action
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges
from crm_app.state.settings_words import Removal, Started, who_has


@dataclass
class ChoiceLine:
    option: str
    contacts: int
    url: str


class SettingsChoicesState(SettingsChanges, rx.State):
    """`editing` is the choice whose form is open; `removing` is asked about."""

    lines: list[ChoiceLine] = []
    editing: str = ""
    removing: Removal = Removal()
    others: list[str] = []

    @action(permission=Permission.SETTINGS)
    async def load(self):
        self.editing, self.removing, self.error = "", Removal(), ""
        await self._show()

    @action(permission=Permission.SETTINGS)
    async def edit(self, option: str):
        """Opens the form of a choice; closes it."""
        self.editing, self.removing, self.error = option, Removal(), ""

    @action(permission=Permission.SETTINGS)
    async def add(self, form: dict[str, Any]):
        key, option = self._key(), str(form.get("option") or "")
        if option.strip() and await self._do(
            lambda session, actor: custom_fields.add_option(session, actor, key, option)
        ):
            return rx.set_value("new-option", "")
        return None

    @action(permission=Permission.SETTINGS)
    async def rename(self, form: dict[str, Any]):
        key, option, name = self._key(), self.editing, str(form.get("name") or "")
        return await self._begin(lambda session, actor: choices.rename(session, actor, key, option, name))

    @action(permission=Permission.SETTINGS)
    async def move(self, option: str, by: Literal[-1, 1]):
        key = self._key()
        await self._do(lambda session, actor: choices.move(session, actor, key, option, by))

    @action(permission=Permission.SETTINGS)
    async def ask(self, option: str):
        """Asks what becomes of the contacts of a choice before it goes; closes the question."""
        line = next((line for line in self.lines if line.option == option), None)
        self.editing, self.error = "", ""
        self.removing = Removal(option, option, line.contacts) if line is not None else Removal()
        self.others = [other.option for other in self.lines if other.option != option]

    @action(permission=Permission.SETTINGS)
    async def remove(self, form: dict[str, Any]):
        key, option, into = self._key(), self.removing.key, str(form.get("into") or "") or None
        return await self._begin(lambda session, actor: choices.remove(session, actor, key, option, into))

    async def _begin(self, verb: Callable[[Session, Actor], Any]) -> Any:
        """Starts the change of the contacts that have the choice, and shows how far it is."""
        started: list[Started | None] = []
        if not await self._do(lambda session, actor: started.append(Started.of(verb(session, actor)))):
            return None
        self.editing, self.removing = "", Removal()
        if started[0] is None:
            return None
        await asyncio.to_thread(queue.push, started[0].job_id)
        return rx.redirect(routes.import_step(started[0].import_id, "done"))

    async def _show(self) -> None:
        self.lines = await asyncio.to_thread(_fetch, await current_actor(self), self._key())

    def _key(self) -> str:
        parts = self.router.url.path.strip("/").split("/")
        return parts[2] if len(parts) > 2 else ""


def _fetch(actor: Actor, key: str) -> list[ChoiceLine]:
    with database.reading() as session:
        try:
            found = choices.listing(session, actor, key)
        except CRMError:
            return []
        return [ChoiceLine(one.option, one.contacts, who_has(key, one.option)) for one in found]
