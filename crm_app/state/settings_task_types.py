"""The settings page of the types of tasks."""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx
from sqlmodel import Session

from crm_app import locales
from crm_app.locales import ntext, text
from crm_app.models import Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.settings import task_types
from crm_app.state.choice import Choice
from crm_app.state.formats import day
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges
from crm_app.state.settings_words import RemovedLine, id_of


@dataclass
class TypeLine:
    key: str = ""
    name: str = ""
    icon: str = ""
    tasks: int = 0


class SettingsTaskTypesState(SettingsChanges, rx.State):
    """`editing` is the key of the type whose form is open, "new" for a new one; `removing` is asked about."""

    lines: list[TypeLine] = []
    removed: list[RemovedLine] = []
    editing: str = ""
    removing: TypeLine = TypeLine()
    others: list[Choice] = []
    loaded: bool = False

    @action(permission=Permission.SETTINGS)
    async def load(self):
        self.editing, self.removing, self.error = "", TypeLine(), ""
        await self._show()
        self.loaded = True

    @action(permission=Permission.SETTINGS)
    async def edit(self, key: str):
        """Opens the form of a type, or of a new one; closes it."""
        self.editing, self.removing, self.error = key, TypeLine(), ""

    @action(permission=Permission.SETTINGS)
    async def save(self, form: dict[str, Any]):
        key, name, icon = self.editing, str(form.get("name") or ""), str(form.get("icon") or "")
        if await self._do(lambda session, actor: _save(session, actor, key, name, icon)):
            self.editing = ""
            await say(self, text("The type “{name}” is saved.", name=name))

    @action(permission=Permission.SETTINGS)
    async def move(self, key: str, by: Literal[-1, 1]):
        await self._do(lambda session, actor: task_types.move(session, actor, id_of(key), by))

    @action(permission=Permission.SETTINGS)
    async def ask(self, key: str):
        """Asks what becomes of the open tasks of a type before it goes; closes the question."""
        self.editing, self.error = "", ""
        self.removing = next((line for line in self.lines if line.key == key), TypeLine())
        self.others = [Choice(other.key, other.name) for other in self.lines if other.key != key]

    @action(permission=Permission.SETTINGS)
    async def remove(self, form: dict[str, Any]):
        key, into, count = id_of(self.removing.key), id_of(str(form.get("into") or "")) or None, self.removing.tasks
        if await self._do(lambda session, actor: task_types.remove(session, actor, key, into)):
            self.removing = TypeLine()
            done = ntext(
                "The type is removed; {n} open task has another now.",
                "The type is removed; {n} open tasks have another now.",
                count,
            )
            await say(self, done if count else text("The type is removed. It can be brought back below."))

    @action(permission=Permission.SETTINGS)
    async def bring_back(self, key: str):
        await self._do(lambda session, actor: task_types.bring_back(session, actor, id_of(key)))

    async def _show(self) -> None:
        self.lines, self.removed = await asyncio.to_thread(_fetch, await current_actor(self))


def _save(session: Session, actor: Actor, key: str, name: str, icon: str) -> None:
    if key == "new":
        task_types.add(session, actor, name, icon)
    else:
        task_types.change(session, actor, id_of(key), name=name, icon=icon)


def _fetch(actor: Actor) -> tuple[list[TypeLine], list[RemovedLine]]:
    with database.reading() as session:
        lines = [
            TypeLine(str(one.type.id), one.type.name, one.type.icon, one.tasks)
            for one in task_types.listing(session, actor)
        ]
        gone = [
            RemovedLine(str(one.id), one.name, _told(one.removed_at, actor))
            for one in task_types.removed(session, actor)
        ]
        return lines, gone


def _told(removed_at: Any, actor: Actor) -> str:
    when = day(removed_at, actor.language, actor.timezone)
    return locales.render(text("removed, {day}", day=when), actor.language)
