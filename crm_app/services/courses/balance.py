"""What somebody owes and has paid, enrolment by enrolment, and who is late."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, col, select

from crm_app.models import Charge, Contact, Course, Enrolment, Offer, Payment
from crm_app.services import local_time
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import of_branches
from crm_app.services.courses import settling


@dataclass(frozen=True, slots=True)
class Sums:
    """`price` is all that is owed, paid or not; `open` what is not covered, `overdue` that of it which was due before
    today, `credit` what was paid too much. paid + open = price + credit.
    """

    price: int = 0
    paid: int = 0
    open: int = 0
    overdue: int = 0
    credit: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """An enrolment with what is owed for it, the oldest first, and what was paid, the newest first."""

    enrolment: Enrolment
    course: Course
    offer: Offer | None
    charges: list[Charge]
    payments: list[Payment]
    sums: Sums
    currency: str
    reversed_ids: frozenset[int] = field(default_factory=frozenset)


def of_contact(session: Session, actor: Actor, contact: Contact) -> list[Account]:
    """Those of a contact fetched through `cards.get`, in courses the actor sees; the newest first."""
    query = (
        select(Enrolment, Course, Offer)
        .join(Course, col(Course.id) == col(Enrolment.course_id))
        .outerjoin(Offer, col(Offer.id) == col(Enrolment.offer_id))
        .where(Enrolment.contact_id == contact.id, *of_branches(actor, Enrolment.branch_id))
        .order_by(col(Enrolment.id).desc())
    )
    today = local_time.today(actor.timezone)
    return [_account(session, *row, today) for row in session.exec(query).all()]


def of_enrolment(session: Session, actor: Actor, enrolment: Enrolment) -> Account:
    """Of an enrolment fetched through `enrolling.get`."""
    course = session.get_one(Course, enrolment.course_id)
    offer = session.get(Offer, enrolment.offer_id) if enrolment.offer_id is not None else None
    return _account(session, enrolment, course, offer, local_time.today(actor.timezone))


def sums(charges: Sequence[Charge], paid: int, credit: int, today: date) -> Sums:
    """Of the charges that are still owed."""
    open_ = [(one.due_on, one.amount - one.settled) for one in charges]
    return Sums(
        price=sum(one.amount for one in charges),
        paid=paid,
        open=sum(rest for _, rest in open_),
        overdue=sum(rest for due_on, rest in open_ if due_on < today),
        credit=credit,
    )


def _account(session: Session, enrolment: Enrolment, course: Course, offer: Offer | None, today: date) -> Account:
    query = select(Payment).where(Payment.enrolment_id == enrolment.id)
    charges, payments = settling.living(session, enrolment), list(session.exec(query.order_by(col(Payment.id).desc())))
    found = sums(charges, sum(one.amount for one in payments), enrolment.credit, today)
    return Account(
        enrolment=enrolment,
        course=course,
        offer=offer,
        charges=charges,
        payments=payments,
        sums=found,
        currency=next((one.currency for one in charges), "")
        or next((one.currency for one in payments), offer.currency if offer else ""),
        reversed_ids=frozenset(one.reverses_id for one in payments if one.reverses_id is not None),
    )
