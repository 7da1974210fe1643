"""The last step: what the import did."""

import asyncio
from dataclasses import dataclass, field

import reflex as rx
from babel.numbers import format_decimal

from crm_app import locales, routes
from crm_app.models import Import, ImportState, Permission, User
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import NotFound
from crm_app.services.fields.registry import FIELDS
from crm_app.services.imports import access
from crm_app.services.imports.columns import Options, from_json
from crm_app.state.formats import exact
from crm_app.state.guard import action
from crm_app.state.import_wizard import ImportWizardState
from crm_app.state.session import current_actor


@dataclass
class Pair:
    label: str
    value: str


@dataclass
class DoneView:
    """Counts, and the settings with which they came about."""

    state: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    rows: int = 0
    written: int = 0
    replanned: int = 0
    contacts_url: str = ""
    who: str = ""
    started: str = ""
    finished: str = ""
    file_name: str = ""
    size: str = ""
    match_key: str = ""
    tags: str = ""
    mapping: list[Pair] = field(default_factory=list)


class ImportDoneState(rx.State):
    view: DoneView = DoneView()
    ready: bool = False

    @action(permission=Permission.IMPORT)
    async def load(self):
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        seen = await asyncio.to_thread(_fetch, actor, wizard._id)
        self.ready = seen is not None
        if seen is not None:
            self.view = seen


def _fetch(actor: Actor, import_id: int) -> DoneView | None:
    with database.reading() as session:
        try:
            found = access.get(session, actor, import_id)
        except NotFound:
            return None
        if found.state not in (ImportState.DONE, ImportState.CANCELLED):
            return None
        written = access.written(session, found)
        user = session.get(User, found.user_id) if found.user_id else None
        return _view(found, written, user.name if user else "", actor)


def _view(found: Import, written: dict[str, int], who: str, actor: Actor) -> DoneView:
    options = Options.from_json(found.options)
    language = actor.language
    done = found.state == ImportState.DONE
    return DoneView(
        state=found.state,
        counts={key: found.counts.get(key, 0) if done else written.get(key, 0) for key in _OUTCOMES},
        rows=found.rows,
        written=written.get("create", 0) + written.get("update", 0),
        replanned=found.replanned,
        contacts_url=f"{routes.CONTACTS}?inactive=1&import={found.id}",
        who=who,
        started=exact(found.committed_at, language, actor.timezone) if found.committed_at else "",
        finished=exact(found.finished_at, language, actor.timezone) if found.finished_at else "",
        file_name=found.file_name,
        size=_size(found.file_size, language),
        match_key=locales.render(FIELDS[options.match_key].label, language) if options.match_key else "",
        tags=", ".join(options.tags),
        mapping=[
            Pair(column.header, locales.render(FIELDS[column.target].label, language))
            for column in from_json(found.columns)
            if column.target
        ],
    )


_OUTCOMES = ("create", "update", "unchanged", "skip", "invalid", "conflict")


def _size(size: int, language: str) -> str:
    """A file's size as people say it."""
    if size < 1024:
        return f"{size} B"
    if size < 1024 * 1024:
        return f"{round(size / 1024)} KB"
    return f"{format_decimal(size / 1024 / 1024, format='#,##0.0', locale=language)} MB"
