"""Which charges the payments cover.

A payment covers the charge it was meant for first; what is more, and what was meant for none, covers the oldest. What
was paid back is taken from the latest. Reductions (charges below zero) count as paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from crm_app.models import Charge, Enrolment, Payment


@dataclass(frozen=True, slots=True)
class Owed:
    id: int
    due_on: date
    amount: int


def settled(charges: Sequence[Owed], payments: Sequence[tuple[int | None, int]]) -> tuple[dict[int, int], int]:
    """How much of each charge is covered, by its id, and what is left over.

    `payments` are what each was meant for and its amount, what went back below zero; together they are not below zero.
    The covered parts and what is left over are together what was paid.
    """
    positive = sorted((one for one in charges if one.amount > 0), key=lambda one: (one.due_on, one.id))
    meant = dict.fromkeys((one.id for one in positive), 0)
    for charge_id, amount in payments:
        if charge_id in meant:
            meant[charge_id] += amount
    covered = {one.id: min(max(meant[one.id], 0), one.amount) for one in positive}
    reductions = {one.id: one.amount for one in charges if one.amount <= 0}
    left = sum(amount for _, amount in payments) - sum(reductions.values()) - sum(covered.values())
    for one in positive if left > 0 else reversed(positive):
        more = min(left, one.amount - covered[one.id]) if left > 0 else -min(-left, covered[one.id])
        covered[one.id] += more
        left -= more
    return covered | reductions, left


def settle(session: Session, enrolment: Enrolment) -> None:
    """Writes down what is covered after charges or payments changed. The session must have flushed them."""
    payments = session.exec(select(Payment).where(Payment.enrolment_id == enrolment.id)).all()
    charges = living(session, enrolment)
    owed = [Owed(one.id or 0, one.due_on, one.amount) for one in charges]
    covered, left = settled(owed, [(one.charge_id, one.amount) for one in payments])
    for one in charges:
        one.settled = covered[one.id or 0]
        session.add(one)
    enrolment.credit = left
    session.add(enrolment)
    session.flush()


def living(session: Session, enrolment: Enrolment) -> list[Charge]:
    """What is owed, the oldest first; what was cancelled is left out."""
    query = select(Charge).where(Charge.enrolment_id == enrolment.id, col(Charge.cancelled_at).is_(None))
    return list(session.exec(query.order_by(col(Charge.due_on), col(Charge.id))).all())
