"""The automations: listed, made, switched on and off."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import routes
from crm_app.models import Permission, RunState, Trigger
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.automations import definitions
from crm_app.state import automation_words as words
from crm_app.state.formats import exact, spoken
from crm_app.state.guard import action
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges
from crm_app.state.settings_words import id_of


@dataclass
class AutomationLine:
    key: str = ""
    url: str = ""
    name: str = ""
    active: bool = False
    trigger: str = ""
    last: str = ""
    exact: str = ""
    done: int = 0
    skipped: int = 0
    failed: int = 0


class AutomationListState(SettingsChanges, rx.State):
    """`asking`: the form of a new one is open."""

    lines: list[AutomationLine] = []
    asking: bool = False
    loaded: bool = False

    @action(permission=Permission.MESSAGES)
    async def load(self):
        self.error, self.asking = "", False
        await self._show()
        self.loaded = True

    @action(permission=Permission.MESSAGES)
    async def ask(self):
        """Opens the form of a new one; closes it."""
        self.asking, self.error = not self.asking, ""

    @action(permission=Permission.MESSAGES)
    async def make(self, form: dict[str, Any]):
        """Makes it, switched off, and opens it."""
        made: list[int] = []

        def verb(session: Session, actor: Actor) -> None:
            made.append(definitions.make(session, actor, str(form.get("name") or "")).id or 0)

        if await self._did(verb):
            return rx.redirect(routes.automation(made[0]))
        return None

    @action(permission=Permission.MESSAGES)
    async def flip(self, key: str, on: bool):
        """Switches it on or off."""
        await self._do(lambda session, actor: definitions.switch(session, actor, id_of(key), on=on))

    async def _show(self) -> None:
        self.lines = await asyncio.to_thread(_fetch, await current_actor(self))


def _fetch(actor: Actor) -> list[AutomationLine]:
    with database.reading() as session:
        return [_line(session, entry, actor) for entry in definitions.listing(session, actor)]


def _line(session: Session, entry: definitions.Entry, actor: Actor) -> AutomationLine:
    one, counts = entry.automation, entry.counts
    return AutomationLine(
        key=str(one.id),
        url=routes.automation(one.id or 0),
        name=one.name,
        active=one.active,
        trigger=words.when(one, value_name(session, one.trigger, one.value_id), actor),
        last=spoken(entry.last, actor.language, actor.timezone) if entry.last else "",
        exact=exact(entry.last, actor.language, actor.timezone) if entry.last else "",
        done=counts.get(RunState.DONE, 0),
        skipped=counts.get(RunState.SKIPPED, 0) + counts.get(RunState.STOPPED, 0),
        failed=counts.get(RunState.FAILED, 0),
    )


def value_name(session: Session, trigger: str, value_id: int | None) -> str:
    """The status, tag or type a trigger names; empty where it names none."""
    model = definitions.VALUES.get(Trigger(trigger))
    found = session.get(model, value_id) if model is not None and value_id is not None else None
    return str(found.name) if found is not None else ""
