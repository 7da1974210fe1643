"""Durable work that belongs to no import, whose job is all there is of it: searches, merges, exports, erasures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from sqlmodel import Session, select

from crm_app.locales import Text, text
from crm_app.models import Job, JobKind, JobState, Role, User
from crm_app.services import audit, database, jobs
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.errors import CRMError
from crm_app.services.jobs import Claim, Lost
from crm_app.services.sessions import actor_of

NO_SUBJECT = 0  # of such a job
LOOK_SECONDS = 0.5

_UNEXPECTED = text("This stopped because of an error in this program. Start it again.")


class Stopped(Exception):
    """Raised by the work itself when it was asked to stop and has tidied up."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What the job remembers of its work, and what the audit says of it (`action` empty: nothing)."""

    data: dict[str, Any] = field(default_factory=dict)
    action: str = ""
    counts: dict[str, Any] = field(default_factory=dict)


class Watch:
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


Work = Callable[[Actor, Job, Watch], Ended]


def run(claim: Claim, works: Mapping[JobKind, Work], *, should_pause: Callable[[], bool]) -> JobState | None:
    """Does a claimed job; its row says how it ended. None = another worker took it over."""
    with database.reading() as session:
        job = session.get_one(Job, claim.job_id)
        actor = _actor(session, job)
    watch = Watch(claim, should_pause)
    with jobs.beating(claim):
        try:
            return _finished(claim, actor, watch, works[JobKind(job.kind)](actor, job, watch))
        except Stopped:
            return _finished(claim, actor, watch, Ended())
        except Lost:
            return None
        except CRMError as error:
            return _failed(claim, error.message)
        except Exception as error:  # noqa: BLE001 - the edge of a job: whatever happened, the row must say so
            jobs.log_failure(claim, error)
            return _failed(claim, _UNEXPECTED)


def _finished(claim: Claim, actor: Actor, watch: Watch, ended: Ended) -> JobState:
    """Raises Lost."""
    with database.transaction() as session:
        if watch.paused:
            jobs.release(session, claim)
            return JobState.QUEUED
        state = JobState.CANCELLED if watch.stopped else JobState.DONE
        job = session.get_one(Job, claim.job_id)
        job.data = {**job.data, **ended.data}
        session.add(job)
        session.flush()
        jobs.finish(session, claim, state)
        if ended.action:
            audit.record(session, actor, ended.action, **ended.counts)
        return state


def _failed(claim: Claim, message: Text) -> JobState | None:
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
    return actor_of(session, *found) if found is not None else SYSTEM
