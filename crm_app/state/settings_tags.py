"""The settings page of the tags."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import routes
from crm_app.jobs import queue
from crm_app.locales import text
from crm_app.models import Permission, Tag
from crm_app.services import choosable, database
from crm_app.services.actor import Actor
from crm_app.services.settings import tags
from crm_app.state.choice import Choice
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges
from crm_app.state.settings_words import Removal, RemovedLine, Started, id_of, removed_lines, who_has

MOST_OTHERS = 1_000


@dataclass
class TagLine:
    key: str
    name: str
    is_franchise: bool
    is_group: bool
    contacts: int
    url: str
    is_changeable: bool


class SettingsTagsState(SettingsChanges, rx.State):
    """`editing` is the key of the tag whose form is open, "new" for a new one; `removing` is asked about."""

    lines: list[TagLine] = []
    total: int = 0
    removed: list[RemovedLine] = []
    editing: str = ""
    removing: Removal = Removal()
    others: list[Choice] = []
    is_head_office: bool = False
    loaded: bool = False

    @action(permission=Permission.SETTINGS)
    async def load(self):
        self.editing, self.removing, self.error = "", Removal(), ""
        await self._show()
        self.loaded = True

    @action(permission=Permission.SETTINGS)
    async def edit(self, key: str):
        """Opens the form of a tag, or of a new one; closes it."""
        self.editing, self.removing, self.error = key, Removal(), ""

    @action(permission=Permission.SETTINGS)
    async def save(self, form: dict[str, Any]):
        key, name, is_franchise = self.editing, str(form.get("name") or ""), bool(form.get("is_franchise"))
        is_group = bool(form.get("is_group"))
        if await self._do(lambda session, actor: _save(session, actor, key, name, is_franchise, is_group)):
            self.editing = ""
            await say(self, text("The tag “{name}” is saved.", name=" ".join(name.split())))

    @action(permission=Permission.SETTINGS)
    async def ask(self, key: str):
        """Asks what becomes of the contacts of a tag before it goes; closes the question."""
        line = next((line for line in self.lines if line.key == key), None)
        self.editing, self.error = "", ""
        self.removing = Removal(key, line.name, line.contacts) if line is not None else Removal()
        self.others = await asyncio.to_thread(_others, key) if line is not None else []

    @action(permission=Permission.SETTINGS)
    async def remove(self, form: dict[str, Any]):
        key, name, into = id_of(self.removing.key), self.removing.name, id_of(str(form.get("into") or "")) or None
        started: list[Started | None] = []
        did = await self._do(lambda session, actor: started.append(Started.of(tags.remove(session, actor, key, into))))
        if not did:
            return None
        self.removing = Removal()
        if started[0] is None:
            await say(self, text("The tag “{name}” is removed. It can be brought back below.", name=name))
            return None
        await asyncio.to_thread(queue.push, started[0].job_id)
        return rx.redirect(routes.import_step(started[0].import_id, "done"))

    @action(permission=Permission.SETTINGS)
    async def bring_back(self, key: str):
        await self._do(lambda session, actor: tags.bring_back(session, actor, id_of(key)))

    async def _show(self) -> None:
        actor, query = await current_actor(self), self.router.url.query_parameters.get("q", "")
        self.is_head_office = actor.is_head_office
        self.lines, self.total, self.removed = await asyncio.to_thread(_fetch, actor, query)


def _save(session: Session, actor: Actor, key: str, name: str, is_franchise: bool, is_group: bool) -> None:
    if key == "new":
        tags.add(session, actor, name, is_franchise=is_franchise, is_group=is_group)
    else:
        tags.change(session, actor, id_of(key), name=name, is_franchise=is_franchise, is_group=is_group)


def _others(key: str) -> list[Choice]:
    with database.reading() as session:
        known = choosable.tags(session, most=MOST_OTHERS)
        return [Choice(str(tag.id), tag.name) for tag in known if str(tag.id) != key]


def _fetch(actor: Actor, query: str) -> tuple[list[TagLine], int, list[RemovedLine]]:
    with database.reading() as session:
        entries, total = tags.listing(session, actor, query=query)
        lines = [
            TagLine(
                key=str(one.tag.id),
                name=one.tag.name,
                is_franchise=one.tag.is_franchise,
                is_group=one.tag.is_group,
                contacts=one.contacts,
                url=who_has("tags", str(one.tag.id)),
                is_changeable=one.is_changeable,
            )
            for one in entries
        ]
        return lines, total, removed_lines(session, actor, Tag, tags.removed(session, actor))
