"""The undo of enrolments: what becomes of each that an import made, and of the notice its contact was sent.

Who paid, or whose enrolment somebody worked on since, stays enrolled. A notice that has left cannot be called back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete
from sqlmodel import Session, col, select

from crm_app.locales import DEFAULT, Text, render, text
from crm_app.models import (
    MADE_MEMBER,
    Charge,
    Course,
    Enrolment,
    EnrolmentEntry,
    EnrolmentStatus,
    EntryKind,
    Message,
    MessageState,
    Offer,
    UndoOutcome,
    User,
    WebhookEvent,
)
from crm_app.services import database, webhooks
from crm_app.services.actor import SYSTEM
from crm_app.services.bulk import among
from crm_app.services.courses import enrolling, history
from crm_app.services.courses.notices import UNSENT
from crm_app.services.imports.undo_edits import Edit

PAID = text("Money was paid for the enrolment since, so it stays.")
CHANGED = text("Somebody changed the enrolment since, so it stays.")
NOTICE_GONE = text("It cannot be called back.")
NOTICE_SENT = text("The notice was sent and cannot be called back. The enrolment goes.")
CONTACT_STAYS = text("The notice was sent and cannot be called back, so the contact stays. Its enrolment goes.")
_MONEY = (EntryKind.PAID, EntryKind.REFUNDED, EntryKind.REVERSED)
_WORKED_ON = (EntryKind.STATUS, EntryKind.ACCESS, EntryKind.PLAN, *_MONEY)


@dataclass(slots=True)
class MemberFate:
    """An enrolment a row made; `is_back`: its contact had left the course and came back with the import."""

    enrolment: Enrolment
    outcome: UndoOutcome  # REVERSED or KEPT
    is_back: bool = False
    reason: Text | None = None
    edit: Edit | None = None
    notice_id: int | None = None  # of a notice that goes with it
    is_waiting: bool = False  # … and that would have been sent
    is_sent: bool = False  # there was a notice, and it has left

    @property
    def counted(self) -> dict[str, int]:
        """What it adds to the counts of an undo: `MemberCounts`."""
        if self.outcome is UndoOutcome.KEPT:
            return {"enrolments_kept": 1}
        return {"enrolments": 1, "notices": int(self.is_waiting), "notices_sent": int(self.is_sent)}


@dataclass(frozen=True, slots=True)
class MemberCounts:
    """Enrolments taken back and kept; notices taken back, and those that were sent."""

    enrolments: int = 0
    enrolments_kept: int = 0
    notices: int = 0
    notices_sent: int = 0

    @classmethod
    def of(cls, counts: Mapping[str, Any]) -> "MemberCounts":
        return cls(**{name: int(counts.get(name, 0)) for name in cls.__slots__})


def judge(session: Session, rows: Iterable[Row[Any]], begun: datetime, *, locks: bool = False) -> dict[int, MemberFate]:
    """What becomes of the enrolments of these rows, by row; those that are gone already are left out."""
    noted = {row.row: row.changes[MADE_MEMBER] for row in rows if row.changes and MADE_MEMBER in row.changes}
    if not noted:
        return {}
    query = select(Enrolment).where(among(session, col(Enrolment.id), sorted(id_ for _, id_ in noted.values())))
    if locks and not database.is_sqlite(session):
        query = query.with_for_update()
    there = {one.id or 0: one for one in session.exec(query.execution_options(populate_existing=True))}
    notices = _notices(session, there.values(), locks)
    worked_on = _worked_on(session, sorted(there), {id_ for before, id_ in noted.values() if before}, begun)
    fates = {}
    for row, (before, id_) in noted.items():
        if (one := there.get(id_)) is None or one.contact_id is None:
            continue
        fate = MemberFate(one, UndoOutcome.REVERSED, is_back=before is not None)
        if id_ in worked_on:
            kind, fate.edit = worked_on[id_]
            fate.outcome, fate.reason = UndoOutcome.KEPT, PAID if kind in _MONEY else CHANGED
        elif not fate.is_back and (state := notices.get(one.notice_id)) is not None:
            fate.is_sent = state not in UNSENT
            fate.notice_id = None if fate.is_sent else one.notice_id
            fate.is_waiting = state == MessageState.QUEUED
        fates[row] = fate
    return fates


def take_back(session: Session, fates: Sequence[tuple[MemberFate, int]]) -> None:
    """Deletes enrolments that nobody worked on, with charges, history and unsent notices; who came back has left again.

    Each with the number of its contact: systems that give access are told that it ended.
    """
    taken = [(fate, number) for fate, number in fates if fate.outcome is UndoOutcome.REVERSED]
    if not taken:
        return
    for fate, _ in taken:
        if fate.is_back:
            history.note(
                session,
                SYSTEM,
                fate.enrolment,
                EntryKind.STATUS,
                before=fate.enrolment.status,
                after=EnrolmentStatus.CANCELLED,
            )
        fate.enrolment.status = EnrolmentStatus.CANCELLED
    for branch_id in {fate.enrolment.branch_id for fate, _ in taken}:
        told = [(number, enrolling.about(f.enrolment)) for f, number in taken if f.enrolment.branch_id == branch_id]
        webhooks.emit_many(session, branch_id, WebhookEvent.ENROLMENT_CHANGED, told)
    session.flush()
    gone = [fate.enrolment.id or 0 for fate, _ in taken if not fate.is_back]
    notices = [fate.notice_id for fate, _ in taken if fate.notice_id is not None]
    for column in (col(EnrolmentEntry.enrolment_id), col(Charge.enrolment_id), col(Enrolment.id)):
        _delete(session, column, gone)
    _delete(session, col(Message.id), notices)


def words(session: Session, fates: Iterable[MemberFate], language: str = DEFAULT) -> dict[int, tuple[str, str]]:
    """Course and offer, and the status now, of each enrolment by id."""
    ids = [fate.enrolment.id or 0 for fate in fates]
    if not ids:
        return {}
    query = (
        select(Enrolment.id, Course.name, Offer.name, Enrolment.status)
        .join(Course, col(Course.id) == col(Enrolment.course_id))
        .outerjoin(Offer, col(Offer.id) == col(Enrolment.offer_id))
        .where(among(session, col(Enrolment.id), ids))
    )
    return {
        id_ or 0: (
            " · ".join(filter(None, (course, offer))),
            render(enrolling.STATUSES[EnrolmentStatus(status)], language),
        )
        for id_, course, offer, status in session.exec(query)
    }


def _notices(session: Session, enrolments: Iterable[Enrolment], locks: bool) -> dict[int | None, str]:
    """The states of their notices."""
    ids = [one.notice_id for one in enrolments if one.notice_id is not None]
    if not ids:
        return {}
    query = select(Message.id, Message.state).where(among(session, col(Message.id), ids))
    if locks and not database.is_sqlite(session):
        query = query.with_for_update()
    return dict(session.exec(query).all())


def _worked_on(
    session: Session, ids: Sequence[int], back: set[int], begun: datetime
) -> dict[int, tuple[EntryKind, Edit]]:
    """The newest thing somebody did to each enrolment; to those that came `back` since, beside the coming back."""
    query = (
        select(EnrolmentEntry, User.name)
        .outerjoin(User, col(User.id) == col(EnrolmentEntry.user_id))
        .where(
            among(session, col(EnrolmentEntry.enrolment_id), ids),
            col(EnrolmentEntry.kind).in_(_WORKED_ON),
        )
        .order_by(col(EnrolmentEntry.id))
    )
    found: dict[int, tuple[EntryKind, Edit]] = {}
    came = set(back)
    for entry, who in session.exec(query):
        if entry.enrolment_id in back:
            if entry.at < begun:
                continue
            if entry.enrolment_id in came:
                came.discard(entry.enrolment_id)
                continue
        kind = EntryKind(entry.kind)
        is_money = entry.enrolment_id in found and found[entry.enrolment_id][0] in _MONEY
        found[entry.enrolment_id] = (found[entry.enrolment_id][0] if is_money else kind, Edit(who or "", entry.at))
    return found


def _delete(session: Session, column: Any, ids: Sequence[int]) -> None:
    if ids:
        where = delete(column.class_).where(among(session, column, ids))
        session.execute(where.execution_options(synchronize_session=False))
