"""One export: how far it is, and its file."""

import asyncio
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import reflex as rx

from crm_app import cookies, locales, routes
from crm_app.locales import Text, ntext, text
from crm_app.models import Job, JobState, Permission
from crm_app.services import database, export_jobs, installation
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, NotFound, NotPermitted
from crm_app.services.filters.questions import is_id
from crm_app.state.formats import exact
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor

POLL_SECONDS = 0.3


@dataclass
class ExportView:
    """One look at an export, as text."""

    working: bool = False
    done: int = 0
    total: int = 0
    percent: int = 0
    ready: bool = False
    sentence: str = ""  # what came of it
    replaced: str = ""
    kept: str = ""
    error: str = ""
    kind: str = ""
    started: str = ""


class ExportState(rx.State):
    """The export whose id stands in the URL."""

    view: ExportView = ExportView()
    missing: bool = False
    loaded: bool = False
    _fresh: int = 0  # the export that was just asked for in this tab: its file is fetched as soon as it is there

    @action(permission=Permission.EXPORT)
    async def load(self):
        actor = await current_actor(self)
        seen = await asyncio.to_thread(_look, actor, self._id)
        self.view, self.missing, self.loaded = seen or ExportView(), seen is None, True
        if self.view.working:
            return ExportState.watch
        return self._fetched_when_fresh()

    @action(permission=Permission.EXPORT, background=True)
    async def watch(self):
        """Follows the work to its end."""
        while True:
            async with self:
                try:
                    actor = await current_actor(self)
                except NotPermitted:
                    return
                export_id = self._id
            seen = await asyncio.to_thread(_look, actor, export_id)
            async with self:
                if seen is None or self._id != export_id:
                    return
                self.view = seen
                if not seen.working:
                    fetching = self._fetched_when_fresh()
                    break
            await asyncio.sleep(POLL_SECONDS)
        if fetching is not None:
            yield fetching

    @action(permission=Permission.EXPORT)
    async def fetch(self):
        """Hands the file to the browser by an address that is good for five minutes."""
        actor = await current_actor(self)
        seen = await asyncio.to_thread(_look, actor, self._id)
        self.view, self.missing = seen or ExportView(), seen is None
        return rx.download(url=self._address()) if self.view.ready else None

    @action(permission=Permission.EXPORT)
    async def stop(self):
        actor = await current_actor(self)
        try:
            await asyncio.to_thread(_stop, actor, self._id)
        except CRMError as error:
            await say(self, error.message, "error")
        return ExportState.load if not self.view.working else None

    @property
    def _id(self) -> int:
        given = str(self.export_id)
        return int(given) if is_id(given) else 0

    def _address(self) -> str:
        ticket = export_jobs.ticket(cookies.session_token(self.router.headers.cookie), self._id)
        return f"{routes.export_file(self._id)}?ticket={ticket}"

    def _fetched_when_fresh(self) -> Any:
        fresh, self._fresh = self._fresh == self._id, 0
        return rx.download(url=self._address()) if fresh and self.view.ready else None


def _look(actor: Actor, export_id: int) -> ExportView | None:
    with database.reading() as session:
        try:
            job = export_jobs.get(session, actor, export_id)
        except NotFound:
            return None
        until = export_jobs.until(installation.current(session), job)
    ready = export_jobs.is_there(job)
    kept = ""
    if ready and until is not None:
        kept = _said(
            text("The file is kept until {date}.", date=until.astimezone(ZoneInfo(actor.timezone)).date()), actor
        )
    replaced = job.data.get("replaced", 0)
    return ExportView(
        working=not job.is_finished,
        done=job.done,
        total=job.total,
        percent=min(99, 100 * job.done // max(1, job.total)),
        ready=ready,
        sentence=_said(_sentence(job, ready), actor),
        replaced=_said(_replaced(replaced), actor) if replaced else "",
        kept=kept,
        error=_said(Text.from_json(job.error), actor) if job.error else "",
        kind=job.data["kind"],
        started=exact(job.created_at, actor.language, actor.timezone),
    )


def _sentence(job: Job, ready: bool) -> Text:
    written = job.data.get("contacts", 0)
    if job.state == JobState.CANCELLED:
        return text("Stopped. Nothing of it stays.")
    if ready:
        return ntext("{n} contact is in the file.", "{n} contacts are in the file.", written)
    if job.state == JobState.DONE:
        return ntext(
            "{n} contact was exported. The file is deleted; export once more if you need it.",
            "{n} contacts were exported. The file is deleted; export once more if you need it.",
            written,
        )
    return text("Writing the file …")


def _replaced(count: int) -> Text:
    return ntext(
        "{n} character that no file can hold was replaced by \ufffd.",
        "{n} characters that no file can hold were replaced by \ufffd.",
        count,
    )


def _stop(actor: Actor, export_id: int) -> None:
    with database.transaction() as session:
        export_jobs.stop(session, actor, export_id)


def _said(message: Text, actor: Actor) -> str:
    return locales.render(message, actor.language)
