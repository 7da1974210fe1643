"""A person in files: those of imports, of exports, and those kept with the contact."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete
from sqlmodel import Session, col, select

from crm_app import settings
from crm_app.locales import text
from crm_app.models import (
    Attachment,
    Contact,
    Import,
    ImportKind,
    ImportRow,
    ImportState,
    Job,
    JobKind,
    JobState,
    Message,
    Via,
)
from crm_app.models.base import now
from crm_app.services import attachments, database, export_jobs
from crm_app.services.errors import Conflict
from crm_app.services.imports import kept, plan_file, retention, uploads
from crm_app.services.messages import transport
from crm_app.services.privacy.persons import Needles, Person

_UNREAD = (ImportState.FAILED,)  # nobody knows what is in it
Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Kept:
    """An import whose folder is there still."""

    id: int
    folder: str
    state: str
    is_at_work: bool

    @property
    def is_draft(self) -> bool:
        return self.state in kept.DRAFTS


def known_imports(session: Session, person: Person) -> list[Import]:
    """Imports with a file still there that a row of this person came from, the newest first."""
    rows = select(ImportRow.import_id).where(ImportRow.contact_id == person.id)
    query = select(Import).where(Import.kind == ImportKind.FILE, col(Import.purged_at).is_(None))
    return list(session.exec(query.where(col(Import.id).in_(rows)).order_by(col(Import.id).desc())).all())


def imports_with(person: Person, needles: Needles, should_stop: Stop) -> list[Kept]:
    """Imports whose files hold the person: rows that came in, and rows that stayed out. Looks into every file.

    Raises Conflict when one of them is at work.
    """
    with database.reading() as session:
        came = set(session.exec(select(ImportRow.import_id).where(ImportRow.contact_id == person.id)).all())
        busy = set(session.exec(select(Job.subject_id).where(col(Job.state).in_((JobState.QUEUED, JobState.RUNNING)))))
        query = select(Import.id, Import.folder, Import.state)
        query = query.where(Import.kind == ImportKind.FILE, col(Import.purged_at).is_(None)).order_by(col(Import.id))
        there = [Kept(id_ or 0, folder, state, id_ in busy) for id_, folder, state in session.exec(query)]
    found = []
    for one in there:
        if should_stop():
            break
        if one.id in came or _holds(one, needles):
            if one.is_at_work:
                raise Conflict(
                    text("An import with this person is at work. Start the erasure again once it has ended.")
                )
            found.append(one)
    return found


def give_up(found: Sequence[Kept]) -> int:
    """Deletes the files of these imports, drafts as a whole; how many. Their counts and other people's contacts stay.

    Raises Conflict for one that somebody goes on with meanwhile.
    """
    for one in found:
        with database.transaction() as session:
            if one.is_draft:
                _remove_draft(session, one)
            elif not retention.give_file_up(session, one.id):
                raise Conflict(
                    text("An import with this person is at work. Start the erasure again once it has ended.")
                )
    return len(found)


def files_of(session: Session, person: Person) -> list[Path]:
    """The files kept with the contact, removed ones too, and those of messages that did not leave."""
    stored = session.exec(select(Attachment.stored).where(Attachment.contact_id == person.id)).all()
    in_folder = select(Message.message_id).where(Message.contact_id == person.id, Message.via == Via.FOLDER)
    folder = settings.get().mails_dir
    mails = [folder / transport.file_name(one) for one in session.exec(in_folder)]
    return [*(attachments.path_of(name) for name in stored), *mails]


def exports_with(session: Session, contact: Contact) -> list[Job]:
    """Exports with a file still there that may hold the contact: those written since it was added."""
    query = select(Job).where(Job.kind == JobKind.EXPORT, Job.state == JobState.DONE)
    found = session.exec(query.where(col(Job.finished_at) >= contact.created_at)).all()
    return [job for job in found if export_jobs.is_there(job)]


def drop_exports(session: Session, jobs: Sequence[Job]) -> int:
    """Deletes their files; how many. They can be exported again."""
    for job in jobs:
        export_jobs.path_of(job).unlink(missing_ok=True)
        job.data = {**job.data, "deleted_at": now().isoformat()}
        session.add(job)
    session.flush()
    return len(jobs)


def backups() -> list[str]:
    """Names of the backups there are: they are not rewritten."""
    folder = settings.get().backups_dir
    return sorted(path.name for path in folder.glob("*.sqlite")) if folder.is_dir() else []


def _holds(one: Kept, needles: Needles) -> bool:
    """Whether an address of the person stands in the file; in a finished one also the whole name."""
    path = settings.get().imports_dir / one.folder / plan_file.NAME
    if not path.is_file():
        return one.state in _UNREAD
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        for query in ("SELECT cells FROM cells", "SELECT value FROM edit", "SELECT value FROM note"):
            for (written,) in connection.execute(query):
                if needles.are_in(written) or (not one.is_draft and needles.names(written)):
                    return True
    return False


def _remove_draft(session: Session, one: Kept) -> None:
    session.execute(delete(Job).where(col(Job.subject_id) == one.id, col(Job.kind).in_(("read", "check", "commit"))))
    session.execute(delete(Import).where(col(Import.id) == one.id, col(Import.committed_row) == 0))
    uploads.discard_after(session, one.folder)
