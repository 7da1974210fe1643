"""What the undo of an import makes of each of its rows. The preview and the undo itself judge through this module.

"Edited since" means: the present value is not the one the import wrote. A later import is an edit too.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import Contact, Import, LeadStatus, Outcome, Segment, Tag, UndoOutcome, User
from crm_app.services import database
from crm_app.services.bulk import among
from crm_app.services.contacts import derived
from crm_app.services.contacts.validating import ONE_OF
from crm_app.services.custom_fields import PREFIX
from crm_app.services.imports import further_points, undo_courses
from crm_app.services.imports.further_points import CHANGE
from crm_app.services.imports.layout import MOMENTS, plain
from crm_app.services.imports.undo_courses import MemberFate
from crm_app.services.imports.undo_ties import SEGMENTS, Ties, segments_of, tags_given_again, tags_of, ties

GONE = text("The contact is not there any more.")
IN_TRASH = text("The contact is in the trash. Restore it first.")
EDITED = text("Somebody worked on this contact since, so it stays.")
VALUE_GONE = text("The status or responsible user of before is not there any more.")
NAMELESS = text("Without this value the contact would have no name, company, e-mail or phone.")

TRASHED = "trashed_at"
_REFERENCES: dict[str, Any] = {
    "status_id": select(LeadStatus.id).where(col(LeadStatus.removed_at).is_(None)),
    "owner_id": select(User.id),
}
_ALWAYS = ("id", "number", "version", TRASHED, *derived.SEARCHED, *derived.PHONES)
_COLUMNS = frozenset(Contact.__table__.columns.keys())  # type: ignore[attr-defined]


@dataclass(slots=True)
class FieldFate:
    """One value an update wrote: before, written and now, as JSON; tags and hand-picked segments as lists of ids.

    `takes` says whether something is to be written: a value already as before is REVERSED without it.
    """

    attribute: str
    old: Any
    written: Any
    current: Any
    outcome: UndoOutcome
    takes: bool = False
    reason: Text | None = None
    gone: tuple[int, ...] = ()  # those to be taken away
    back: tuple[int, ...] = ()  # those to be given again


@dataclass(slots=True)
class RowFate:
    """One row that wrote something. `stored` is the contact now, None when it is gone."""

    row: int
    made: Outcome
    contact_id: int | None
    outcome: UndoOutcome
    stored: Row[Any] | None = None
    reason: Text | None = None
    fields: list[FieldFate] = field(default_factory=list)
    member: MemberFate | None = None  # of the enrolment it made

    @property
    def restored(self) -> dict[str, FieldFate]:
        """What is to be written, by attribute."""
        return {one.attribute: one for one in self.fields if one.takes}


@dataclass(frozen=True, slots=True)
class Links:
    """Tags, or hand-picked segments, of one contact: those it has, those that others gave or took since, and all that
    still exist."""

    now: set[int]
    again: set[int]
    kept: set[int]


def judge(
    session: Session, found: Import, rows: Sequence[Row[Any]], begun: datetime, *, locks: bool = False
) -> list[RowFate]:
    """What becomes of these rows against the database as it is now; rows already undone keep what they became.

    `begun` is `since(…)`. `locks`: the contacts stay as they are until the transaction ends.
    """
    assert found.id is not None
    stored = _stored(session, found, rows, locks)
    made = [row.contact_id for row in rows if row.outcome == Outcome.CREATE and row.contact_id in stored]
    hanging = ties(session, found.id, made)
    tagged = sorted({row.contact_id for row in rows if row.contact_id in stored and "tags" in (row.changes or {})})
    pointed = sorted({row.contact_id for row in rows if row.contact_id in stored and CHANGE in (row.changes or {})})
    points = further_points.labelled(session, pointed) if pointed else {}
    now, again = tags_of(session, tagged), tags_given_again(session, found.id, tagged, begun)
    valid = _valid(session, rows)
    kept = _kept(session, rows, "tags", select(Tag.id).where(col(Tag.removed_at).is_(None)))
    picked = sorted({row.contact_id for row in rows if row.contact_id in stored and SEGMENTS in (row.changes or {})})
    segments, there = segments_of(session, picked), _kept(session, rows, SEGMENTS, select(Segment.id))
    fates = []
    for row in rows:
        contact = stored.get(row.contact_id)
        if row.undone is not None:
            fate = _undone(row, contact, hanging.get(row.contact_id))
        elif contact is None:
            fate = RowFate(row.row, Outcome(row.outcome), row.contact_id, UndoOutcome.IMPOSSIBLE, reason=GONE)
        elif contact.trashed_at is not None and TRASHED not in (row.changes or {}):
            fate = RowFate(row.row, Outcome(row.outcome), contact.id, UndoOutcome.KEPT, contact, IN_TRASH)
        elif row.outcome == Outcome.CREATE:
            fate = _created(row, contact, hanging[row.contact_id])
        else:
            links = {
                "tags": Links(now.get(contact.id, set()), again.get(contact.id, set()), kept),
                SEGMENTS: Links(segments.get(contact.id, set()), set(), there),
            }
            fate = _updated(row, contact, valid, links)
            if CHANGE in (row.changes or {}):
                fate.fields.append(_points(row.changes[CHANGE][1], points.get(contact.id, [])))
                fate.outcome = worst(one.outcome for one in fate.fields)
        fates.append(fate)
    open_ = [row for row in rows if row.undone is None and _is_there(stored.get(row.contact_id))]
    members = undo_courses.judge(session, open_, begun, locks=locks)
    for fate in fates:
        if fate.row in members:
            _judge_member(fate, members[fate.row])
    return fates


def _is_there(contact: Row[Any] | None) -> bool:
    return contact is not None and contact.trashed_at is None


def _judge_member(fate: RowFate, member: MemberFate) -> None:
    """An enrolment that stays keeps a new contact; so does a notice that was sent."""
    fate.member = member
    if fate.made is not Outcome.CREATE:
        own = [member.outcome, *([UndoOutcome.IMPOSSIBLE] if member.is_sent else [])]
        if fate.outcome is UndoOutcome.REVERSED:
            fate.reason = undo_courses.NOTICE_SENT if member.is_sent else member.reason
        fate.outcome = worst([fate.outcome, *own])
    elif fate.outcome is UndoOutcome.REVERSED and member.outcome is UndoOutcome.KEPT:
        fate.outcome, fate.reason = UndoOutcome.KEPT, member.reason
    elif fate.outcome is UndoOutcome.REVERSED and member.is_sent:
        fate.outcome, fate.reason = UndoOutcome.IMPOSSIBLE, undo_courses.CONTACT_STAYS


def _stored(session: Session, found: Import, rows: Sequence[Row[Any]], locks: bool) -> dict[int | None, Row[Any]]:
    """The rows' contacts, as far as they are where the import put them."""
    ids = sorted({row.contact_id for row in rows if row.contact_id is not None})
    if not ids:
        return {}
    names = {name for row in rows for name in row.changes or ()}
    changed = {"custom" if name.startswith(PREFIX) else name for name in names if _is_value(name)}
    columns = [getattr(Contact, name) for name in dict.fromkeys([*_ALWAYS, *sorted(changed)])]
    query = select(*columns).where(among(session, col(Contact.id), ids))
    branches = found.options.get("branch_ids", [found.branch_id])  # of a change those its maker saw
    if not found.options.get("everywhere") and branches is not None:
        query = query.where(col(Contact.branch_id).in_(branches))
    if locks and not database.is_sqlite(session):
        query = query.with_for_update()
    return {row.id: row for row in session.execute(query)}


def _valid(session: Session, rows: Sequence[Row[Any]]) -> dict[str, set[int | None]]:
    """Ids of the statuses and users that exist, when a row changed one."""
    wanted = {name for row in rows for name in row.changes or () if name in _REFERENCES}
    return {name: {None, *session.exec(_REFERENCES[name]).all()} for name in wanted}


def _kept(session: Session, rows: Sequence[Row[Any]], name: str, there: Any) -> set[int]:
    """Of the tags or segments that rows took away, those that still exist; `there` selects the ids of these."""
    taken = {id_ for row in rows for id_ in (row.changes or {}).get(name, ((), ()))[0] or ()}
    if not taken:
        return set()
    (column,) = there.selected_columns
    return set(session.exec(there.where(among(session, column, sorted(taken)))))


def _undone(row: Row[Any], contact: Row[Any] | None, hanging: Ties | None) -> RowFate:
    """A row whose undo is behind it: what it became stands, its values are shown as they are now."""
    fate = RowFate(row.row, Outcome(row.outcome), row.contact_id, UndoOutcome(row.undone), contact)
    if contact is None:
        fate.reason = None if fate.outcome is UndoOutcome.REVERSED else GONE
    elif hanging is not None:
        is_told = fate.outcome is UndoOutcome.IMPOSSIBLE
        fate.reason = undo_courses.CONTACT_STAYS if is_told else hanging.reason or EDITED
    elif fate.outcome is not UndoOutcome.REVERSED:
        for name, (old, written) in (row.changes or {}).items():
            if _is_value(name):
                current = _current(name, contact)
                outcome = UndoOutcome.REVERSED if _same(name, current, old) else fate.outcome
                fate.fields.append(FieldFate(name, old, written, current, outcome))
    return fate


def _created(row: Row[Any], contact: Row[Any], hanging: Ties) -> RowFate:
    fate = RowFate(row.row, Outcome.CREATE, contact.id, UndoOutcome.REVERSED, contact)
    is_edited = contact.version != row.version + hanging.versions
    if reason := hanging.reason or (EDITED if is_edited else None):
        fate.outcome, fate.reason = UndoOutcome.KEPT, reason
    return fate


def _updated(row: Row[Any], contact: Row[Any], valid: dict[str, set[int | None]], links: dict[str, Links]) -> RowFate:
    fate = RowFate(row.row, Outcome(row.outcome), contact.id, UndoOutcome.REVERSED, contact)
    for name, (old, written) in (row.changes or {}).items():
        if name in links:
            fate.fields.append(_links(name, old, written, links[name]))
        elif _is_value(name):
            fate.fields.append(_field(name, old, written, contact, valid))
    if contact.version != row.version:
        _keep_a_name(fate)
    fate.outcome = worst(one.outcome for one in fate.fields)
    return fate


def counted(fates: Iterable[RowFate]) -> Counter[str]:
    """Rows by what becomes of them, and enrolments and notices (`MemberCounts`)."""
    found: Counter[str] = Counter()
    for fate in fates:
        found[fate.outcome.value] += 1
        if fate.member is not None:
            found.update(fate.member.counted)
    return found


def worst(outcomes: Iterable[UndoOutcome]) -> UndoOutcome:
    """What a row became as a whole: one value that stays is enough."""
    found = set(outcomes)
    return next((one for one in (UndoOutcome.KEPT, UndoOutcome.IMPOSSIBLE) if one in found), UndoOutcome.REVERSED)


def _field(name: str, old: Any, written: Any, contact: Row[Any], valid: dict[str, set[int | None]]) -> FieldFate:
    current = _current(name, contact)
    fate = FieldFate(name, old, written, current, UndoOutcome.REVERSED)
    if _same(name, current, old):
        return fate
    if not _same(name, current, written):
        fate.outcome = UndoOutcome.KEPT
    elif name in valid and old not in valid[name]:
        fate.outcome, fate.reason = UndoOutcome.IMPOSSIBLE, VALUE_GONE
    else:
        fate.takes = True
    return fate


def _links(name: str, old: list[int], given: list[int], links: Links) -> FieldFate:
    """Those somebody took away already are as before; those given once more since belong to whoever did."""
    there = [tag for tag in given if tag in links.now]
    taken = tuple(tag for tag in there if tag not in links.again)
    missing = [tag for tag in old or () if tag not in links.now]
    back = tuple(tag for tag in missing if tag in links.kept and tag not in links.again)
    is_whole = len(taken) == len(there) and len(back) == len(missing)
    outcome = UndoOutcome.REVERSED if is_whole else UndoOutcome.KEPT
    return FieldFate(name, old, given, there, outcome, takes=bool(taken or back), gone=taken, back=back)


def _points(given: list[list[str]], now: list[list[str]]) -> FieldFate:
    """Points somebody took away already are as before."""
    there = [point for point in given if point in now]
    return FieldFate(CHANGE, [], given, there, UndoOutcome.REVERSED, takes=bool(there))


def _keep_a_name(fate: RowFate) -> None:
    """An edit may have taken every other name away: then the ones the import wrote stay."""
    restored, contact = fate.restored, fate.stored
    after = [restored[name].old if name in restored else getattr(contact, name) for name in ONE_OF]
    if any(after) or not any(getattr(contact, name) for name in ONE_OF):
        return
    for name in ONE_OF:
        if name in restored:
            restored[name].outcome, restored[name].takes = UndoOutcome.IMPOSSIBLE, False
            restored[name].reason = NAMELESS


def _is_value(name: str) -> bool:
    """Whether a change is one of the contact's values: a column, or an own field."""
    return name in _COLUMNS or name.startswith(PREFIX)


def _current(name: str, contact: Row[Any]) -> Any:
    if name.startswith(PREFIX):
        return (contact.custom or {}).get(name.removeprefix(PREFIX))
    return plain(name, getattr(contact, name))


def _same(name: str, one: Any, other: Any) -> bool:
    if name in MOMENTS and one is not None and other is not None:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    return bool(one == other)
