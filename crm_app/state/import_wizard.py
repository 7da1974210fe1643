"""What every step of an import shows: where it stands, and the progress of its work."""

import asyncio
from dataclasses import dataclass

import reflex as rx
from babel.numbers import format_decimal

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import Text, ntext, text
from crm_app.models import Import, ImportKind, ImportState, Job, JobKind, Permission
from crm_app.services import database, jobs
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, NotFound
from crm_app.services.imports import access, kept, steps
from crm_app.services.imports.halting import Then
from crm_app.state.following import follow
from crm_app.state.guard import action
from crm_app.state.import_states import STATES
from crm_app.state.messages import say
from crm_app.state.session import RELOADS, current_actor

WORKING = (ImportState.READING, ImportState.CHECKING, ImportState.COMMITTING, ImportState.UNDOING)
_STOPPING = {
    Then.KEEP: text("Stopping …"),
    Then.PAUSE: text("Pausing …"),
    Then.TAKE_BACK: text("Stopping, then taking back what is in …"),
}
_REACHED = {  # which steps can be visited in which state
    ImportState.READING: ("read",),
    ImportState.FAILED: ("read",),
    ImportState.READ: ("read", "columns"),
    ImportState.CHECKING: ("read", "columns", "check"),
    ImportState.CHECKED: ("read", "columns", "check"),
    ImportState.COMMITTING: ("check", "done"),
    ImportState.PAUSED: ("check", "done"),
    ImportState.CANCELLED: ("check", "done"),
    ImportState.DONE: ("check", "done"),
    ImportState.UNDOING: ("check", "done"),
    ImportState.UNDO_STOPPED: ("check", "done"),
    ImportState.UNDONE: ("check", "done"),
}


@dataclass
class Standing:
    """One look at an import and its job, as text."""

    name: str
    file_name: str
    state: str
    rows: int
    done: int
    total: int
    pace: str
    queued: bool
    error: str
    earlier: str
    earlier_url: str
    gone: str  # what is said when the file was deleted
    belongs: str
    belongs_url: str
    is_change: bool  # of many contacts, without a file
    follows: bool  # fetched again: somebody knows how it is read, so the columns are next


class ImportWizardState(rx.State):
    """The import whose id stands in the URL; `shown` is that id as it was written there when the page was loaded."""

    missing: bool = False
    shown: str = ""
    is_change: bool = False
    name: str = ""
    file_name: str = ""
    state: str = ""
    rows: int = 0
    working: bool = False
    done: int = 0
    total: int = 0
    percent: int = 0
    pace: str = ""
    queued: bool = False
    error: str = ""
    earlier: str = ""
    earlier_url: str = ""
    gone: str = ""
    belongs: str = ""  # says whose rows these are, when they come back to another import
    belongs_url: str = ""
    step_urls: dict[str, str] = {}

    @action(permission=Permission.IMPORT)
    async def load(self):
        """Reads where the import stands; while work is going on, its progress follows by itself."""
        actor = await current_actor(self)
        seen = await asyncio.to_thread(_look, actor, self._id)
        self.shown, self.missing = self.asked, seen is None
        if seen is not None:
            self._show(seen)
            if self.working:
                return ImportWizardState.watch
        return None

    @action(permission=Permission.IMPORT, background=True)
    async def watch(self):
        """Follows the work until it ends, then shows the step that goes on from there."""
        seen = await follow(self, lambda: self._id, _look, self._show, lambda seen: seen.state in WORKING)
        if seen is None:
            return
        async with self:
            import_id, here, route = self._id, self.router.url.path.rstrip("/"), self.router.route_id
        target = routes.import_step(import_id, STATES[ImportState(seen.state)][1])
        if seen.state == ImportState.READ:
            target = routes.import_step(import_id, "columns" if seen.follows else "read")
        if here in (target, routes.import_step(import_id, "undo")):
            yield RELOADS.get(route)
        else:
            yield rx.redirect(target, replace=True)

    @action(permission=Permission.IMPORT)
    async def cancel(self):
        """Stops the work; what is in stays."""
        return await self._stop(Then.KEEP)

    @action(permission=Permission.IMPORT)
    async def pause(self):
        """Stops a commit until somebody goes on."""
        return await self._stop(Then.PAUSE)

    @action(permission=Permission.IMPORT)
    async def take_back(self):
        """Stops a commit and undoes what is in."""
        return await self._stop(Then.TAKE_BACK)

    async def _stop(self, then: Then):
        actor = await current_actor(self)
        try:
            await asyncio.to_thread(_cancel, actor, self._id, then)
        except CRMError as error:
            await say(self, error.message, "error")
            return None
        if self.working:  # the page follows the work to its end
            await say(self, _STOPPING[then], "info")
            return None
        return RELOADS.get(self.router.route_id)

    @action(permission=Permission.IMPORT)
    async def commit(self):
        """Carries the plan out, or goes on with a stopped one."""
        actor = await current_actor(self)
        try:
            await asyncio.to_thread(_commit, actor, self._id)
        except CRMError as error:
            await say(self, error.message, "error")
            return ImportWizardState.load
        done = routes.import_step(self._id, "done")
        if self.router.url.path.rstrip("/") == done:  # "Go on" stands there: nothing is loaded anew
            return ImportWizardState.load
        # The page itself follows the work. A second follower from here would think it is still on this one, and its
        # late redirect would pull people back who have gone on to the contacts.
        return rx.redirect(done)

    @property
    def asked(self) -> str:
        """What stands in the URL in an id's place, as the browser's `here()` says it."""
        return routes.key_in(self.router.url.path)

    @property
    def _id(self) -> int:
        value = str(self.import_id)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0

    def _show(self, seen: Standing) -> None:
        self.name, self.file_name, self.state, self.rows = seen.name, seen.file_name, seen.state, seen.rows
        self.working, self.is_change = seen.state in WORKING, seen.is_change
        self.done, self.total, self.pace, self.queued = seen.done, seen.total, seen.pace, seen.queued
        self.percent = min(100, seen.done * 100 // seen.total) if seen.total else 0
        self.error, self.earlier, self.earlier_url = seen.error, seen.earlier, seen.earlier_url
        self.belongs, self.belongs_url, self.gone = seen.belongs, seen.belongs_url, seen.gone
        reached = [step for step in _REACHED[ImportState(seen.state)] if step != "columns" or not seen.belongs]
        if seen.gone:
            reached = ["done"]
        self.step_urls = {step: routes.import_step(self._id, step) for step in reached}


def _look(actor: Actor, import_id: int) -> Standing | None:
    with database.reading() as session:
        try:
            found, job = access.progress(session, actor, import_id)
        except NotFound:
            return None
        original = session.get(Import, found.continues_id) if found.continues_id is not None else None
        is_new_file = not found.committed_row and found.kind == ImportKind.FILE
        twin = next(iter(access.same_file(session, actor, found)), None) if is_new_file else None
        return Standing(
            name=locales.render(found.called, actor.language),
            file_name=found.file_name,
            state=found.state,
            rows=found.rows,
            done=job.done if job else 0,
            total=(job.total if job else 0) or found.rows,
            pace=_pace(job, actor.language) if job and found.state in WORKING else "",
            queued=bool(job and job.started_at is None),
            error=locales.render(Text.from_json(found.error), actor.language) if found.error else "",
            earlier=_earlier(twin, actor) if twin else "",
            gone=locales.render(kept.FILE_GONE, actor.language) if found.purged_at is not None else "",
            earlier_url=routes.import_step(twin.id or 0, "done") if twin else "",
            is_change=found.kind == ImportKind.CHANGE,
            follows=found.follows_id is not None and jobs.count(session, import_id, JobKind.READ) == 1,
            belongs=_belongs(original, actor) if original else "",
            belongs_url=routes.import_step(original.id or 0, "done") if original else "",
        )


def _earlier(twin: Import, actor: Actor) -> str:
    """Says that the same content came in before, when, and what came of it."""
    from crm_app.state.formats import spoken

    message = text(
        "The same file was imported before: {when}, {created} created, {updated} updated.",
        when=spoken(twin.committed_at or twin.created_at, actor.language, actor.timezone),
        created=twin.counts.get("create", 0),
        updated=twin.counts.get("update", 0),
    )
    return locales.render(message, actor.language)


def _belongs(original: Import, actor: Actor) -> str:
    message = text("These rows belong to the import “{name}”.", name=original.called)
    return locales.render(message, actor.language)


def _pace(job: Job, language: str) -> str:
    """Rows a second and the time left, once they are known."""
    progress = jobs.progress(job)
    if progress.rate is None or progress.seconds_left is None:
        return ""
    left = round(progress.seconds_left)
    time = (
        ntext("{n} second left", "{n} seconds left", left)
        if left < 90
        else ntext("{n} minute left", "{n} minutes left", round(left / 60))
    )
    message = text(
        "{rate} rows a second · {left}", rate=format_decimal(round(progress.rate), locale=language), left=time
    )
    return locales.render(message, language)


def _cancel(actor: Actor, import_id: int, then: Then) -> None:
    with database.transaction() as session:
        job = steps.cancel(session, actor, import_id, then)
    if job is not None and job.id is not None:
        queue.push(job.id)


def _commit(actor: Actor, import_id: int) -> None:
    with database.transaction() as session:
        job = steps.commit(session, actor, import_id)
    if job.id is not None and not job.is_finished:
        queue.push(job.id)
