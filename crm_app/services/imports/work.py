"""What a worker does with a job of an import: the server's queue and the command line run the same."""

import logging
import sqlite3
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from crm_app import settings
from crm_app.locales import Text, text
from crm_app.models import HALTED, AuditEntry, Import, ImportKind, ImportState, Job, JobKind, JobState
from crm_app.models.base import now
from crm_app.services import custom_fields, database, jobs
from crm_app.services.changes.run import Change
from crm_app.services.errors import CRMError
from crm_app.services.imports import (
    consent_writing,
    course_result,
    fetching_again,
    halting,
    into_course,
    merging,
    own_fields,
    plan_file,
    preview,
    probably_known,
    remembered,
    sight,
    steps,
    uploads,
)
from crm_app.services.imports.access import who_runs
from crm_app.services.imports.commit import Commit
from crm_app.services.imports.reading import pool
from crm_app.services.imports.reading.child import Reader
from crm_app.services.imports.reading.errors import Stopped
from crm_app.services.imports.undo_run import Undo
from crm_app.services.imports.writing_engine import CACHE_KIB, engine_for_writing
from crm_app.services.jobs import Claim, Lost
from crm_app.services.statistics import refresh

log = logging.getLogger(__name__)

PROGRESS_SECONDS = 0.5
STOP_SECONDS = 0.5

Progress = Callable[[int, int], None]

_DISK_FULL = text("The disk is full. Nothing of the last step was written; make room and go on.")
_UNEXPECTED = text("The import stopped because of an error in this program. What is in stays; you can go on.")


def never() -> bool:
    return False


def run(
    claim: Claim,
    *,
    should_pause: Callable[[], bool] = never,
    on_progress: Progress | None = None,
    cache_kib: int = CACHE_KIB,
    reader: Reader | None = None,
) -> JobState | None:
    """Does a claimed job; its row and the import's say how it ended. None = another worker took it over.

    `should_pause`: this process is about to end; the job goes back to the queue (QUEUED). `reader`: a reading process
    to use; without one the job takes one of the `pool`.
    """
    try:
        worker = _Worker(claim, should_pause, on_progress, cache_kib, reader)
    except Lost:
        with suppress(Lost), database.transaction() as session:
            jobs.finish(session, claim, JobState.CANCELLED)
        return None
    with jobs.beating(claim):
        try:
            return worker.run()
        except Lost:
            return None
        except Stopped:
            return worker.stopped()
        except CRMError as error:
            return worker.failed(error.message)
        except OperationalError as error:
            jobs.log_failure(claim, error)
            return worker.failed(_DISK_FULL if "full" in str(error.orig) else _UNEXPECTED)
        except Exception as error:  # noqa: BLE001 - the edge of a job: whatever happened, the row must say so
            jobs.log_failure(claim, error)
            return worker.failed(_UNEXPECTED)


def abandon(claim: Claim) -> None:
    """Ends a job in the middle, as if somebody had cancelled it (Ctrl-C on the command line)."""
    with suppress(Lost):
        _Worker(claim, never, None, CACHE_KIB, None).stopped(is_cancelled=True)


class _Worker:
    def __init__(
        self,
        claim: Claim,
        should_pause: Callable[[], bool],
        on_progress: Progress | None,
        cache_kib: int,
        reader: Reader | None,
    ) -> None:
        self.claim, self.should_pause, self.on_progress, self.cache_kib = claim, should_pause, on_progress, cache_kib
        self.reader = reader
        self._said = self._looked = 0.0
        with database.reading() as session:
            job = session.get(Job, claim.job_id)
            found = session.get(Import, job.subject_id) if job is not None else None
            if job is None or found is None:
                raise Lost(text("The import was deleted."))
            self.kind, self.found = JobKind(job.kind), found

    def run(self) -> JobState:
        if self.kind is JobKind.READ:
            return self._read()
        if self.kind is JobKind.CHECK:
            return self._check()
        if self.kind is JobKind.UNDO:
            return self._undo()
        return self._commit()

    def _read(self) -> JobState:
        folder = uploads.place_of(self.found)
        file = self.claim.token.rpartition(":")[2] + plan_file.NEW
        payload = {
            "folder": str(folder),
            "file": file,
            "file_name": self.found.file_name,
            "settings": self.found.read_settings,
            "max_rows": settings.get().import_max_rows,
        }
        try:
            result = self._child("stage", payload)
        except CRMError:
            (folder / file).unlink(missing_ok=True)
            raise
        with database.reading() as session:
            own_fields.put_over(custom_fields.all_of(session), result["read_out"])
            remembered.put_over(session, self.found, result["read_out"], folder, file)
        with database.transaction() as session:
            jobs.finish(session, self.claim)  # raises Lost: then another reading has the word
            plan_file.adopt(folder, folder / file)
            found = self._import(session)
            steps.was_read(found, result)
            into_course.suggest_offers(session, found, preview.columns(folder))
            session.add(found)
            fetching_again.go_on(session, found, self.claim.job_id)
        return JobState.DONE

    def _check(self) -> JobState:
        if self.found.continues_id is not None:
            with database.reading() as session:
                merging.take_in(session, self.found, self.claim.token.rpartition(":")[2] + plan_file.NEW)
        with database.reading() as session:
            seen = sight.of(session, self.found).sight
        payload = {
            "folder": str(uploads.place_of(self.found)),
            "database": settings.get().database,
            **seen,
            "columns": self.found.columns,
            "options": self.found.options,
            "continues_id": self.found.continues_id,
        }
        result = self._child("check", payload)
        probably_known.after_check(self._child, payload)
        with database.transaction() as session:
            jobs.finish(session, self.claim)
            found = self._import(session)
            found.state, found.counts, found.replanned = ImportState.CHECKED, result["counts"], 0
            found.rows = sum(result["counts"].values())
            session.add(found)
        return JobState.DONE

    def _commit(self) -> JobState:
        with engine_for_writing(self.cache_kib) as engine:
            kind = Change if self.found.kind == ImportKind.CHANGE else Commit
            commit = kind(engine, uploads.place_of(self.found), self.found, self.claim)
            ended = commit.run(should_pause=self.should_pause, on_progress=self.on_progress)
            log.debug("job %s: longest chunk %.0f ms", self.claim.job_id, commit.longest_chunk * 1000)
            if ended is ImportState.COMMITTING:
                with database.transaction() as session:
                    jobs.release(session, self.claim)
                return JobState.QUEUED
            if ended is ImportState.CANCELLED:
                with database.transaction() as session:
                    _audit_consents(session, _audit(session, self._import(session)))
                return self.stopped() or JobState.CANCELLED
            self._put_back(is_done=True)
            with database.transaction() as session:
                jobs.finish(session, self.claim)
                found = self._import(session)
                found.state, found.finished_at = ImportState.DONE, now()
                session.add(found)
                if found.continues_id is not None:
                    merging.count(session, found)
                audit = _audit(session, found, "bulk" if found.kind == ImportKind.CHANGE else "import")
                session.add(audit)
                _audit_consents(session, audit)
                halting.carry_out(session, found, session.get_one(Job, self.claim.job_id))
            refresh(engine)
        return JobState.DONE

    def _undo(self) -> JobState:
        with database.reading() as session:
            user_id = session.get_one(Job, self.claim.job_id).user_id
        with engine_for_writing(self.cache_kib) as engine:
            undo = Undo(engine, self.found, self.claim, user_id)
            ended = undo.run(should_pause=self.should_pause, on_progress=self.on_progress)
            log.debug("job %s: longest chunk %.0f ms", self.claim.job_id, undo.longest_chunk * 1000)
            if ended is ImportState.UNDOING:
                with database.transaction() as session:
                    jobs.release(session, self.claim)
                return JobState.QUEUED
            if ended is ImportState.UNDO_STOPPED:
                return self.stopped() or JobState.CANCELLED
            with database.transaction() as session:
                jobs.finish(session, self.claim)
                found = self._import(session)
                found.state, found.undone_at, found.undo_counts = ImportState.UNDONE, now(), undo.counts
                session.add(found)
                session.add(_audit(session, found, "undo", undo.counts))
            refresh(engine)
        return JobState.DONE

    def _child(self, command: str, payload: dict[str, Any]) -> dict[str, Any]:
        with nullcontext(self.reader) if self.reader else pool.reader() as reader:
            return reader.run(command, payload, on_progress=self._progress, should_stop=self._should_stop)

    def _progress(self, data: dict[str, Any]) -> None:
        done, total = int(data["done"]), int(data.get("total", 0))
        if self.on_progress:
            self.on_progress(done, total)
        if time.monotonic() - self._said > PROGRESS_SECONDS:
            self._said = time.monotonic()
            with database.transaction() as session:
                jobs.beat(session, self.claim, {"done": done, "total": total})

    def _should_stop(self) -> bool:
        if self.should_pause():
            return True
        if time.monotonic() - self._looked < STOP_SECONDS:
            return False
        self._looked = time.monotonic()
        with database.reading() as session:
            return jobs.should_stop(session, self.claim)

    def _import(self, session: Session) -> Import:
        found = session.exec(select(Import).where(Import.id == self.found.id)).first()
        if found is None:
            raise Lost(text("The import was deleted."))
        return found

    def stopped(self, *, is_cancelled: bool = False) -> JobState | None:
        """The child was stopped: somebody cancelled, this process ends, or another worker has the job."""
        try:
            self._put_back()
            with database.transaction() as session:
                if not is_cancelled and self.should_pause():
                    jobs.release(session, self.claim)
                    return JobState.QUEUED
                jobs.finish(session, self.claim, JobState.CANCELLED)
                found = self._import(session)
                self._end(session, found)
        except Lost:
            return None
        return JobState.CANCELLED

    def _end(self, session: Session, found: Import) -> None:
        """The import can be gone on with; rows it brought back to another one are that one's now."""
        if found.state == ImportState.COMMITTING and found.continues_id is not None:
            merging.count(session, found)
        steps.stopped(found)
        session.add(found)
        if found.state in HALTED:
            halting.carry_out(session, found, session.get_one(Job, self.claim.job_id))

    def _put_back(self, *, is_done: bool = False) -> None:
        """What came in of rows that continue another import stands in its plan from now on."""
        if self.kind is JobKind.COMMIT and self.found.continues_id is not None:
            with database.reading() as session:
                merging.put_back(session, self._import(session), is_done=is_done)

    def failed(self, message: Text) -> JobState | None:
        """Says on the job and on the import what went wrong."""
        try:
            with suppress(sqlite3.Error):  # the disk may be full; the next end of this import does it
                self._put_back()
            with database.transaction() as session:
                jobs.finish(session, self.claim, JobState.FAILED, message)
                found = self._import(session)
                self._end(session, found)
                found.error = message.to_json()
        except Lost:
            return None
        return JobState.FAILED


def _audit_consents(session: Session, audit: AuditEntry) -> None:
    """Beside what became of the rows, what became of the consents; nothing when none were written."""
    if (entry := consent_writing.summary(session, audit.data["import"], audit)) is not None:
        session.add(entry)


def _audit(session: Session, found: Import, action: str = "import", counts: dict[str, int] | None = None) -> AuditEntry:
    job = jobs.latest(session, found.id or 0)
    who = who_runs(session, job) if job is not None else ""
    data = {"import": found.id, "rows": found.rows, **(found.counts if counts is None else counts)}
    if counts is None and found.options.get("course"):
        data |= {"course": found.options["course"]["id"], "enrolled": course_result.enrolled(session, found.id or 0)}
    return AuditEntry(user_id=job.user_id if job is not None else None, actor=who or "system", action=action, data=data)
