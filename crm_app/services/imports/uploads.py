"""Files on their way in: stored under a generated name, readable by this service only, never served."""

import hashlib
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import event
from sqlmodel import Session, col, select

from crm_app import settings
from crm_app.locales import text
from crm_app.models import HALTED, Import, ImportState, JobState, Permission
from crm_app.services import jobs
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid
from crm_app.services.imports import access, plan_file

COPY_BYTES = 1024 * 1024
LEFTOVER_SECONDS = 60.0  # a folder of no import, untouched for so long, belongs to a dead upload


@dataclass(frozen=True, slots=True)
class Stored:
    """A complete file. `folder` is the generated name below the imports folder."""

    folder: str
    size: int
    sha256: str


class Receiver:
    """Takes the bytes of one upload as they come."""

    def __init__(self, folder: str, file: BinaryIO) -> None:
        self.folder = folder
        self.size = 0
        self._file = file
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Raises Invalid beyond the upload limit."""
        self.size += len(data)
        if self.size > settings.get().upload_limit:
            megabytes = settings.get().upload_limit // (1024 * 1024)
            raise Invalid(text("The file is larger than the {limit} MB allowed.", limit=megabytes))
        self._hash.update(data)
        self._file.write(data)

    @property
    def stored(self) -> Stored:
        return Stored(self.folder, self.size, self._hash.hexdigest())


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A place for one upload; when the block fails, nothing of it stays on disk."""
    folder = secrets.token_hex(16)
    place = settings.get().imports_dir / folder
    place.mkdir(mode=0o700, parents=True)
    source = place / plan_file.SOURCE
    source.touch(mode=0o600)
    try:
        with source.open("wb") as file:
            yield Receiver(folder, file)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def from_path(path: Path) -> Stored:
    """Copies a file of this machine."""
    with path.open("rb") as file, receiving() as receiver:
        while data := file.read(COPY_BYTES):
            receiver.write(data)
    return receiver.stored


def from_text(pasted: str) -> Stored:
    """Keeps pasted rows as a UTF-8 file. Raises Invalid when there is nothing in them."""
    if not pasted.strip():
        raise Invalid(text("There is nothing to import: paste rows with a header first."), "text")
    with receiving() as receiver:
        receiver.write(pasted.encode("utf-8", "replace"))
    return receiver.stored


def discard(folder: str) -> None:
    """Removes a stored file that will not become an import."""
    if folder and Path(folder).name == folder:
        shutil.rmtree(settings.get().imports_dir / folder, ignore_errors=True)


def discard_after(session: Session, folder: str) -> None:
    """Removes a folder once the session's transaction is committed."""
    event.listen(session, "after_commit", lambda _: discard(folder), once=True)


def create(
    session: Session, actor: Actor, *, file_name: str, size: int, sha256: str, folder: str, name: str = ""
) -> Import:
    """The import of a stored file; `steps.read` is next. Raises NotPermitted; Invalid for an empty file."""
    actor.require(Permission.IMPORT)
    if size == 0:
        raise Invalid(text("This file is empty."))
    shown = Path(file_name.replace("\\", "/")).name[-255:] or "import"
    made = Import(
        folder=folder,
        name=name.strip()[:200],
        file_name=shown,
        file_size=size,
        sha256=sha256,
        branch_id=actor.branch_id,
        user_id=actor.user_id,
    )
    session.add(made)
    session.flush()
    return made


def delete(session: Session, actor: Actor, import_id: int) -> None:
    """Removes an import that never wrote anything, with its files (once the transaction is committed).

    Raises NotFound, NotPermitted; Conflict when contacts came from it.
    """
    found = access.get(session, actor, import_id)
    if found.committed_row or found.state in (ImportState.COMMITTING, ImportState.DONE, *HALTED):
        raise Conflict(text("Contacts came in with this import, so it stays in the history."))
    job = jobs.latest(session, import_id)
    if job is not None and not job.is_finished:
        job.state, job.claim = JobState.CANCELLED, None
        session.add(job)
    discard_after(session, found.folder)
    session.delete(found)
    session.flush()


def clean(session: Session, *, older_than: float = LEFTOVER_SECONDS) -> int:
    """Removes folders of dead uploads and of imports whose file was given up, untouched for `older_than` seconds.

    Returns how many.
    """
    place = settings.get().imports_dir
    if not place.is_dir():
        return 0
    known = set(session.exec(select(col(Import.folder)).where(col(Import.purged_at).is_(None))).all())
    removed = 0
    for folder in place.iterdir():
        if folder.name in known or not folder.is_dir():
            continue
        if time.time() - touched(folder.name) > older_than:
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def touched(folder: str) -> float:
    """When something in a folder was written last, in seconds since 1970; 0.0 when it is not there."""
    place = settings.get().imports_dir / folder
    with suppress(FileNotFoundError):  # another process may be clearing it away
        return max(path.stat().st_mtime for path in [place, *place.iterdir()])
    return 0.0


def place_of(found: Import) -> Path:
    """The folder with the file and the plan of an import."""
    return settings.get().imports_dir / found.folder
