"""What ties a contact to others since an import: its timeline, other imports, tags given again, records that refer to
it. Whoever adds a table that refers to contacts need not come here: its foreign key is enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import load_only
from sqlmodel import Session, SQLModel, col, select

from crm_app.locales import Text, text
from crm_app.models import (
    Activity,
    ActivityKind,
    ContactTag,
    Enrolment,
    Import,
    ImportRow,
    ImportState,
    Message,
    Outcome,
    SegmentContact,
    Tag,
    UndoOutcome,
)
from crm_app.services.bulk import among
from crm_app.services.folding import fold

SOURCE = "undo:"  # with the import's id: source of the timeline entries an undo writes
SEGMENTS = "segments"  # under this name a change notes [[segments taken], [segments given]]
BELONGING = (  # go with their contact
    "contact_point", "contact_source", "contact_tag", "activity", "import_row", "duplicate_pair", "duplicate_member",
    "review_hold", "segment_contact", "notice", "api_reply",
    "automation_event", "automation_run",
)  # fmt: skip

OTHER_IMPORT = text("The import “{name}” has this contact too, so it stays. Undo that one first.")
WORKED_ON = text("Something was done with this contact since, so it stays.")
REFERRED_TO = text("Other records belong to this contact, so it stays.")


@dataclass(slots=True)
class Ties:
    """Why a contact cannot be deleted (None = it can), and by how much its version grew without an edit: an update of
    another import that was undone completely counts two."""

    reason: Text | None = None
    versions: int = 0


def ties(session: Session, import_id: int, ids: Sequence[int]) -> dict[int, Ties]:
    """What hangs on each of these contacts beside what the import itself wrote."""
    found = {id_: Ties() for id_ in ids}
    if not ids:
        return found
    for id_ in _referred_to(session, import_id, ids):
        found[id_].reason = REFERRED_TO
    worked_on = select(col(Activity.contact_id)).where(
        among(session, col(Activity.contact_id), ids), ~col(Activity.source).startswith(SOURCE)
    )
    for id_ in session.exec(worked_on):
        found[id_].reason = WORKED_ON
    columns = [getattr(ImportRow, name) for name in ("contact_id", "import_id", "outcome", "undone")]
    others = select(*columns).where(
        among(session, col(ImportRow.contact_id), ids), col(ImportRow.import_id) != import_id
    )
    rows = session.execute(others).all()
    imports = _imports(session, sorted({row.import_id for row in rows}))
    for row in rows:
        other, tied = imports[row.import_id], found[row.contact_id]
        if row.undone == UndoOutcome.REVERSED:
            tied.versions += 2
        elif row.outcome != Outcome.UNCHANGED or other.state != ImportState.UNDONE:
            tied.reason = text(OTHER_IMPORT.msgid, name=other.called)
    return found


def _imports(session: Session, ids: Sequence[int]) -> dict[int | None, Import]:
    """Name and state of these imports; the rest of an import can be large."""
    columns = [getattr(Import, name) for name in ("id", "kind", "name", "file_name", "state", "options")]
    query = select(Import).where(col(Import.id).in_(ids)).options(load_only(*columns))
    return {one.id: one for one in session.exec(query)} if ids else {}


def _referred_to(session: Session, import_id: int, ids: Sequence[int]) -> set[int]:
    """Contacts that rows of other tables refer to, whatever tables there are, beside what the import made there."""
    beside = _beside_own(import_id)
    found: set[int] = set()
    for column in referring("contact", BELONGING):
        query = select(column).where(among(session, column, ids))
        if column.table.name in beside:
            query = query.where(beside[column.table.name])
        found.update(session.execute(query).scalars())
    return found


def _beside_own(import_id: int) -> dict[str, ColumnElement[bool]]:
    """By table, what is no enrolment the import made and no notice of one: `undo_courses` judges those."""
    own = select(Enrolment.notice_id).where(Enrolment.import_id == import_id, col(Enrolment.notice_id).is_not(None))
    return {
        "enrolment": col(Enrolment.import_id).is_distinct_from(import_id),
        "message": col(Message.id).not_in(own),
    }


def referring(table: str, except_for: Sequence[str] = ()) -> list[Any]:
    """Every column with a foreign key to the table's id, but for some tables."""
    return [
        key.parent
        for other in SQLModel.metadata.sorted_tables
        if other.name not in except_for
        for key in other.foreign_keys
        if key.column.table.name == table
    ]


def tags_of(session: Session, ids: Sequence[int]) -> dict[int, set[int]]:
    """The tags these contacts have now."""
    found: dict[int, set[int]] = {}
    if ids:
        query = select(ContactTag.contact_id, ContactTag.tag_id)
        for id_, tag in session.exec(query.where(among(session, col(ContactTag.contact_id), ids))):
            found.setdefault(id_, set()).add(tag)
    return found


def segments_of(session: Session, ids: Sequence[int]) -> dict[int, set[int]]:
    """The hand-picked segments these contacts are in now."""
    found: dict[int, set[int]] = {}
    if ids:
        query = select(SegmentContact.contact_id, SegmentContact.segment_id)
        for id_, segment in session.exec(query.where(among(session, col(SegmentContact.contact_id), ids))):
            found.setdefault(id_, set()).add(segment)
    return found


def tags_given_again(session: Session, import_id: int, ids: Sequence[int], begun: datetime) -> dict[int, set[int]]:
    """Tags that somebody, or another import, gave or took since, as far as it was written down."""
    found: dict[int, set[int]] = {}
    if not ids:
        return found
    by_hand = select(Activity.contact_id, Activity.data).where(
        among(session, col(Activity.contact_id), ids),
        Activity.kind == ActivityKind.CHANGED,
        col(Activity.at) >= begun,
        ~col(Activity.source).startswith(SOURCE),
    )
    names: dict[int, set[str]] = {}
    for id_, data in session.exec(by_hand):
        old, new = (data.get("changes") or {}).get("tags", ((), ()))
        names.setdefault(id_, set()).update({fold(name) for name in old} ^ {fold(name) for name in new})
    wanted = set().union(*names.values())
    if wanted:
        query = select(Tag.folded, Tag.id).where(among(session, col(Tag.folded), sorted(wanted)))
        known = dict(session.exec(query).all())
        for id_, folded in names.items():
            found[id_] = {tag for name in folded if (tag := known.get(name)) is not None}
    by_import = (
        select(ImportRow.contact_id, ImportRow.changes)
        .join(Import, col(Import.id) == col(ImportRow.import_id))
        .where(
            among(session, col(ImportRow.contact_id), ids),
            col(ImportRow.import_id) != import_id,
            col(ImportRow.outcome) == Outcome.UPDATE,
            or_(col(ImportRow.undone).is_(None), col(ImportRow.undone) != UndoOutcome.REVERSED),
            col(Import.committed_at) > begun,
        )
    )
    for contact_id, changes in session.exec(by_import):
        if contact_id is not None and changes and "tags" in changes:
            found.setdefault(contact_id, set()).update(changes["tags"][1])
    return found
