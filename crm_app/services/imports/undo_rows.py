"""The proofs of an import, as an undo goes through them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func
from sqlmodel import Session, col, select

from crm_app.models import Import, ImportRow, Job, JobKind, Outcome

_WROTE = (Outcome.CREATE.value, Outcome.UPDATE.value)


def _wrote(import_id: int) -> list[ColumnElement[bool]]:
    """Of an unchanged contact too a row may have made a member of a course."""
    did = col(ImportRow.outcome).in_(_WROTE) | col(ImportRow.changes).is_not(None)
    return [col(ImportRow.import_id) == import_id, did]


def since(session: Session, found: Import) -> datetime:
    """The moment from which changes of a contact count as later than the import: when its commit was asked for."""
    query = select(func.min(Job.created_at)).where(Job.subject_id == found.id, Job.kind == JobKind.COMMIT)
    return session.exec(query).one() or found.committed_at or found.created_at


def total(session: Session, import_id: int, up_to: int | None = None) -> int:
    """Rows that wrote something (up to a record number): what an undo has to look at."""
    query = select(func.count()).where(*_wrote(import_id))
    return int(session.exec(query if up_to is None else query.where(col(ImportRow.row) <= up_to)).one())


def proofs(session: Session, import_id: int, *, after: int, before: int | None = None, limit: int) -> list[Row[Any]]:
    """The next rows that wrote something in the order of the file, or the last ones before `before`."""
    query = select(
        *[getattr(ImportRow, name) for name in ("row", "outcome", "contact_id", "version", "changes", "undone")]
    ).where(*_wrote(import_id))
    if before is not None:
        query = query.where(col(ImportRow.row) < before).order_by(col(ImportRow.row).desc())
        return list(reversed(session.execute(query.limit(limit)).all()))
    query = query.where(col(ImportRow.row) > after).order_by(col(ImportRow.row))
    return list(session.execute(query.limit(limit)).all())
