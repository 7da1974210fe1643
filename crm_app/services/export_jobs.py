"""Exports as durable work: asked for, written in the background, fetched for some days, remembered as a choice.

The job is all there is of an export: `data` holds the filter, the fields in their order and the format, later how many
contacts and how many characters no file can hold. Exports are the memory: the next one begins as the last one was.
"""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func
from sqlmodel import Session, col, select

from crm_app import settings
from crm_app.locales import text
from crm_app.models import Contact, Installation, Job, JobKind, JobState, Permission
from crm_app.models.base import now
from crm_app.services import audit, database, exports, installation, jobs, segments, tickets
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.contacts import audience
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errands import NO_SUBJECT, Ended, Stopped, Watch
from crm_app.services.errors import Conflict, Invalid, NotFound

KINDS = ("xlsx", "csv")
MOST_ROWS = 1_048_575  # of a worksheet, its header apart
PART_HOURS = 24  # after which a half-written file is nobody's


@dataclass(frozen=True, slots=True)
class Choice:
    """What an export writes and how."""

    fields: list[str]
    kind: str


def remembered(session: Session, actor: Actor) -> Choice:
    """As the actor's last export was; fields that are gone left out. All of them as a workbook before the first."""
    query = select(Job).where(Job.kind == JobKind.EXPORT, Job.user_id == actor.user_id)
    last = session.exec(query.order_by(col(Job.id).desc()).limit(1)).first()
    known = exports.chosen_fields(session, [])
    if last is None:
        return Choice(known, KINDS[0])
    return Choice([name for name in last.data["fields"] if name in known] or known, last.data["kind"])


def count(session: Session, actor: Actor, wanted: ContactFilter) -> int:
    """How many contacts would be written, exactly. Raises NotPermitted, and like `audience.conditions`."""
    actor.require(Permission.EXPORT)
    conditions = audience.conditions(session, actor, wanted)
    return session.exec(select(func.count()).select_from(Contact).where(*conditions)).one()


def start(session: Session, actor: Actor, wanted: ContactFilter, fields: Sequence[str], kind: str) -> Job:
    """Begins an export of everybody the filter means.

    Raises NotPermitted; Invalid for fields, formats and filters that are not understood, and for a workbook of more
    rows than a sheet has; Conflict for nobody.
    """
    chosen = exports.chosen_fields(session, list(dict.fromkeys(fields)))
    if not fields:
        raise Invalid(text("Choose at least one field."), "fields")
    exports.writer_for(Path(f"contacts.{kind}"))
    total = count(session, actor, wanted)
    if not total:
        raise Conflict(text("There is nobody to export."))
    if kind == "xlsx" and total > MOST_ROWS:
        raise Invalid(text("A workbook holds at most {most} rows. Export as a text file.", most=MOST_ROWS), "kind")
    wanted = segments.resolved(session, actor, wanted)
    job = jobs.enqueue(session, actor, JobKind.EXPORT, NO_SUBJECT, total=total)
    job.data = {**job.data, "filter": wanted.to_params(), "fields": chosen, "kind": kind}
    session.add(job)
    session.flush()
    return job


def work(actor: Actor, job: Job, watch: Watch) -> Ended:
    """Writes the file beside its name first: what can be fetched is whole."""
    target = path_of(job)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(f"part-{job.claim or ''}".replace(":", "-") + target.suffix)

    def on_rows(done: int) -> None:
        watch.progress(done, job.total)
        if watch.should_stop():
            raise Stopped

    try:
        part.touch(mode=0o600)
        with database.reading() as session:
            wanted = ContactFilter.from_params(job.data["filter"])
            written = exports.writer_for(part)(session, actor, part, job.data["fields"], wanted, on_rows=on_rows)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    data = {"contacts": written.rows, "replaced": written.replaced, "size": target.stat().st_size}
    return Ended(data, "export", {"contacts": written.rows, "format": job.data["kind"], "export": job.id or 0})


def get(session: Session, actor: Actor, export_id: int) -> Job:
    """The actor's own export. Raises NotPermitted; NotFound for a missing one and a colleague's alike."""
    actor.require(Permission.EXPORT)
    query = select(Job).where(Job.id == export_id, Job.kind == JobKind.EXPORT, Job.user_id == actor.user_id)
    found = session.exec(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound(text("There is no such export."))
    return found


def listing(session: Session, actor: Actor, *, before: int | None = None, limit: int = 50) -> list[Job]:
    """The actor's own exports, newest first, behind the one with the id `before`."""
    actor.require(Permission.EXPORT)
    query = select(Job).where(Job.kind == JobKind.EXPORT, Job.user_id == actor.user_id)
    if before is not None:
        query = query.where(col(Job.id) < before)
    return list(session.exec(query.order_by(col(Job.id).desc()).limit(limit)).all())


def stop(session: Session, actor: Actor, export_id: int) -> None:
    """Stops an export that waits or is at work; nothing of it stays. Raises like `get`."""
    found = get(session, actor, export_id)
    if not found.is_finished:
        jobs.cancel(session, found)


def file_of(session: Session, actor: Actor, export_id: int) -> Path:
    """The file to fetch. Raises like `get`; Conflict while it is not written, and once it is deleted."""
    found = get(session, actor, export_id)
    if found.state != JobState.DONE:
        raise Conflict(text("This export is not finished."))
    if not is_there(found):
        raise Conflict(text("The file of this export was deleted. Export once more."))
    return path_of(found)


def is_there(job: Job) -> bool:
    return job.state == JobState.DONE and "deleted_at" not in job.data and path_of(job).is_file()


def until(found: Installation, job: Job) -> datetime | None:
    """When the file is due to be deleted; None = not by itself."""
    if not found.export_days or job.finished_at is None:
        return None
    return job.finished_at + timedelta(days=found.export_days)


def ticket(session_token: str, export_id: int, *, at: datetime | None = None) -> str:
    """What makes the address of a file good for five minutes, and in this session alone."""
    return tickets.make(session_token, f"export:{export_id}", at=at)


def is_valid(given: str, session_token: str, export_id: int, *, at: datetime | None = None) -> bool:
    """Whether a ticket is this session's, for this export and not over."""
    return tickets.is_valid(given, session_token, f"export:{export_id}", at=at)


def purge(at: datetime | None = None) -> int:
    """Deletes files whose days are over, and halves that a dead process left; how many files."""
    at, place = at or now(), settings.get().exports_dir
    with database.reading() as session:
        days = installation.current(session).export_days
        query = select(Job).where(Job.kind == JobKind.EXPORT, Job.state == JobState.DONE)
        over = query.where(col(Job.finished_at) < at - timedelta(days=days)) if days else query.where(col(Job.id) < 0)
        due = [job for job in session.exec(over) if "deleted_at" not in job.data]
    for job in due:
        path_of(job).unlink(missing_ok=True)
    if due:
        with database.transaction() as session:
            for one in due:
                job = session.get_one(Job, one.id)
                job.data = {**job.data, "deleted_at": at.isoformat()}
                session.add(job)
            audit.record(session, SYSTEM, "exports.purged", files=len(due))
    for part in place.glob("part-*"):
        with suppress(FileNotFoundError):
            if at.timestamp() - part.stat().st_mtime > PART_HOURS * 3600:
                part.unlink()
    for folder in place.glob("person-*"):  # what a dead process was handing out
        if at.timestamp() - folder.stat().st_mtime > PART_HOURS * 3600:
            shutil.rmtree(folder, ignore_errors=True)
    return len(due)


def path_of(job: Job) -> Path:
    return settings.get().exports_dir / f"export-{job.id}.{job.data['kind']}"
