"""Who takes part in a course, or waits for a place: one page at a time by keyset, with what each owes and has paid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_
from sqlalchemy import select as select_many
from sqlmodel import Session, col, func, select

from crm_app.models import Charge, Contact, Enrolment, EnrolmentStatus, Offer, Payment
from crm_app.services import local_time, segments
from crm_app.services.actor import Actor
from crm_app.services.contacts import audience
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.courses import catalogue, membership
from crm_app.services.courses.balance import Sums
from crm_app.services.courses.membership import Membership

PAGE = 50


@dataclass(frozen=True, slots=True)
class Member:
    enrolment: Enrolment
    contact: Contact
    offer: Offer | None
    sums: Sums
    currency: str


@dataclass(frozen=True, slots=True)
class Page:
    """`before` and `after` are enrolments to page from, None at the ends. `counts` are how many there are of each
    status that are wanted otherwise.
    """

    members: list[Member]
    before: int | None
    after: int | None
    counts: dict[EnrolmentStatus, int]


def page(
    session: Session,
    actor: Actor,
    wanted: ContactFilter,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> Page:
    """Members by name, who waits by when they came; behind (or before) that enrolment, or the first ones. `wanted`
    says of which course.

    Raises NotPermitted, NotFound, and like `audience.conditions`.
    """
    wanted = segments.resolved(session, actor, wanted)
    asked = wanted.membership
    assert asked is not None, "members are those of a course"
    catalogue.get(session, actor, asked.course_id)
    conditions = audience.conditions(session, actor, replace(wanted, membership=None))
    conditions += membership.conditions(actor, asked)
    keys = _keys(asked)
    anchor = _anchor(session, asked.course_id, keys, after if after is not None else before)
    backwards = before is not None and after is None and anchor is not None
    query = (
        select(Enrolment, Contact, Offer)
        .join(Contact, col(Contact.id) == col(Enrolment.contact_id))
        .outerjoin(Offer, col(Offer.id) == col(Enrolment.offer_id))
        .where(*conditions, membership.of_status(asked.status))
        .order_by(*[key.desc() if backwards else key for key in keys])
    )
    if anchor is not None:
        query = query.where(_beyond(keys, anchor, backwards=backwards))
    rows = list(session.exec(query.limit(limit + 1)).all())
    more, rows = len(rows) > limit, rows[:limit]
    if backwards:
        rows.reverse()
    has_before, has_after = (more, True) if backwards else (anchor is not None, more)
    return Page(
        members=_members(session, actor, rows),
        before=rows[0][0].id if rows and has_before else None,
        after=rows[-1][0].id if rows and has_after else None,
        counts=_counts(session, conditions),
    )


def _keys(wanted: Membership) -> list[Any]:
    if wanted.status == EnrolmentStatus.WAITING:
        return [col(Enrolment.id)]
    return [col(Contact.sort_name), col(Enrolment.id)]


def _anchor(session: Session, course_id: int, keys: Sequence[Any], enrolment_id: int | None) -> tuple[Any, ...] | None:
    """What the enrolment has for each key; None for one that is gone."""
    if enrolment_id is None:
        return None
    columns = [key.label(f"key_{place}") for place, key in enumerate(keys)]
    query = select(*columns).select_from(Enrolment).join(Contact, col(Contact.id) == col(Enrolment.contact_id))
    found = session.exec(query.where(Enrolment.id == enrolment_id, Enrolment.course_id == course_id)).first()
    return None if found is None else tuple(found) if len(keys) > 1 else (found,)


def _beyond(keys: Sequence[Any], anchor: Sequence[Any], *, backwards: bool) -> ColumnElement[bool]:
    steps = []
    for place, key in enumerate(keys):
        same = [earlier == value for earlier, value in zip(keys[:place], anchor, strict=False)]
        steps.append(and_(*same, key < anchor[place] if backwards else key > anchor[place]))
    return or_(*steps)


def _counts(session: Session, conditions: Sequence[ColumnElement[bool]]) -> dict[EnrolmentStatus, int]:
    query = (
        select(Enrolment.status, func.count())
        .select_from(Enrolment)
        .join(Contact, col(Contact.id) == col(Enrolment.contact_id))
        .where(*conditions)
        .group_by(col(Enrolment.status))
    )
    return {EnrolmentStatus(status): int(count) for status, count in session.exec(query).all()}


def _members(session: Session, actor: Actor, rows: Sequence[tuple[Enrolment, Contact, Offer | None]]) -> list[Member]:
    ids = [enrolment.id or 0 for enrolment, _, _ in rows]
    owed, paid = _owed(session, actor, ids), _paid(session, ids)
    found = []
    for enrolment, contact, offer in rows:
        price, open_, overdue, currency = owed.get(enrolment.id or 0, (0, 0, 0, ""))
        came, of = paid.get(enrolment.id or 0, (0, ""))
        sums = Sums(price=price, paid=came, open=open_, overdue=overdue, credit=enrolment.credit)
        found.append(Member(enrolment, contact, offer, sums, currency or of or (offer.currency if offer else "")))
    return found


def _owed(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, tuple[int, int, int, str]]:
    """Price, open, overdue and currency by enrolment."""
    rest = col(Charge.amount) - col(Charge.settled)
    late = case((col(Charge.due_on) < local_time.today(actor.timezone), rest), else_=0)
    query = (
        select_many(
            col(Charge.enrolment_id), func.sum(Charge.amount), func.sum(rest), func.sum(late), func.max(Charge.currency)
        )
        .where(col(Charge.enrolment_id).in_(ids), col(Charge.cancelled_at).is_(None))
        .group_by(col(Charge.enrolment_id))
    )
    return {id_: (int(a), int(b), int(c), currency) for id_, a, b, c, currency in session.execute(query).all()}


def _paid(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    query = select(Payment.enrolment_id, func.sum(Payment.amount), func.max(Payment.currency))
    query = query.where(col(Payment.enrolment_id).in_(ids)).group_by(col(Payment.enrolment_id))
    return {id_: (int(amount), currency) for id_, amount, currency in session.exec(query).all()}
