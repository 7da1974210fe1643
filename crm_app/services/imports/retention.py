"""Gives up what imports no longer need: files, drafts nobody went on with, and values kept for an undo.

Each import is marked in the database first, by compare-and-set and only while no job of it runs; then its folder goes.
A process that dies in between leaves a folder the sweep of `uploads.clean` removes. Any number of processes may purge
at once.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, exists, false, update
from sqlmodel import Session, col, select

from crm_app import settings
from crm_app.locales import text
from crm_app.models import Import, ImportRow, Job, JobState, Outcome, Permission
from crm_app.models.base import now
from crm_app.services import audit, database, installation
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.errors import Conflict
from crm_app.services.imports import access, kept, undo_ties, uploads

BATCH = 1_000  # rows whose old values are forgotten in one transaction
_ROWS_OF_THE_FILE = ("first_records", "problems")  # parts of a read-out that quote the file

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Due:
    """Ids of the imports whose time is over: of the file, of a draft, of the undo data (also half forgotten)."""

    files: Sequence[int]
    drafts: Sequence[int]
    undo: Sequence[int]


@dataclass(frozen=True, slots=True)
class Usage:
    """Room the folders of imports take, in bytes, and how many imports have something due."""

    folders: int
    size: int
    due: int  # files and drafts
    due_undo: int


def usage(session: Session, at: datetime) -> Usage:
    """What the imports folder holds, and what is due at that moment."""
    folders = size = 0
    for folder in settings.get().imports_dir.glob("*/"):
        with suppress(FileNotFoundError):  # another process may be clearing it away
            size += sum(path.stat().st_size for path in folder.iterdir())
            folders += 1
    found = due(session, at)
    return Usage(folders, size, len(found.files) + len(found.drafts), len(found.undo))


def due(session: Session, at: datetime) -> Due:
    """What is to be given up at that moment."""
    days = installation.current(session)
    return Due(
        files=_ids(session, _file_over(days.file_days, at)),
        drafts=_ids(session, _draft_over(days.file_days, at)),
        undo=_ids(session, _undo_over(days.undo_days, at) | _half_forgotten()),
    )


def purge(at: datetime | None = None, *, should_stop: Stop = lambda: False) -> dict[str, int]:
    """Gives up all that is due, in short transactions of its own; returns how many files, drafts and undo.

    Raises Busy when the database is locked for long; what is done stays so.
    """
    at = at or now()
    with database.reading() as session:
        found, days = due(session, at), installation.current(session)
    done: Counter[str] = Counter()
    for kind, ids, give_up in (
        ("files", found.files, lambda session, id_: _give_file_up(session, _file_over(days.file_days, at), id_)),
        ("drafts", found.drafts, lambda session, id_: _remove_draft(session, days.file_days, at, id_)),
        ("undo", found.undo, lambda session, id_: _end_undo(session, _undo_over(days.undo_days, at), id_)),
    ):
        for id_ in ids:
            if should_stop():
                break
            with database.transaction() as session:
                done[kind] += give_up(session, id_)
    for id_ in found.undo:
        while not should_stop() and _forget(id_):
            continue
    counted: dict[str, Any] = {kind: count for kind, count in done.items() if count}
    if counted:
        with database.transaction() as session:
            audit.record(session, SYSTEM, "imports.purged", **counted)
    return counted


def delete_file(session: Session, actor: Actor, import_id: int) -> Import:
    """Gives the file of an import up now (its folder once the transaction is committed); again changes nothing.

    Raises NotFound, NotPermitted; Conflict while the import is at work or was not carried out yet.
    """
    actor.require(Permission.SETTINGS)
    found = access.get(session, actor, import_id)
    if found.purged_at is not None:
        return found
    if not _give_file_up(session, _may_go(), import_id):
        raise Conflict(text("This import is not finished, so its file is still needed."))
    session.refresh(found)
    which: dict[str, Any] = {"import": import_id}
    audit.record(session, actor, "import.file_deleted", **which)
    return found


def give_file_up(session: Session, import_id: int) -> bool:
    """Gives the file of an import up for callers who may; False while the import is at work."""
    return bool(_give_file_up(session, _may_go(), import_id))


def _ids(session: Session, condition: ColumnElement[bool]) -> list[int]:
    return [id_ for id_ in session.exec(select(Import.id).where(condition).order_by(col(Import.id))) if id_ is not None]


def _idle() -> ColumnElement[bool]:
    """No job of the import is waiting or at work."""
    unfinished = col(Job.state).in_((JobState.QUEUED, JobState.RUNNING))
    return ~exists().where(col(Job.subject_id) == col(Import.id), unfinished)


def _may_go() -> ColumnElement[bool]:
    return col(Import.purged_at).is_(None) & col(Import.state).in_(kept.WITH_FILE) & _idle()


def _file_over(days: int, at: datetime) -> ColumnElement[bool]:
    return _may_go() & _older(kept.ended_at(), days, at)


def _draft_over(days: int, at: datetime) -> ColumnElement[bool]:
    is_draft = col(Import.state).in_(kept.DRAFTS) & (col(Import.committed_row) == 0) & _idle()
    return is_draft & _older(kept.ended_at(), days, at)


def _undo_over(days: int, at: datetime) -> ColumnElement[bool]:
    can_end = col(Import.undo_purged_at).is_(None) & col(Import.state).in_(kept.ENDED) & _idle()
    return can_end & _older(kept.finished_at(), days, at)


def _older(moment: ColumnElement[datetime], days: int, at: datetime) -> ColumnElement[bool]:
    return moment < at - timedelta(days=days) if days else false()


def _half_forgotten() -> ColumnElement[bool]:
    """Ended, and rows are left with their old values: a process died in between, or the commit went on later."""
    is_left = col(Import.undo_purged_row) < col(Import.committed_row)
    return col(Import.undo_purged_at).is_not(None) & is_left & col(Import.state).in_(kept.ENDED) & _idle()


def _give_file_up(session: Session, condition: ColumnElement[bool], import_id: int) -> int:
    """Marks it, blanks what the read-out quotes of it, and lets the folder go after the commit."""
    row = session.exec(select(Import.folder, Import.read_out).where(Import.id == import_id)).first()
    if row is None:
        return 0
    folder, stored = row
    read_out = {key: value for key, value in stored.items() if key not in _ROWS_OF_THE_FILE}
    if not _mark(session, condition, import_id, purged_at=now(), read_out=read_out):
        return 0
    uploads.discard_after(session, folder)
    return 1


def _remove_draft(session: Session, days: int, at: datetime, import_id: int) -> int:
    """Nothing came of it, so nothing of it stays. Cells mended meanwhile only show in the folder."""
    folder = session.exec(select(Import.folder).where(Import.id == import_id)).first()
    if folder is None or uploads.touched(folder) > (at - timedelta(days=days)).timestamp():
        return 0
    gone = delete(Import).where(col(Import.id) == import_id, _draft_over(days, at))
    if _count(session, gone) != 1:
        return 0
    _count(session, delete(Job).where(col(Job.subject_id) == import_id))
    uploads.discard_after(session, folder)
    return 1


def _end_undo(session: Session, condition: ColumnElement[bool], import_id: int) -> int:
    return _mark(session, condition, import_id, undo_purged_at=now())


def _forget(import_id: int) -> bool:
    """Forgets the old values of the next rows; False when there are none left. Tags have none."""
    with database.transaction() as session:
        mark = select(Import.undo_purged_row, Import.committed_row)
        found = session.exec(mark.where(Import.id == import_id, _half_forgotten()).with_for_update()).first()
        if found is None:
            return False
        after, last = found
        rows = session.exec(
            select(ImportRow.row, ImportRow.changes)
            .where(ImportRow.import_id == import_id, col(ImportRow.row) > after)
            .where(ImportRow.outcome == Outcome.UPDATE)
            .order_by(col(ImportRow.row))
            .limit(BATCH)
        ).all()
        if rows:
            session.connection().execute(
                update(ImportRow.__table__)  # type: ignore[attr-defined]
                .where(col(ImportRow.import_id) == import_id, col(ImportRow.row) == bindparam("at_row"))
                .values(changes=bindparam("without")),
                [{"at_row": row, "without": _without_old(changes)} for row, changes in rows],
            )
        reached = rows[-1][0] if len(rows) == BATCH else last
        _count(session, update(Import).where(col(Import.id) == import_id).values(undo_purged_row=reached))
    return True


def _without_old(changes: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if changes is None:
        return None
    return {name: [old if name in ("tags", undo_ties.SEGMENTS) else None, new] for name, (old, new) in changes.items()}


def _mark(session: Session, condition: ColumnElement[bool], import_id: int, **values: Any) -> int:
    return _count(session, update(Import).where(col(Import.id) == import_id, condition).values(**values))


def _count(session: Session, statement: Any) -> int:
    found = session.execute(statement.execution_options(synchronize_session=False))
    return int(found.rowcount)  # type: ignore[attr-defined]
