"""Rows as JSON and back: what a merge keeps of a contact, so that it can be taken apart again."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Table, select
from sqlmodel import Session, SQLModel

from crm_app.models.base import UTCDateTime

# What a contact is known by elsewhere, as "table.column", and what a merge does with it. A test holds this equal to the
# foreign keys of the schema: whoever adds a table decides here.
MOVED = (
    "contact_source.contact_id",
    "activity.contact_id",
    "comment.contact_id",
    "attachment.contact_id",
    "task.contact_id",
    "calendar_event.contact_id",
    "notice.contact_id",
    "message.contact_id",
    "interaction.contact_id",
    "api_reply.contact_id",
    "automation_event.contact_id",
    "automation_run.contact_id",
    "import_row.contact_id",
    "enrolment.contact_id",
    "merge.kept_id",
)
MADE_ANEW = (
    "contact_point.contact_id", "contact_tag.contact_id", "segment_contact.contact_id", "relation.contact_id",
    "relation.other_id",
)  # fmt: skip
DROPPED = (  # the search's findings: made again by the next
    "duplicate_pair.low_id", "duplicate_pair.high_id", "duplicate_member.contact_id",
    "review_hold.contact_id",
)  # fmt: skip


def table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


def rows(session: Session, name: str, column: str, contact_id: int) -> list[dict[str, Any]]:
    """The rows of a table that refer to the contact, as JSON, in the order of their keys."""
    source = table(name)
    query = select(source).where(source.c[column] == contact_id).order_by(*source.primary_key.columns)
    return [plain(dict(row)) for row in session.execute(query).mappings()]


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """Dates and moments in ISO."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}


def typed(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of that table again; columns the table has no more are left out."""
    columns = table(name).c
    found = {}
    for key, value in row.items():
        if key not in columns:
            continue
        kind = columns[key].type
        if isinstance(value, str) and isinstance(kind, UTCDateTime):
            value = datetime.fromisoformat(value)
        elif isinstance(value, str) and isinstance(kind, Date):
            value = date.fromisoformat(value)
        found[key] = value
    return found
