"""A new export: which fields in which order, in which format, of whom."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlencode

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import Text, text
from crm_app.models import Permission
from crm_app.services import custom_fields, database, export_jobs
from crm_app.services.actor import Actor
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import CRMError
from crm_app.state.export import ExportState
from crm_app.state.guard import action
from crm_app.state.session import current_actor


@dataclass
class ExportField:
    name: str
    label: str
    on: bool


class NewExportState(rx.State):
    """Of the list whose parameters stand in the URL."""

    chosen: list[ExportField] = []  # in the order of the file
    others: list[ExportField] = []
    kind: str = export_jobs.KINDS[0]
    total: int = 0
    inactive: bool = False
    back_url: str = routes.CONTACTS
    loaded: bool = False
    error: str = ""

    @action(permission=Permission.EXPORT)
    async def load(self):
        """Begins as the last export was."""
        actor = await current_actor(self)
        params = dict(self.router.url.query_parameters)
        self.chosen, self.others, self.kind = await asyncio.to_thread(_choice, actor)
        self.inactive = params.get("inactive") == "1"
        self.back_url = routes.CONTACTS + ("?" + urlencode(params) if params else "")
        await self._count(actor)
        self.loaded = True

    @action(permission=Permission.EXPORT)
    async def take(self, name: str):
        """Another field goes to the end of the file."""
        self.chosen = [*self.chosen, *[replace(one, on=True) for one in self.others if one.name == name]]
        self.others = [one for one in self.others if one.name != name]

    @action(permission=Permission.EXPORT)
    async def leave(self, name: str):
        """A field is left out."""
        self.others = [*[replace(one, on=False) for one in self.chosen if one.name == name], *self.others]
        self.chosen = [one for one in self.chosen if one.name != name]

    @action(permission=Permission.EXPORT)
    async def take_all(self):
        self.chosen, self.others = [*self.chosen, *[replace(one, on=True) for one in self.others]], []

    @action(permission=Permission.EXPORT)
    async def leave_all(self):
        self.chosen, self.others = [], [replace(one, on=False) for one in [*self.chosen, *self.others]]

    @action(permission=Permission.EXPORT)
    async def move(self, name: str, by: Literal[-1, 1]):
        """A field one place up or down."""
        place = next((n for n, one in enumerate(self.chosen) if one.name == name), None)
        if place is None or not 0 <= place + by < len(self.chosen):
            return
        moved = list(self.chosen)
        moved[place], moved[place + by] = moved[place + by], moved[place]
        self.chosen = moved

    @action(permission=Permission.EXPORT)
    async def choose_kind(self, kind: Literal["xlsx", "csv"]):
        self.kind = kind

    @action(permission=Permission.EXPORT)
    async def toggle_inactive(self):
        self.inactive = not self.inactive
        await self._count(await current_actor(self))

    @action(permission=Permission.EXPORT)
    async def start(self):
        """Begins the export; its page fetches the file as soon as it is written."""
        actor = await current_actor(self)
        names = [one.name for one in self.chosen]
        try:
            export_id = await asyncio.to_thread(_start, actor, self._wanted(), names, self.kind)
        except ValueError:
            return None
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            return None
        await asyncio.to_thread(queue.push, export_id)
        (await self.get_state(ExportState))._fresh = export_id
        return rx.redirect(routes.export(export_id))

    async def _count(self, actor: Actor) -> None:
        self.error, self.total = "", 0
        try:
            self.total = await asyncio.to_thread(_counted, actor, self._wanted())
        except ValueError:
            self.error = _said(text("This link has a condition that is not known."), actor)
        except CRMError as error:
            self.error = _said(error.message, actor)

    def _wanted(self) -> ContactFilter:
        """Raises ValueError for what is not understood."""
        params: dict[str, Any] = dict(self.router.url.query_parameters)
        return replace(ContactFilter.from_params(params), inactive=self.inactive)


def _choice(actor: Actor) -> tuple[list[ExportField], list[ExportField], str]:
    with database.reading() as session:
        last, known = export_jobs.remembered(session, actor), custom_fields.known(session)
        labels = {name: _said(field.label, actor) for name, field in known.items()}
    chosen = [ExportField(name, labels[name], True) for name in last.fields]
    return chosen, [ExportField(name, labels[name], False) for name in labels if name not in last.fields], last.kind


def _counted(actor: Actor, wanted: ContactFilter) -> int:
    with database.reading() as session:
        return export_jobs.count(session, actor, wanted)


def _start(actor: Actor, wanted: ContactFilter, fields: list[str], kind: str) -> int:
    with database.transaction() as session:
        return export_jobs.start(session, actor, wanted, fields, kind).id or 0


def _said(message: Text, actor: Actor) -> str:
    return locales.render(message, actor.language)
