"""Undo of a whole import, seen from outside: what it would do, row by row, and its start.

The undo itself is a durable job (`undo_run`), started with `steps.undo`. The preview judges through the same module as
the job (`undo_plan`), so it shows what happens as long as nobody edits meanwhile.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session, select

from crm_app.locales import DEFAULT, Text, render, text
from crm_app.models import (
    Contact,
    EnrolmentStatus,
    Import,
    ImportState,
    JobKind,
    LeadStatus,
    Outcome,
    Segment,
    Tag,
    UndoOutcome,
    User,
)
from crm_app.services import jobs
from crm_app.services.actor import Actor
from crm_app.services.courses import enrolling
from crm_app.services.errors import Conflict
from crm_app.services.imports import (
    access,
    consent_writing,
    kept,
    undo_courses,
    undo_edits,
    undo_names,
    undo_plan,
    undo_rows,
)
from crm_app.services.imports.preview import field_of, shown_changes
from crm_app.services.imports.undo_courses import MemberCounts
from crm_app.services.imports.undo_edits import Edit
from crm_app.services.imports.undo_plan import RowFate
from crm_app.services.imports.undo_start import NOTHING, require_undoable
from crm_app.services.imports.undo_ties import SEGMENTS

# Values of a row that are no fields of the contact.
ENROLMENT, NOTICE = "enrolment", "notice"
_SENT, _WAITS = text("sent"), text("not sent yet")
BATCH = 2_000
PAGE = 50


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What an undo would do, or did: rows by what becomes of them. They add up to the rows that wrote something."""

    reversed: int
    kept: int
    impossible: int
    is_done: bool  # True: these are the figures of an undo that has ended
    lowered: int = 0  # consents the import lowered: no undo raises them again
    members: MemberCounts = field(default_factory=MemberCounts)

    @property
    def rows(self) -> int:
        return self.reversed + self.kept + self.impossible


@dataclass(frozen=True, slots=True)
class UndoField:
    """One value in words: before the import, as it wrote it, and now. `edit` is None when nobody is known for it."""

    name: str  # as in the registry of fields
    old: str
    written: str
    current: str
    outcome: UndoOutcome
    reason: Text | None = None
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class UndoRow:
    """One row of the file. Of updates all values it wrote; of new contacts that stay, those edited since."""

    row: int
    made: Outcome  # CREATE or UPDATE; UNCHANGED where it only made a member of a course
    outcome: UndoOutcome
    number: int | None  # None = the contact is gone
    name: str  # of a contact that is gone as in its row of the file, empty when that is not kept
    reason: Text | None
    fields: list[UndoField] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class UndoPage:
    """Rows in the order of the file; `has_more` in the direction of paging."""

    rows: list[UndoRow]
    has_more: bool


def preview(session: Session, actor: Actor, import_id: int) -> UndoPlan:
    """How many rows can be taken back, stay because somebody edited since, or cannot be taken back, and how many
    consents stay lowered.

    Looks at every row: some five seconds for 100,000. Raises NotFound, NotPermitted; Conflict while the import is
    still coming in, when it has written nothing, or when the values of before are no longer kept.
    """
    found = _undoable(session, actor, import_id)
    lowered = consent_writing.lowered(session, import_id)
    if found.state == ImportState.UNDONE:
        return _plan(found.undo_counts, lowered, is_done=True)
    kept.require_undo_data(found)
    begun, counts, after = undo_rows.since(session, found), Counter[str](), 0
    while rows := undo_rows.proofs(session, import_id, after=after, limit=BATCH):
        counts.update(undo_plan.counted(undo_plan.judge(session, found, rows, begun)))
        after = rows[-1].row
    if not counts:
        raise Conflict(NOTHING)
    return _plan(counts, lowered, is_done=False)


def undone_by(session: Session, found: Import) -> str:
    """Name of the user who took the import back last; empty for the system and when nobody did."""
    job = jobs.latest(session, found.id or 0, JobKind.UNDO)
    return access.who_runs(session, job) if job is not None else ""


def page(
    session: Session,
    actor: Actor,
    import_id: int,
    *,
    outcome: UndoOutcome | None = None,
    after: int = 0,
    before: int | None = None,
    limit: int = PAGE,
    language: str = DEFAULT,
) -> UndoPage:
    """Rows behind record number `after`, or the last ones before `before`; with `outcome` only those.

    A rare outcome is looked for until the page is full or the file ends. Raises like `preview`.
    """
    found = _undoable(session, actor, import_id)
    kept.require_undo_data(found)
    begun = undo_rows.since(session, found)
    fates: list[RowFate] = []
    size = min(BATCH, limit + 1) if outcome is None else BATCH
    while len(fates) <= limit:
        rows = undo_rows.proofs(session, import_id, after=after, before=before, limit=size)
        if not rows:
            break
        judged = [fate for fate in undo_plan.judge(session, found, rows, begun) if outcome in (None, fate.outcome)]
        if before is not None:
            fates, before = judged + fates, rows[0].row
        else:
            fates, after = fates + judged, rows[-1].row
    shown = fates[-limit:] if before is not None else fates[:limit]
    return UndoPage(_shown(session, found, shown, begun, language), len(fates) > limit)


def _undoable(session: Session, actor: Actor, import_id: int) -> Import:
    found = access.get(session, actor, import_id)
    require_undoable(found)
    return found


def _plan(counts: dict[str, Any], lowered: int, *, is_done: bool) -> UndoPlan:
    back, kept, impossible = (int(counts.get(outcome, 0)) for outcome in UndoOutcome)
    return UndoPlan(back, kept, impossible, is_done, lowered, MemberCounts.of(counts))


def _shown(session: Session, found: Import, fates: list[RowFate], begun: datetime, language: str) -> list[UndoRow]:
    ids = [fate.contact_id for fate in fates if fate.stored is not None and fate.contact_id is not None]
    edits = undo_edits.newest(session, found, ids, begun)
    names = _names(session)
    gone = undo_names.of_rows(found, [fate.row for fate in fates if fate.stored is None])
    members = undo_courses.words(session, [fate.member for fate in fates if fate.member], language)
    rows = []
    for fate in fates:
        known = edits.get(fate.contact_id or 0, {})
        contact = fate.stored
        fields = [*_fields(fate, known, names, language), *_of_course(fate, members, language)]
        number, name = (contact.number, _called(contact)) if contact is not None else (None, gone.get(fate.row, ""))
        rows.append(UndoRow(fate.row, fate.made, fate.outcome, number, name, fate.reason, fields))
    return rows


def _fields(fate: RowFate, known: dict[str, Edit], names: dict[str, Any], language: str) -> list[UndoField]:
    if fate.made is Outcome.CREATE:
        stays = known if fate.outcome is UndoOutcome.KEPT else {}
        return [UndoField(field_of(name), "", "", "", UndoOutcome.KEPT, edit=edit) for name, edit in stays.items()]
    found = []
    for one in fate.fields:
        if one.attribute == "trashed_by_id":  # goes with the moment
            continue
        before, now = (
            [_worded(one, value, names) for value in pair] for pair in ((one.old, one.written), (None, one.current))
        )
        words = shown_changes({one.attribute: before}, names, language)
        present = shown_changes({one.attribute: now}, names, language)
        (name, (old, written)), (_, current) = next(iter(words.items())), next(iter(present.values()))
        edit = known.get(one.attribute) if one.outcome is UndoOutcome.KEPT else None
        found.append(UndoField(name, old, written, current, one.outcome, one.reason, edit))
    return found


def _of_course(fate: RowFate, words: Mapping[int, tuple[str, str]], language: str) -> list[UndoField]:
    """The enrolment, and the notice that went out or waits."""
    member = fate.member
    if member is None or (said := words.get(member.enrolment.id or 0)) is None:
        return []
    left = render(enrolling.STATUSES[EnrolmentStatus.CANCELLED], language) if member.is_back else ""
    found = [UndoField(ENROLMENT, left, *said, member.outcome, member.reason, member.edit)]
    if member.is_sent:
        sent = render(_SENT, language)
        found.append(UndoField(NOTICE, "", sent, sent, UndoOutcome.IMPOSSIBLE, undo_courses.NOTICE_GONE))
    elif member.is_waiting:
        waits = render(_WAITS, language)
        found.append(UndoField(NOTICE, "", waits, waits, UndoOutcome.REVERSED))
    return found


def _worded(one: undo_plan.FieldFate, value: Any, names: dict[str, Any]) -> Any:
    return (
        [names[one.attribute].get(str(tag), tag) for tag in value or ()]
        if one.attribute in ("tags", SEGMENTS)
        else value
    )


def _names(session: Session) -> dict[str, dict[str, str]]:
    """Names of statuses, users and tags by id, as `shown_changes` looks them up."""
    sources: dict[str, Any] = {"status_id": LeadStatus, "owner_id": User, "tags": Tag, SEGMENTS: Segment}
    return {
        attribute: {str(id_): name for id_, name in session.exec(select(table.id, table.name))}
        for attribute, table in sources.items()
    }


def _called(contact: Row[Any]) -> str:
    names = ("first_name", "last_name", "company", "email", "phone", "mobile", "number")
    return Contact(**{name: getattr(contact, name) for name in names}).display_name
