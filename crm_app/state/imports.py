"""The history of imports."""

import asyncio
from dataclasses import dataclass

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import text
from crm_app.models import HALTED, Import, ImportKind, ImportState, Permission
from crm_app.services import database, installation
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, CRMError, NotFound
from crm_app.services.imports import access, fetching_again, steps, uploads
from crm_app.services.imports.reading.types import ReadSettings
from crm_app.state.formats import exact, spoken
from crm_app.state.guard import action
from crm_app.state.import_kept import file_line
from crm_app.state.import_leaving import leave_import
from crm_app.state.import_states import STATES
from crm_app.state.messages import say
from crm_app.state.session import current_actor

PAGE = 50
_REMOVABLE = (ImportState.READ, ImportState.CHECKED, ImportState.FAILED)
_ENDED = (ImportState.DONE, ImportState.UNDONE, ImportState.FAILED)  # a file nobody can read has no next step
_UNDOABLE = (ImportState.DONE, *HALTED)


@dataclass
class ImportLine:
    id: int
    name: str
    file: str
    state: str
    dot: str
    url: str
    who: str
    when: str
    exact: str
    rows: int
    created: int
    updated: int
    left: int  # neither written nor unchanged
    unfinished: bool
    readable: bool  # it could not be read, or was stopped while it was: it can be tried again
    deletable: bool
    fetchable: bool  # it came from a link
    undo_url: str  # empty when there is nothing to undo
    kept: str  # until when its file is


class ImportListState(rx.State):
    rows: list[ImportLine] = []
    total: int = 0
    next_url: str = ""
    loaded: bool = False

    @action(permission=Permission.IMPORT)
    async def load(self):
        await leave_import(self)
        actor = await current_actor(self)
        params = self.router.url.query_parameters
        before = params.get("before", "")
        self.rows, self.total = await asyncio.to_thread(
            _fetch, actor, params.get("q", ""), int(before) if before.isdigit() else None
        )
        self.next_url = f"{routes.IMPORTS}?before={self.rows[-1].id}" if len(self.rows) == PAGE else ""
        self.loaded = True

    @action(permission=Permission.IMPORT)
    async def delete(self, import_id: int):
        """Removes an import that never wrote anything."""
        actor = await current_actor(self)
        try:
            await asyncio.to_thread(_delete, actor, import_id)
        except (Conflict, NotFound) as error:
            await say(self, error.message, "error")
        else:
            await say(self, text("The unfinished import and its file are removed."))
        return ImportListState.load

    @action(permission=Permission.IMPORT)
    async def read_again(self, import_id: int):
        """Reads a file once more that could not be read, as it was read before."""
        actor = await current_actor(self)
        try:
            await asyncio.to_thread(_read_again, actor, import_id)
        except CRMError as error:
            await say(self, error.message, "error")
            return ImportListState.load
        return rx.redirect(routes.import_step(import_id, "read"))


def _read_again(actor: Actor, import_id: int) -> None:
    with database.transaction() as session:
        chosen = ReadSettings(**access.get(session, actor, import_id).read_settings)
        job = steps.read(session, actor, import_id, chosen)
    if job.id is not None:
        queue.push(job.id)


def _delete(actor: Actor, import_id: int) -> None:
    with database.transaction() as session:
        uploads.delete(session, actor, import_id)


def _fetch(actor: Actor, query: str, before: int | None) -> tuple[list[ImportLine], int]:
    with database.reading() as session:
        entries, total = access.history(session, actor, query=query, before=before, limit=PAGE)
        settings = installation.current(session)
        lines = []
        for entry in entries:
            line = _line(entry, access.came_in(session, entry.found), actor)
            if entry.found.kind == ImportKind.FILE:
                line.kept = file_line(settings, entry.found, actor)
            lines.append(line)
        return lines, total


def _line(entry: access.HistoryEntry, counts: dict[str, int], actor: Actor) -> ImportLine:
    found = entry.found
    label, step, dot = STATES[ImportState(found.state)]
    created, updated = counts.get("create", 0), counts.get("update", 0)
    return ImportLine(
        id=found.id or 0,
        name=locales.render(found.called, actor.language),
        file=found.file_name,
        state=locales.render(label, actor.language),
        dot=dot,
        url=routes.import_step(found.id or 0, step),
        who=entry.who,
        when=spoken(found.created_at, actor.language, actor.timezone),
        exact=exact(found.created_at, actor.language, actor.timezone),
        rows=found.rows,
        created=created,
        updated=updated,
        left=sum(counts.get(outcome, 0) for outcome in access.LEFT_OUT),
        unfinished=found.state not in _ENDED and not _is_stuck(found),
        readable=found.state == ImportState.FAILED and not _is_stuck(found),
        deletable=found.state in _REMOVABLE and not found.committed_row,
        fetchable=bool(fetching_again.link_to_fetch(found)),
        undo_url=routes.import_step(found.id or 0, "undo")
        if found.state in _UNDOABLE
        and found.continues_id is None
        and created + updated
        and found.undo_purged_at is None
        else "",
        kept="",
    )


def _is_stuck(found: Import) -> bool:
    """Stopped, and what it would need to go on is no longer kept."""
    needed = found.undo_purged_at if found.state == ImportState.UNDO_STOPPED else found.purged_at
    return needed is not None
