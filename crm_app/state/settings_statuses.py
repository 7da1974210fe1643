"""The settings page of the statuses."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Literal

import reflex as rx
from sqlmodel import Session

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import text
from crm_app.models import LeadStatus, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import asked_by_status
from crm_app.services.settings import statuses
from crm_app.services.settings.statuses import Meaning
from crm_app.state.choice import Choice
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges
from crm_app.state.settings_words import Removal, RemovedLine, Started, id_of, removed_lines, who_has

_REQUIRED = "required-"  # before the name of a field, in the form


@dataclass
class StatusLine:
    key: str
    name: str
    colour: str
    dot: str
    meaning: str
    is_default: bool
    contacts: int
    url: str
    required: list[str] = field(default_factory=list)
    asks: str = ""  # the fields it asks for, by name


class SettingsStatusesState(SettingsChanges, rx.State):
    """`editing` is the key of the status whose form is open, "new" for a new one; `removing` is asked about."""

    lines: list[StatusLine] = []
    removed: list[RemovedLine] = []
    editing: str = ""
    removing: Removal = Removal()
    others: list[Choice] = []
    fields: list[Choice] = []  # that a status may ask for
    loaded: bool = False

    @action(permission=Permission.SETTINGS)
    async def load(self):
        self.editing, self.removing, self.error = "", Removal(), ""
        await self._show()
        self.loaded = True

    @action(permission=Permission.SETTINGS)
    async def edit(self, key: str):
        """Opens the form of a status, or of a new one; closes it."""
        self.editing, self.removing, self.error = key, Removal(), ""

    @action(permission=Permission.SETTINGS)
    async def save(self, form: dict[str, Any]):
        key, values = self.editing, _typed(form)
        if await self._do(lambda session, actor: _save(session, actor, key, values)):
            self.editing = ""
            await say(self, text("The status “{name}” is saved.", name=values["name"]))

    @action(permission=Permission.SETTINGS)
    async def move(self, key: str, by: Literal[-1, 1]):
        await self._do(lambda session, actor: statuses.move(session, actor, id_of(key), by))

    @action(permission=Permission.SETTINGS)
    async def ask(self, key: str):
        """Asks what becomes of the contacts of a status before it goes; closes the question."""
        line = next((line for line in self.lines if line.key == key), None)
        self.editing, self.error = "", ""
        self.removing = Removal(key, line.name, line.contacts) if line is not None else Removal()
        self.others = [Choice(other.key, other.name) for other in self.lines if other.key != key]

    @action(permission=Permission.SETTINGS)
    async def remove(self, form: dict[str, Any]):
        key, name, into = id_of(self.removing.key), self.removing.name, id_of(str(form.get("into") or "")) or None
        started: list[Started | None] = []
        did = await self._do(
            lambda session, actor: started.append(Started.of(statuses.remove(session, actor, key, into)))
        )
        if not did:
            return None
        self.removing = Removal()
        if started[0] is None:
            await say(self, text("The status “{name}” is removed. It can be brought back below.", name=name))
            return None
        await asyncio.to_thread(queue.push, started[0].job_id)
        return rx.redirect(routes.import_step(started[0].import_id, "done"))

    @action(permission=Permission.SETTINGS)
    async def bring_back(self, key: str):
        await self._do(lambda session, actor: statuses.bring_back(session, actor, id_of(key)))

    async def _show(self) -> None:
        self.lines, self.removed, self.fields = await asyncio.to_thread(_fetch, await current_actor(self))


def _typed(form: dict[str, Any]) -> dict[str, Any]:
    meaning = str(form.get("meaning") or "")
    return {
        "name": str(form.get("name") or ""),
        "colour": str(form.get("colour") or "gray"),
        "meaning": Meaning(meaning) if meaning in set(Meaning) else Meaning.OPEN,
        "is_default": bool(form.get("is_default")),
        "required": [name.removeprefix(_REQUIRED) for name in form if name.startswith(_REQUIRED) and form[name]],
    }


def _save(session: Session, actor: Actor, key: str, values: dict[str, Any]) -> None:
    id_ = id_of(key)
    if key == "new":
        id_ = statuses.add(session, actor, values["name"], values["colour"]).id or 0
    statuses.change(session, actor, id_, **values)


def _fetch(actor: Actor) -> tuple[list[StatusLine], list[RemovedLine], list[Choice]]:
    with database.reading() as session:
        askable = asked_by_status.askable(session)
        labels = {name: locales.render(one.label, actor.language) for name, one in askable.items()}
        lines = [
            StatusLine(
                key=str(one.status.id),
                name=one.status.name,
                colour=one.status.colour,
                dot=f"dot-{one.status.colour}",
                meaning=one.meaning.value,
                is_default=one.status.is_default,
                contacts=one.contacts,
                url=who_has("status", str(one.status.id)),
                required=[name for name in labels if name in one.status.required_fields],
                asks=", ".join(labels[name] for name in labels if name in one.status.required_fields),
            )
            for one in statuses.listing(session, actor)
        ]
        fields = [Choice(name, label) for name, label in labels.items()]
        return lines, removed_lines(session, actor, LeadStatus, statuses.removed(session, actor)), fields
