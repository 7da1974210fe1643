"""The different values of a column with a closed vocabulary: how many rows hold each, and what it is understood as."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import LeadStatus, Permission
from crm_app.services import audit, gone, installation
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid
from crm_app.services.fields.registry import FIELDS, OFFER, Field, FieldKind
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.folding import fold
from crm_app.services.imports import access, plan_file, references, sight, uploads
from crm_app.services.imports.columns import ColumnMapping, Options
from crm_app.services.imports.judging import parser

CLOSED_KINDS = (FieldKind.GENDER, FieldKind.LIFECYCLE, FieldKind.YES_NO, FieldKind.COUNTRY, FieldKind.CHOICE)
CLOSED_FIELDS = ("status", "owner", OFFER.name)
MOST = 100  # different values that are shown, the most frequent first
STATUS_LENGTH = 80


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """One text of a column. `value` is what it is understood as (None: blank or not understood; statuses and users by
    name), `problem` why not.

    `meant` is what somebody said it means: None = nobody did, empty = leave blank.
    """

    cell: str
    rows: int
    value: Any
    problem: Text | None
    meant: str | None


def is_closed(target: str | None, fields: Mapping[str, Field] = FIELDS) -> bool:
    """Whether a field only takes certain values; `fields` are those contacts have here."""
    return target in CLOSED_FIELDS or (target is not None and target in fields and fields[target].kind in CLOSED_KINDS)


def listing(
    session: Session, actor: Actor, import_id: int, columns: Sequence[ColumnMapping]
) -> dict[int, list[ColumnValue]]:
    """The values of the columns with a closed vocabulary, by column index: not understood ones first, then by rows.

    Reads the whole column: about 1.5 s for a million rows. Raises NotFound, NotPermitted.
    """
    found = access.get(session, actor, import_id)
    folder = uploads.place_of(found)
    settings = installation.current(session)
    context = FieldContext(country=settings.country, time_zone=settings.timezone)
    course = Options.from_json(found.options).course
    known = references.load(session, sight.of(session, found), course.id if course else None)
    fields = FIELDS | known.custom
    closed = [column for column in columns if is_closed(column.target, fields)]
    return {column.index: _values(folder, column, known, context) for column in closed}


def _values(
    folder: Path, column: ColumnMapping, known: references.References, context: FieldContext
) -> list[ColumnValue]:
    judge = parser(replace(column, values={}), known, context)
    names = known.names.get(f"{column.target}_id", {})
    shown = []
    for cell, rows in counted(folder, column.index):
        meant = column.values.get(cell)
        verdict = judge(cell if meant is None else meant)
        value = names.get(str(verdict.value), verdict.value)
        shown.append(ColumnValue(cell, rows, value, verdict.message if verdict.is_error else None, meant))
    return sorted(shown, key=lambda value: value.problem is None and value.meant is None)


def counted(folder: Path, index: int) -> list[tuple[str, int]]:
    """The MOST different texts of a column that stand in the most rows, with these rows counted."""
    query = (
        "SELECT trim(json_extract(cells, ?)) AS cell, count(*) FROM cells GROUP BY cell "
        "HAVING cell <> '' ORDER BY count(*) DESC, cell LIMIT ?"
    )
    with plan_file.reading(folder) as plan:
        plan.text_factory = lambda raw: raw.decode("utf-8", "replace")
        return [(cell, rows) for cell, rows in plan.execute(query, (f"$[{index}]", MOST))]


def add_status(session: Session, actor: Actor, name: str) -> LeadStatus:
    """A new status at the end of the list, for a value that is to become one. Raises NotPermitted, Invalid."""
    actor.require(Permission.SETTINGS)
    clean = " ".join(name.split())
    if not fold(clean) or len(clean) > STATUS_LENGTH:
        raise Invalid(text("A status has 1 to {most} characters.", most=STATUS_LENGTH), "status")
    stored = session.exec(select(LeadStatus).where(LeadStatus.folded == fold(clean))).first()
    if stored is not None:
        if stored.removed_at is not None:
            gone.bring_back(session, stored)
        return stored
    last = session.exec(select(func.coalesce(func.max(col(LeadStatus.position)), 0))).one()
    status = LeadStatus(name=clean, folded=fold(clean), position=last + 1)
    session.add(status)
    session.flush()
    audit.record(session, actor, "status.add", status=status.id or 0)
    return status
