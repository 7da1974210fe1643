"""What contacts can be asked for of their courses: which, with what offer, how they stand, what is owed and paid."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import (
    Activity,
    ActivityKind,
    Charge,
    Contact,
    Course,
    Enrolment,
    EnrolmentStatus,
    Offer,
)
from crm_app.services import installation, interactions, money
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import of_branches
from crm_app.services.courses.catalogue import TAKING
from crm_app.services.courses.enrolling import STATUSES
from crm_app.services.fields.registry import FieldGroup
from crm_app.services.filters import choices, columns, subjects
from crm_app.services.filters.operators import Kind
from crm_app.services.filters.questions import Question, Subject

COURSE, OFFER, STATUS, ENDS = "course", "offer", "enrolment_status", "course_ends"
_Member = aliased(Contact)
OPEN, OVERDUE, PAID, FORM = "open_amount", "overdue", "has_paid", "form"


def _course(session: Session, asked: Question) -> ColumnElement[bool]:
    return _of_some(asked, col(Enrolment.course_id), asked.ids, col(Enrolment.status) != EnrolmentStatus.CANCELLED)


def _offer(session: Session, asked: Question) -> ColumnElement[bool]:
    return _of_some(asked, col(Enrolment.offer_id), asked.ids, col(Enrolment.status) != EnrolmentStatus.CANCELLED)


def _status(session: Session, asked: Question) -> ColumnElement[bool]:
    return _of_some(asked, col(Enrolment.status), asked.values)


def _ends(session: Session, asked: Question) -> ColumnElement[bool]:
    """The last day of access, of the course where none is set; of those who have a place."""
    ends = func.coalesce(col(Enrolment.to_on), col(Course.ends_on))
    has_one = _enrolled(col(Enrolment.status).in_(TAKING), _in_course(), ends.is_not(None))
    if asked.operator in ("empty", "filled"):
        return has_one if asked.operator == "filled" else ~has_one
    return _enrolled(col(Enrolment.status).in_(TAKING), _in_course(), columns.by_day(session, ends, asked))


def _in_course() -> ColumnElement[bool]:
    return col(Course.id) == col(Enrolment.course_id)


def _open(session: Session, asked: Question) -> ColumnElement[bool]:
    """In the installation's currency: what is owed in another one cannot be added to it."""
    currency = installation.current(session).currency
    rows = (
        select(Enrolment.contact_id)
        .join(Charge, col(Charge.enrolment_id) == col(Enrolment.id))
        .join(_Member, col(_Member.id) == col(Enrolment.contact_id))
        .where(col(Charge.cancelled_at).is_(None), Charge.currency == currency)
        .where(col(_Member.branch_id) == col(Enrolment.branch_id))
        .group_by(col(Enrolment.contact_id))
    )
    if asked.operator in ("empty", "filled"):
        has_any = col(Contact.id).in_(rows)
        return has_any if asked.operator == "filled" else ~has_any
    one = 1 / money.decimal(1, currency)  # how many of the smallest units
    scaled = Question(asked.operator, tuple(round(value * float(one), 6) for value in asked.values), asked.asker)
    figure = func.sum(Charge.amount - Charge.settled)
    return col(Contact.id).in_(rows.having(columns.by_number(session, figure, scaled)))


def _overdue(session: Session, asked: Question) -> ColumnElement[bool]:
    late = _enrolled(
        col(Charge.enrolment_id) == col(Enrolment.id),
        col(Charge.cancelled_at).is_(None),
        col(Charge.due_on) < asked.asker.today,
        col(Charge.settled) < col(Charge.amount),
    )
    return _yes_no(asked, late)


def _paid(session: Session, asked: Question) -> ColumnElement[bool]:
    """More came in than went back, for courses and orders, in any currency."""
    spent = interactions.revenue().subquery()
    sums = select(spent.c.contact_id).group_by(spent.c.contact_id, spent.c.currency)
    return _yes_no(asked, col(Contact.id).in_(sums.having(func.sum(spent.c.amount) > 0)))


def _form(session: Session, asked: Question) -> ColumnElement[bool]:
    """The name of a form that was filled in."""
    filled = (col(Activity.contact_id) == col(Contact.id), col(Activity.kind) == ActivityKind.FORM_FILLED)
    if asked.operator in ("empty", "filled"):
        has_any = exists().where(*filled)
        return has_any if asked.operator == "filled" else ~has_any
    positive = {"lacks": "contains", "is_not": "is"}.get(asked.operator, asked.operator)
    named = columns.by_text(session, col(Activity.source), Question(positive, asked.values, asked.asker))
    found = exists().where(*filled, named)
    return found if positive == asked.operator else ~found


def _of_some(
    asked: Question, column: Any, values: Sequence[Any], *conditions: ColumnElement[bool]
) -> ColumnElement[bool]:
    if asked.operator in ("empty", "filled"):
        has_any = _enrolled(column.is_not(None), *conditions)
        return has_any if asked.operator == "filled" else ~has_any
    if asked.operator == "all":
        return and_(*[_enrolled(column == value, *conditions) for value in values]) if values else false()
    found = _enrolled(column.in_(values), *conditions)
    return ~found if asked.operator == "none" else found


def _enrolled(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """In a course of the contact's branch: it may have been of another one. Any of the contact's enrolments is meant,
    also where a query looks at enrolments itself.
    """
    is_own = col(Enrolment.branch_id) == col(Contact.branch_id)
    return exists().where(col(Enrolment.contact_id) == col(Contact.id), is_own, *conditions).correlate(Contact)


def _yes_no(asked: Question, holds: ColumnElement[bool]) -> ColumnElement[bool]:
    if asked.operator == "empty":
        return false()  # it is always known
    return holds if asked.operator == "yes" else ~holds


def _courses(session: Session, actor: Actor) -> choices.Pairs:
    query = select(Course).where(*of_branches(actor, Course.branch_id), col(Course.removed_at).is_(None))
    found = session.exec(query.order_by(col(Course.folded), col(Course.id)).limit(choices.MOST)).all()
    return [(str(one.id), one.name) for one in found]


def _offers(session: Session, actor: Actor) -> choices.Pairs:
    query = (
        select(Offer, Course.name)
        .join(Course, col(Course.id) == col(Offer.course_id))
        .where(*of_branches(actor, Course.branch_id), col(Course.removed_at).is_(None))
        .order_by(col(Course.folded), col(Offer.folded), col(Offer.id))
    )
    return [(str(one.id), f"{course}: {one.name}") for one, course in session.exec(query.limit(choices.MOST)).all()]


_STATUSES = tuple((status.value, label) for status, label in STATUSES.items())
for _subject in (
    Subject(COURSE, text("Course"), Kind.MANY, FieldGroup.CRM, _course, has_choices=True),
    Subject(OFFER, text("Offer of a course"), Kind.MANY, FieldGroup.CRM, _offer, has_choices=True),
    Subject(STATUS, text("Enrolment"), Kind.MANY, FieldGroup.CRM, _status, _STATUSES),
    Subject(ENDS, text("Course ends"), Kind.DATE, FieldGroup.CRM, _ends),
    Subject(OPEN, text("Still to pay"), Kind.NUMBER, FieldGroup.CRM, _open),
    Subject(OVERDUE, text("Payment overdue"), Kind.YES_NO, FieldGroup.CRM, _overdue),
    Subject(PAID, text("Has paid something"), Kind.YES_NO, FieldGroup.CRM, _paid),
    Subject(FORM, text("Form filled in"), Kind.TEXT, FieldGroup.CRM, _form),
):
    subjects.register(_subject)
choices.register(COURSE, _courses)
choices.register(OFFER, _offers)
