"""Durable work. The row is the truth of a job: who works on it, how far it is, whether the worker still lives.

A job is claimed by compare-and-set with a token of its own; whoever loses the claim stops at its next write.
"""

import logging
import secrets
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from crm_app.locales import Text
from crm_app.models import Job, JobKind, JobState
from crm_app.models.base import now
from crm_app.models.job import WRITING
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import Busy, CRMError

log = logging.getLogger(__name__)

BEAT_SECONDS = 4.0
DEAD_AFTER = timedelta(seconds=15)  # a running job without a heartbeat for so long has lost its worker
SERVER, CLI = "server", "cli"
_COMMIT_LOCK = 0x63726D  # PostgreSQL's advisory lock: one claim of a commit or undo at a time


class Lost(CRMError):
    """Another worker took the job over; this one must stop without a trace."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a job."""

    job_id: int
    token: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is. `rate` is rows a second, `seconds_left` an estimate; None = not known yet."""

    done: int
    total: int
    rate: float | None
    seconds_left: float | None


def enqueue(session: Session, actor: Actor, kind: JobKind, subject_id: int, *, total: int = 0, done: int = 0) -> Job:
    """A new job in the state QUEUED. The caller hands its id to the queue after its transaction."""
    job = Job(kind=kind, subject_id=subject_id, user_id=actor.user_id, total=total, done=done, data={"from": done})
    session.add(job)
    session.flush()
    return job


def latest(session: Session, subject_id: int, kind: JobKind | None = None) -> Job | None:
    """The newest job of an import."""
    query = select(Job).where(Job.subject_id == subject_id).order_by(col(Job.id).desc()).limit(1)
    return session.exec(query.where(Job.kind == kind) if kind else query).first()


def count(session: Session, subject_id: int, kind: JobKind) -> int:
    """How often this was asked for an import."""
    query = select(func.count()).select_from(Job).where(Job.subject_id == subject_id, Job.kind == kind)
    return session.exec(query).one()


def following(session: Session, job_id: int) -> int | None:
    """A waiting job of the same import behind this one, which its work has asked for."""
    job = session.get(Job, job_id)
    later = latest(session, job.subject_id) if job is not None else None
    return later.id if later is not None and later.id != job_id and later.state == JobState.QUEUED else None


def claim(session: Session, job_id: int, worker: str = SERVER) -> Claim | None:
    """Takes a queued job, or a running one whose worker is dead; None when it is taken, finished or must wait.

    Only one commit or undo runs at a time per database.
    """
    if not database.is_sqlite(session):
        session.execute(select(func.pg_advisory_xact_lock(_COMMIT_LOCK)))
    at, token = now(), f"{worker}:{secrets.token_hex(12)}"
    other = aliased(Job)
    is_free = or_(col(Job.state) == JobState.QUEUED, (col(Job.state) == JobState.RUNNING) & _is_dead(Job, at))
    another_commits = exists().where(
        other.kind.in_(WRITING),  # type: ignore[attr-defined]
        other.state == JobState.RUNNING,  # type: ignore[arg-type]
        other.id != Job.id,  # type: ignore[arg-type]
        ~_is_dead(other, at),
    )
    found = session.execute(
        update(Job)
        .where(col(Job.id) == job_id, is_free, or_(col(Job.kind).not_in(WRITING), ~another_commits))
        .values(state=JobState.RUNNING, claim=token, heartbeat_at=at, started_at=at)
        .execution_options(synchronize_session=False)
    )
    if found.rowcount != 1:  # type: ignore[attr-defined]
        return None
    job = session.exec(select(Job).where(Job.id == job_id).execution_options(populate_existing=True)).one()
    job.data = {**job.data, "from": job.done}
    session.add(job)
    session.flush()
    return Claim(job_id, token)


def _is_dead(job: Any, at: datetime) -> Any:
    return or_(job.heartbeat_at.is_(None), job.heartbeat_at < at - DEAD_AFTER)


def running_commit(session: Session) -> Job | None:
    """The commit or undo that holds the lock now."""
    query = select(Job).where(col(Job.kind).in_(WRITING), Job.state == JobState.RUNNING, ~_is_dead(Job, now()))
    return session.exec(query).first()


def waiting_commit(session: Session) -> int | None:
    """The commit or undo that waited longest for the lock."""
    query = select(Job.id).where(col(Job.kind).in_(WRITING), Job.state == JobState.QUEUED).order_by(col(Job.id))
    return session.exec(query.limit(1)).first()


def beat(session: Session, claim: Claim, values: dict[str, Any] | None = None) -> None:
    """Says that the worker lives, and `values` of the job (done, total). Raises Lost when the claim is gone."""
    found = session.execute(
        update(Job)
        .where(col(Job.id) == claim.job_id, col(Job.claim) == claim.token, col(Job.state) == JobState.RUNNING)
        .values(heartbeat_at=now(), **(values or {}))
        .execution_options(synchronize_session=False)
    )
    if found.rowcount != 1:  # type: ignore[attr-defined]
        raise Lost(Text("Another worker took over."))


def finish(session: Session, claim: Claim, state: JobState = JobState.DONE, error: Text | None = None) -> None:
    """Ends the job. Raises Lost when the claim is gone."""
    beat(session, claim, {"state": state, "finished_at": now(), "error": error.to_json() if error else None})


def log_failure(claim: Claim, error: BaseException) -> None:
    """Where a job went wrong, without the message: drivers quote the row that failed."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("job %s failed: %s\n%s", claim.job_id, type(error).__name__, frames)


def release(session: Session, claim: Claim) -> None:
    """Gives the job back to the queue unfinished, for the next start."""
    beat(session, claim, {"state": JobState.QUEUED, "claim": None})


def cancel(session: Session, job: Job) -> bool:
    """Asks the worker to stop; a job nobody has taken yet ends at once. True when it ended at once."""
    found = session.execute(
        update(Job)
        .where(col(Job.id) == job.id, col(Job.state) == JobState.QUEUED)
        .values(state=JobState.CANCELLED, finished_at=now(), cancel_requested=True)
        .execution_options(synchronize_session=False)
    )
    if found.rowcount == 1:  # type: ignore[attr-defined]
        session.refresh(job)
        return True
    session.execute(
        update(Job)
        .where(col(Job.id) == job.id, col(Job.state) == JobState.RUNNING)
        .values(cancel_requested=True)
        .execution_options(synchronize_session=False)
    )
    session.refresh(job)
    return False


def should_stop(session: Session, claim: Claim) -> bool:
    """Whether somebody asked for a stop, or another worker has the job."""
    found = session.execute(
        select(col(Job.cancel_requested), col(Job.claim)).where(col(Job.id) == claim.job_id)
    ).first()
    return found is None or bool(found[0]) or found[1] != claim.token


def abandoned(session: Session, at: datetime, *, is_first_start: bool = False) -> Sequence[int]:
    """Ids of the jobs to hand to the queue again: waiting ones and running ones whose worker is dead.

    `is_first_start`: no other server works on this database, so what a server was running is dead for certain.
    """
    is_dead = _is_dead(Job, at)
    if is_first_start:
        is_dead = or_(is_dead, col(Job.claim).startswith(SERVER + ":"))
    waits = (col(Job.state) == JobState.QUEUED) & (True if is_first_start else col(Job.created_at) < at - DEAD_AFTER)
    query = select(col(Job.id)).where(or_((col(Job.state) == JobState.RUNNING) & is_dead, waits)).order_by(col(Job.id))
    found = [id_ for id_ in session.exec(query).all() if id_ is not None]
    if is_first_start and found:
        session.execute(
            update(Job)
            .where(col(Job.id).in_(found), col(Job.state) == JobState.RUNNING)
            .values(state=JobState.QUEUED, claim=None)
            .execution_options(synchronize_session=False)
        )
    return found


def progress(job: Job, at: datetime | None = None) -> Progress:
    """Rate and time left since the worker took this job."""
    if job.started_at is None:
        return Progress(job.done, job.total, None, None)
    seconds = ((job.finished_at or at or now()) - job.started_at).total_seconds()
    done = job.done - int(job.data.get("from", 0))
    if done <= 0 or seconds <= 0:
        return Progress(job.done, job.total, None, None)
    rate = done / seconds
    return Progress(job.done, job.total, rate, max(0.0, (job.total - job.done) / rate))


@contextmanager
def beating(claim: Claim) -> Iterator[None]:
    """Keeps the heartbeat going in a thread of its own while slow work goes on in this one."""
    ended = threading.Event()

    def run() -> None:
        while not ended.wait(BEAT_SECONDS):
            try:
                with database.transaction() as session:
                    beat(session, claim)
            except Lost:
                return
            except Busy:
                continue

    thread = threading.Thread(target=run, name=f"beat-{claim.job_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
