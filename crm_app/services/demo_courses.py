"""Invented courses with offers, members and payments: what the pages of courses look like in use."""

from datetime import timedelta

from sqlmodel import Session, col, select

from crm_app.models import Charge, Contact, Course, EnrolmentStatus
from crm_app.services import database, local_time
from crm_app.services.actor import SYSTEM
from crm_app.services.courses import catalogue, enrolling, offers, payments
from crm_app.services.courses.enrolling import Terms

_COURSES = (
    ("Piano for beginners", "running", "20", 30),
    ("Summer choir", "open", "12", 120),
    ("Practice room", "running", "", None),
)
_OFFERS = (
    {"name": "At once", "kind": "one_off", "amount": "240", "tax_rate": "19", "first_days": "14"},
    {"name": "Six instalments", "kind": "instalments", "amount": "252", "parts": "6", "tax_rate": "19"},
    {"name": "Membership", "kind": "subscription", "amount": "29.90", "tax_rate": "19", "first_days": "0"},
)


def fill() -> int:
    """Adds the courses with some of the contacts in them, in one transaction; nothing where there are courses already.

    Returns how many enrolments were made.
    """
    with database.transaction() as session:
        if session.exec(select(Course.id).limit(1)).first() is not None:
            return 0
        made = 0
        for place, (name, status, capacity, days) in enumerate(_COURSES):
            ends = (local_time.today("UTC") + timedelta(days=days)).isoformat() if days else ""
            typed = {"name": name, "status": status, "capacity": capacity, "ends_on": ends}
            course = catalogue.add(session, SYSTEM, typed).id or 0
            prices = [offers.add(session, SYSTEM, course, one) for one in (_OFFERS[2:] if not days else _OFFERS[:2])]
            people = session.exec(
                select(Contact).where(col(Contact.active)).order_by(col(Contact.number)).offset(place * 9).limit(16)
            ).all()
            chosen = [(one, prices[n % len(prices)]) for n, one in enumerate(people)]
            begins = local_time.today("UTC") - timedelta(days=40)
            made += len(
                enrolling.enrol_many(session, SYSTEM, course, chosen, Terms(from_on=begins, source="demo")).made
            )
        _live(session)
    return made


def _live(session: Session) -> None:
    """Some paid, some in part, some are late."""
    today = local_time.today("UTC")
    for charge in session.exec(select(Charge).order_by(col(Charge.id))).all():
        charge.due_on -= timedelta(days=40)
        session.add(charge)
    session.flush()
    for charge in session.exec(select(Charge).where(Charge.due_on < today).order_by(col(Charge.id))).all():
        if (charge.id or 0) % 4 == 0:
            continue
        amount = charge.amount if (charge.id or 0) % 5 else charge.amount // 2
        payments.record(session, SYSTEM, charge.enrolment_id, payments.Given(amount, charge_id=charge.id))
        if (charge.id or 0) % 11 == 0:
            enrolling.set_status(session, SYSTEM, charge.enrolment_id, EnrolmentStatus.PAUSED)
