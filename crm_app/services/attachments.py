"""Files kept with a contact. They lie in the data folder under generated names (0600) and leave it only as a download.

The row is the truth: a file without a row is swept away, and so is what was removed, once its days are over.
"""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from sqlmodel import Session, col, select

from crm_app import settings
from crm_app.locales import text
from crm_app.models import Attachment, Contact, Permission
from crm_app.models.base import now
from crm_app.services import audit, database, file_kinds, installation
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import visible
from crm_app.services.errors import Conflict, Invalid, NotFound

NAME_LENGTH = 200
MOST = 500  # of one contact
LEFTOVER_SECONDS = 3600.0  # a file of no row, older than that, belongs to an upload that died


class Receiver:
    """Takes the bytes of one file as they come."""

    def __init__(self, stored: str, file: BinaryIO) -> None:
        self.stored, self.size, self._file = stored, 0, file

    def write(self, data: bytes) -> None:
        """Raises Invalid beyond the limit."""
        self.size += len(data)
        limit = settings.get().attachment_limit
        if self.size > limit:
            megabytes = max(1, limit // settings.MIB)
            raise Invalid(text("The file is larger than the {limit} MB allowed.", limit=megabytes), "file")
        self._file.write(data)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A place for one file; when the block fails, nothing of it stays on disk."""
    stored = secrets.token_hex(16)
    folder = settings.get().attachments_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / stored
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield Receiver(stored, file)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def discard(stored: str) -> None:
    """Removes a file that belongs to no row."""
    _path(stored).unlink(missing_ok=True)


def add(session: Session, actor: Actor, contact: Contact, *, name: str, stored: str, size: int) -> Attachment:
    """Keeps a received file with a contact that was fetched through `cards.get`.

    Raises NotPermitted; Invalid for an empty file, or for one of a kind that is not kept; Conflict for too many.
    """
    actor.require(Permission.CONTACTS_EDIT)
    called = _called(name)
    if size == 0:
        raise Invalid(text("This file is empty."), "file")
    there = select(Attachment.id).where(Attachment.contact_id == contact.id, col(Attachment.removed_at).is_(None))
    if len(session.exec(there.limit(MOST)).all()) >= MOST:
        raise Conflict(text("A contact has at most {most} files.", most=MOST))
    kind = file_kinds.media_type(_path(stored), called)
    made = Attachment(
        contact_id=contact.id or 0, user_id=actor.user_id, name=called, stored=stored, media_type=kind, size=size
    )
    session.add(made)
    session.flush()
    audit.record(session, actor, "attachment.add", attachment=made.id or 0, bytes=size)
    return made


def open_file(session: Session, actor: Actor, attachment_id: int) -> tuple[Attachment, BinaryIO]:
    """The file, open to be read. Raises NotPermitted; NotFound when it is missing, removed or of a foreign contact."""
    actor.require(Permission.CONTACTS_READ)
    query = select(Attachment).join(Contact, col(Attachment.contact_id) == col(Contact.id))
    found = session.exec(
        query.where(Attachment.id == attachment_id, col(Attachment.removed_at).is_(None), *visible(actor))
    ).first()
    path = _path(found.stored) if found else None
    if found is None or path is None or not path.is_file():
        raise NotFound(text("There is no such file any more."))
    return found, path.open("rb")


def remove(session: Session, actor: Actor, contact: Contact, attachment_id: int) -> Attachment:
    """Takes a file off the contact; doing it again changes nothing. Raises NotPermitted, NotFound."""
    found = _get(session, actor, contact, attachment_id)
    if found.removed_at is None:
        found.removed_at = now()
        session.add(found)
        audit.record(session, actor, "attachment.remove", attachment=attachment_id)
    return found


def restore(session: Session, actor: Actor, contact: Contact, attachment_id: int) -> Attachment:
    """Brings a removed file back; doing it again changes nothing. Raises NotPermitted; NotFound once it is gone."""
    found = _get(session, actor, contact, attachment_id)
    if found.removed_at is not None:
        found.removed_at = None
        session.add(found)
        audit.record(session, actor, "attachment.restore", attachment=attachment_id)
    return found


def clean(*, older_than: float = LEFTOVER_SECONDS) -> int:
    """Deletes what was removed longer ago than contacts stay in the trash, and files of no row; how many files."""
    folder = settings.get().attachments_dir
    if not folder.is_dir():
        return 0
    with database.transaction() as session:
        days = installation.current(session).trash_days
        if days:
            over = select(Attachment).where(col(Attachment.removed_at) < now() - timedelta(days=days))
            for one in session.exec(over).all():
                session.delete(one)
    with database.reading() as session:
        known = set(session.exec(select(Attachment.stored)).all())
    gone = 0
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # an upload that was refused took its file away
            if path.name not in known and time.time() - path.stat().st_mtime > older_than:
                path.unlink()
                gone += 1
    return gone


@dataclass(frozen=True, slots=True)
class Usage:
    """`missing` are rows without their file."""

    files: int
    size: int
    missing: int


def usage(session: Session) -> Usage:
    """What the files take, and whether all are there."""
    rows = session.exec(select(Attachment.stored, Attachment.size)).all()
    missing = sum(not _path(stored).is_file() for stored, _ in rows)
    return Usage(len(rows), sum(size for _, size in rows), missing)


def path_of(stored: str) -> Path:
    """Where a file lies."""
    return _path(stored)


def _get(session: Session, actor: Actor, contact: Contact, attachment_id: int) -> Attachment:
    actor.require(Permission.CONTACTS_EDIT)
    query = select(Attachment).where(Attachment.id == attachment_id, Attachment.contact_id == contact.id)
    found = session.exec(query).first()
    if found is None:
        raise NotFound(text("There is no such file any more."))
    return found


def _called(name: str) -> str:
    """The name without folders and unprintable signs, its ending kept."""
    last = Path(name.replace("\\", "/")).name
    clean = " ".join("".join(sign if sign.isprintable() else " " for sign in last).split()).lstrip(".")
    stem, dot, ending = clean.rpartition(".")
    if not dot or not stem:
        return clean[:NAME_LENGTH] or "file"
    return stem[: NAME_LENGTH - len(ending) - 1] + dot + ending[:20]


def _path(stored: str) -> Path:
    assert Path(stored).name == stored
    return settings.get().attachments_dir / stored
