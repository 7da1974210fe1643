"""What a worker does with a job of duplicates: the search over the base, or the merge of all certain groups."""

from collections.abc import Callable
from time import monotonic
from typing import Any

from sqlmodel import Session, select

from crm_app.locales import text
from crm_app.models import Job, JobKind, JobState, Permission, Role, User
from crm_app.services import database, jobs
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.duplicates import batch, running
from crm_app.services.errors import CRMError
from crm_app.services.jobs import Claim, Lost
from crm_app.services.sessions import actor_of

KINDS = (JobKind.DUPLICATES, JobKind.MERGE)
NO_SUBJECT = 0  # such a job is about the whole base
LOOK_SECONDS = 0.5

_UNEXPECTED = text("This stopped because of an error in this program. Start it again.")


def start(session: Session, actor: Actor, kind: JobKind) -> Job:
    """Asks for a search, or for the merge of what is certain; the one that waits or works already is the answer.

    Raises NotPermitted.
    """
    actor.require(Permission.CONTACTS_BULK)
    there = latest(session, kind)
    return there if there is not None and not there.is_finished else jobs.enqueue(session, actor, kind, NO_SUBJECT)


def latest(session: Session, kind: JobKind) -> Job | None:
    """The newest job of that kind."""
    return jobs.latest(session, NO_SUBJECT, kind)


def run(claim: Claim, *, should_pause: Callable[[], bool]) -> JobState | None:
    """Does a claimed job; its row says how it ended. None = another worker took it over."""
    with database.reading() as session:
        job = session.get_one(Job, claim.job_id)
        actor, kind = _actor(session, job), JobKind(job.kind)
    watch = _Watch(claim, should_pause)
    with jobs.beating(claim):
        try:
            found = _work(kind, actor, watch)
            with database.transaction() as session:
                if watch.paused:
                    jobs.release(session, claim)
                    return JobState.QUEUED
                state = JobState.CANCELLED if watch.stopped else JobState.DONE
                job = session.get_one(Job, claim.job_id)
                job.data = {**job.data, **found}
                session.add(job)
                session.flush()
                jobs.finish(session, claim, state)
                return state
        except Lost:
            return None
        except CRMError as error:
            return _failed(claim, error.message)
        except Exception as error:  # noqa: BLE001 - the edge of a job: whatever happened, the row must say so
            jobs.log_failure(claim, error)
            return _failed(claim, _UNEXPECTED)


def _work(kind: JobKind, actor: Actor, watch: "_Watch") -> dict[str, Any]:
    if kind is JobKind.MERGE:
        merged = batch.merge_certain(database.engine(), actor, watch.progress, watch.should_stop)
        return {"groups": merged.groups, "fewer": merged.fewer, "failed": merged.failed}
    outcome = running.run(database.engine(), actor, watch.progress, watch.should_stop)
    return {"groups": outcome.groups, "contacts": outcome.contacts}


def _failed(claim: Claim, message: Any) -> JobState | None:
    try:
        with database.transaction() as session:
            jobs.finish(session, claim, JobState.FAILED, message)
    except Lost:
        return None
    return JobState.FAILED


def _actor(session: Session, job: Job) -> Actor:
    """Whoever asked, with the rights of now; the system where that account is gone."""
    query = select(User, Role).where(User.id == job.user_id, User.role_id == Role.id)
    found = session.exec(query).first()
    return actor_of(*found) if found is not None else SYSTEM


class _Watch:
    """Says how far the work is, and asks whether somebody wants it to stop, not more often than needed."""

    def __init__(self, claim: Claim, should_pause: Callable[[], bool]) -> None:
        self._claim, self._should_pause = claim, should_pause
        self._said = self._looked = 0.0
        self.stopped = self.paused = False

    def progress(self, done: int, total: int) -> None:
        if monotonic() - self._said > LOOK_SECONDS:
            self._said = monotonic()
            with database.transaction() as session:
                jobs.beat(session, self._claim, {"done": done, "total": total})

    def should_stop(self) -> bool:
        self.paused = self._should_pause()
        if self.paused or self.stopped:
            return True
        if monotonic() - self._looked > LOOK_SECONDS:
            self._looked = monotonic()
            with database.reading() as session:
                self.stopped = jobs.should_stop(session, self._claim)
        return self.stopped
