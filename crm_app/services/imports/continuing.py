"""Going on with an import: failed rows that somebody mended and brought back are judged with its columns and options.

The file that brings them is an import of its own until its commit, so that it can be looked at, mended and thrown away
like any other; what it writes are rows of the import it continues.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crm_app.models import Import, ImportRow, ImportState, Job, User
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict
from crm_app.services.imports import access, plan_file, returning, steps, uploads
from crm_app.services.imports.columns import ColumnMapping, from_json
from crm_app.services.imports.returning import Returned


@dataclass(frozen=True, slots=True)
class Round:
    """A file that brought rows back: how many of them came in, who brought it and when it was taken over."""

    file_name: str
    rows: int
    who: str
    at: datetime | None


def look(session: Session, actor: Actor, import_id: int) -> Returned | None:
    """What the file of an import brings back, while nothing was decided about it; None = it is a file like others.

    Raises NotFound, NotPermitted.
    """
    found = access.get(session, actor, import_id)
    if found.state not in (ImportState.READ, ImportState.CHECKED) or found.continues_id is not None:
        return None
    return returning.look(session, actor, found.read_out.get("headers", []), uploads.place_of(found))


def start(session: Session, actor: Actor, import_id: int) -> Job:
    """Takes the file as rows of the import its keys name, with that import's columns and options, and checks them.

    `steps.read` makes a file of its own of it again. Raises NotFound, NotPermitted; Conflict when there is nothing to
    go on with, saying why; Invalid when a column's field is not there any more.
    """
    found = access.get(session, actor, import_id)
    returned = look(session, actor, import_id)
    if returned is None:
        raise Conflict(returning.NOT_RETURNED)
    if returned.refusal is not None:
        raise Conflict(returned.refusal)
    if not returned.rows:
        raise Conflict(returning.ALL_IN)
    original = returned.original
    found.continues_id, found.branch_id = original.id, original.branch_id
    found.columns = [column.to_json() for column in mapping(original)]
    found.options = dict(original.options)
    found.read_out = read_out(found.read_out, original)
    found.rows, found.counts = len(returned.rows), {}
    session.add(found)
    session.flush()
    return steps.check(session, actor, import_id)


def mapping(original: Import) -> list[ColumnMapping]:
    """The columns of an import, with the formats its dates were read by."""
    with plan_file.reading(uploads.place_of(original)) as plan:
        formats = plan_file.fetch(plan, "date_formats") or {}
    return [
        replace(column, date_format=column.date_format or formats.get(str(column.index)))
        for column in from_json(original.columns)
    ]


def read_out(own: dict[str, Any], original: Import) -> dict[str, Any]:
    """How a file was read, with the columns of the import it continues."""
    of_columns = ("headers", "suggestions", "product", "match_key")
    kept = {key: value for key, value in own.items() if key not in of_columns}
    return kept | {key: original.read_out[key] for key in of_columns if key in original.read_out}


def rounds(session: Session, found: Import) -> list[Round]:
    """The files that brought rows back to an import, in the order they came in."""
    query = (
        select(Import.file_name, func.count(col(ImportRow.row)), User.name, Import.committed_at)
        .join(ImportRow, (col(ImportRow.through) == col(Import.id)) & (col(ImportRow.import_id) == found.id))
        .join(User, col(User.id) == col(Import.user_id), isouter=True)
        .where(Import.continues_id == found.id)
        .group_by(col(Import.id), col(Import.file_name), col(User.name), col(Import.committed_at))
        .order_by(col(Import.id))
    )
    return [Round(file, int(rows), who or "", at) for file, rows, who, at in session.exec(query).all()]


def waiting(session: Session, found: Import) -> Sequence[Import]:
    """The files with rows of an import that were not taken over to their end."""
    query = select(Import).where(Import.continues_id == found.id, Import.state != ImportState.DONE)
    return session.exec(query.order_by(col(Import.id))).all()
