"""What happened to an enrolment, entry by entry: what the entries owe and paid adds up to its balance."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from crm_app.models import Charge, Enrolment, EnrolmentEntry, EnrolmentStatus, EntryKind, Payment, User
from crm_app.models.base import now
from crm_app.services.actor import Actor

_OWING = (EnrolmentStatus.INVITED, EnrolmentStatus.ACTIVE)


def note(session: Session, actor: Actor, enrolment: Enrolment, kind: EntryKind, **data: Any) -> None:
    """An entry that moves no money."""
    session.add(EnrolmentEntry(enrolment_id=enrolment.id or 0, kind=kind, user_id=actor.user_id, data=data))


def note_many(
    session: Session, actor: Actor, kind: EntryKind, entries: Sequence[tuple[Enrolment, Mapping[str, Any]]]
) -> None:
    """The same entry of many enrolments that have their ids, each with its data."""
    _insert(session, actor, kind, [{"enrolment_id": one.id or 0, "data": dict(data)} for one, data in entries])


def charged_many(session: Session, actor: Actor, charges: Sequence[Charge]) -> None:
    """`charged` of many."""
    _insert(session, actor, EntryKind.CHARGED, [_values(charge, charge.amount) for charge in charges])


def charged(session: Session, actor: Actor, charge: Charge) -> None:
    """Of a charge that has its id."""
    _of_charge(session, actor, charge, EntryKind.CHARGED, charge.amount)


def uncharged(session: Session, actor: Actor, charge: Charge) -> None:
    """The charge is owed no more."""
    _of_charge(session, actor, charge, EntryKind.UNCHARGED, -charge.amount)


def paid(session: Session, actor: Actor, payment: Payment, kind: EntryKind) -> None:
    """Of a payment that has its id."""
    session.add(
        EnrolmentEntry(
            enrolment_id=payment.enrolment_id,
            kind=kind,
            user_id=actor.user_id,
            paid=payment.amount,
            payment_id=payment.id,
            charge_id=payment.charge_id,
            data={"on": payment.paid_on.isoformat(), "method": payment.method, "currency": payment.currency},
        )
    )


def uncharged_since(session: Session, enrolment: Enrolment) -> list[int]:
    """The charges that were given up when somebody left the course, of whom the last entry says that they are back.

    A plan that was made since counts instead of them.
    """
    query = select(EnrolmentEntry).where(
        EnrolmentEntry.enrolment_id == enrolment.id, col(EnrolmentEntry.kind).in_((EntryKind.STATUS, EntryKind.PLAN))
    )
    found: list[int] = []
    for entry in session.exec(query.order_by(col(EnrolmentEntry.id).desc()).offset(1)):
        if entry.kind == EntryKind.PLAN or entry.data["after"] in _OWING:
            break
        found += entry.data.get("uncharged", [])
    return found


def listing(session: Session, enrolment_id: int) -> list[tuple[EnrolmentEntry, str]]:
    """The entries with the name of who did it, newest first; of an enrolment the actor was given."""
    query = (
        select(EnrolmentEntry, User.name)
        .outerjoin(User, col(User.id) == col(EnrolmentEntry.user_id))
        .where(EnrolmentEntry.enrolment_id == enrolment_id)
        .order_by(col(EnrolmentEntry.at).desc(), col(EnrolmentEntry.id).desc())
    )
    return [(entry, name or "") for entry, name in session.exec(query).all()]


def _of_charge(session: Session, actor: Actor, charge: Charge, kind: EntryKind, owed: int) -> None:
    session.add(EnrolmentEntry(kind=kind, user_id=actor.user_id, **_values(charge, owed)))


def _values(charge: Charge, owed: int) -> dict[str, Any]:
    data = {"due": charge.due_on.isoformat(), "part": charge.part, "parts": charge.parts, "currency": charge.currency}
    return {"enrolment_id": charge.enrolment_id, "owed": owed, "charge_id": charge.id, "data": data}


def _insert(session: Session, actor: Actor, kind: EntryKind, entries: Sequence[Mapping[str, Any]]) -> None:
    """Without an object for each: a file makes members by the thousand."""
    if entries:
        always = {"kind": kind.value, "at": now(), "user_id": actor.user_id, "owed": 0, "paid": 0}
        always |= {"charge_id": None, "payment_id": None}
        session.execute(insert(EnrolmentEntry), [{**always, **entry} for entry in entries])
