"""The history of imports."""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlencode

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import text
from crm_app.models import HALTED, Import, ImportKind, ImportState, Job, JobState, Permission
from crm_app.services import database, export_jobs, installation
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, CRMError, NotFound
from crm_app.services.filters.questions import is_id
from crm_app.services.imports import access, fetching_again, steps, uploads
from crm_app.services.imports.reading.types import ReadSettings
from crm_app.state.formats import exact, spoken
from crm_app.state.guard import action
from crm_app.state.import_kept import file_line
from crm_app.state.import_states import STATES
from crm_app.state.messages import say
from crm_app.state.session import current_actor

PAGE = 50
_REMOVABLE = (ImportState.READ, ImportState.CHECKED, ImportState.FAILED)
_ENDED = (ImportState.DONE, ImportState.UNDONE, ImportState.FAILED)  # a file nobody can read has no next step
_UNDOABLE = (ImportState.DONE, *HALTED)

EXPORTS = "exports"
_KINDS = {"imports": ImportKind.FILE, "changes": ImportKind.CHANGE}
_FILE_GONE = text("File deleted")
_EXPORT_STATES = {
    JobState.QUEUED: (text("Waiting"), "dot-gray"),
    JobState.RUNNING: (text("Being written"), "dot-blue"),
    JobState.DONE: (text("Ready to download"), "dot-green"),
    JobState.FAILED: (text("Failed"), "dot-red"),
    JobState.CANCELLED: (text("Stopped"), "dot-gray"),
}


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


@dataclass
class ExportLine:
    id: int
    url: str
    kind: str
    state: str
    dot: str
    rows: int
    fields: int
    when: str
    exact: str


class ImportListState(rx.State):
    """`show` narrows to "imports", "changes" or the user's "exports"."""

    rows: list[ImportLine] = []
    exports: list[ExportLine] = []
    show: str = ""
    may_export: bool = False
    total: int = 0
    next_url: str = ""
    loaded: bool = False

    @action(permission=Permission.IMPORT)
    async def load(self):
        actor = await current_actor(self)
        params = self.router.url.query_parameters
        before = params.get("before", "")
        show, last = params.get("show", ""), int(before) if is_id(before) else None
        self.may_export = actor.may(Permission.EXPORT)
        self.show = show if show in _KINDS or (show == EXPORTS and self.may_export) else ""
        self.rows, self.exports, self.total = [], [], 0
        if self.show == EXPORTS:
            self.exports = await asyncio.to_thread(_exports, actor, last)
            shown = [line.id for line in self.exports]
        else:
            kind = _KINDS.get(self.show)
            self.rows, self.total = await asyncio.to_thread(_fetch, actor, params.get("q", ""), kind, last)
            shown = [line.id for line in self.rows]
        more = {"show": self.show, "before": shown[-1] if len(shown) == PAGE else 0}
        kept = {key: value for key, value in more.items() if value}
        self.next_url = f"{routes.IMPORTS}?{urlencode(kept)}" if "before" in kept else ""
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


def _exports(actor: Actor, before: int | None) -> list[ExportLine]:
    with database.reading() as session:
        return [_export(job, actor) for job in export_jobs.listing(session, actor, before=before, limit=PAGE)]


def _export(job: Job, actor: Actor) -> ExportLine:
    is_there = export_jobs.is_there(job)
    state, dot = _EXPORT_STATES[JobState(job.state)]
    return ExportLine(
        id=job.id or 0,
        url=routes.export(job.id or 0),
        kind=str(job.data["kind"]).upper(),
        state=locales.render(_FILE_GONE if job.state == JobState.DONE and not is_there else state, actor.language),
        dot=dot,
        rows=job.data.get("contacts", job.total),
        fields=len(job.data["fields"]),
        when=spoken(job.created_at, actor.language, actor.timezone),
        exact=exact(job.created_at, actor.language, actor.timezone),
    )


def _fetch(actor: Actor, query: str, kind: ImportKind | None, before: int | None) -> tuple[list[ImportLine], int]:
    with database.reading() as session:
        entries, total = access.history(session, actor, query=query, kind=kind, before=before, limit=PAGE)
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
