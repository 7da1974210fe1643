"""Money that came and went back. Nothing is deleted: a wrong entry is reversed by another."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, func, select

from crm_app.locales import Text, text
from crm_app.models import (
    Charge,
    Contact,
    Enrolment,
    EntryKind,
    Offer,
    Payment,
    PaymentKind,
    PaymentMethod,
    Permission,
    WebhookEvent,
)
from crm_app.services import audit, database, installation, local_time, money, webhooks
from crm_app.services.actor import Actor
from crm_app.services.courses import enrolling, history, settling
from crm_app.services.errors import Conflict, Invalid, NotFound

NOTE_LENGTH = 500
METHODS: dict[PaymentMethod, Text] = {
    PaymentMethod.TRANSFER: text("Bank transfer"),
    PaymentMethod.CASH: text("Cash"),
    PaymentMethod.CARD: text("Card"),
    PaymentMethod.DIRECT_DEBIT: text("Direct debit"),
    PaymentMethod.OTHER: text("Other"),
}


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody records. `seen` is the sum paid as they saw it: a second click is not a second payment."""

    amount: int
    on: date | None = None
    method: PaymentMethod = PaymentMethod.TRANSFER
    note: str = ""
    charge_id: int | None = None
    seen: int | None = None


def record(session: Session, actor: Actor, enrolment_id: int, given: Given) -> Payment:
    """Money that came. Raises NotPermitted, NotFound, Invalid(field); Conflict when somebody was quicker."""
    found = _locked(session, actor, enrolment_id, given)
    if given.amount <= 0:
        raise Invalid(text("Please type an amount above zero."), "amount")
    made = _write(session, actor, found, given, PaymentKind.PAYMENT, EntryKind.PAID, given.amount)
    audit.record(session, actor, "payment.recorded", enrolment=enrolment_id, payment=made.id or 0)
    return made


def refund(session: Session, actor: Actor, enrolment_id: int, given: Given) -> Payment:
    """Money that went back, `amount` above zero. Raises as `record`; Invalid for more than was paid."""
    found = _locked(session, actor, enrolment_id, given)
    if given.amount <= 0:
        raise Invalid(text("Please type an amount above zero."), "amount")
    if given.amount > paid(session, enrolment_id):
        raise Invalid(text("That is more than was paid."), "amount")
    made = _write(session, actor, found, given, PaymentKind.REFUND, EntryKind.REFUNDED, -given.amount)
    audit.record(session, actor, "payment.refunded", enrolment=enrolment_id, payment=made.id or 0)
    return made


def settle_charge(
    session: Session, actor: Actor, charge_id: int, *, seen: int | None = None, method: PaymentMethod | None = None
) -> Payment:
    """Marks an instalment or a period as paid: the rest of it comes in today. Raises as `record`."""
    charge = session.get(Charge, charge_id)
    if charge is None:
        raise NotFound(text("There is no such enrolment."))
    enrolling.get(session, actor, charge.enrolment_id)
    database.one_at_a_time(session, f"enrolment {charge.enrolment_id}")
    session.refresh(charge)
    if charge.cancelled_at is not None or charge.settled >= charge.amount:
        raise Conflict(text("This is paid already, or owed no more."))
    given = Given(charge.amount - charge.settled, charge_id=charge_id, seen=seen)
    if method is not None:
        given = Given(given.amount, method=method, charge_id=charge_id, seen=seen)
    return record(session, actor, charge.enrolment_id, given)


def reverse(session: Session, actor: Actor, payment_id: int) -> Payment:
    """Takes back a payment or a refund that was none. Raises NotPermitted, NotFound; Conflict when it cannot be."""
    actor.require(Permission.PAYMENTS)
    wrong = session.get(Payment, payment_id)
    if wrong is None:
        raise NotFound(text("There is no such payment."))
    found = enrolling.get(session, actor, wrong.enrolment_id)
    database.one_at_a_time(session, f"enrolment {found.id}")
    is_known = session.exec(select(Payment.id).where(Payment.reverses_id == payment_id)).first() is not None
    if wrong.kind == PaymentKind.REVERSAL or is_known:
        raise Conflict(text("This was taken back already."))
    if wrong.amount > paid(session, found.id or 0):
        raise Conflict(text("Part of this payment was paid back. Take the refund back first."))
    given = Given(0, on=wrong.paid_on, method=PaymentMethod(wrong.method), charge_id=wrong.charge_id)
    made = _write(
        session, actor, found, given, PaymentKind.REVERSAL, EntryKind.REVERSED, -wrong.amount, reverses_id=payment_id
    )
    audit.record(session, actor, "payment.reversed", enrolment=found.id or 0, payment=made.id or 0)
    return made


def paid(session: Session, enrolment_id: int) -> int:
    """What came in all, less what went back."""
    query = select(func.sum(Payment.amount)).where(Payment.enrolment_id == enrolment_id)
    return int(session.exec(query).one() or 0)


def currency_of(session: Session, enrolment: Enrolment) -> str:
    """That of its charges and payments; of its offer, else the installation's, where there is none."""
    for model in (Charge, Payment):
        query = select(model.currency).where(model.enrolment_id == enrolment.id).order_by(col(model.id).desc())
        if found := session.exec(query.limit(1)).first():
            return found
    offer = session.get(Offer, enrolment.offer_id) if enrolment.offer_id is not None else None
    return offer.currency if offer is not None else installation.current(session).currency


def _locked(session: Session, actor: Actor, enrolment_id: int, given: Given) -> Enrolment:
    actor.require(Permission.PAYMENTS)
    found = enrolling.get(session, actor, enrolment_id)
    database.one_at_a_time(session, f"enrolment {enrolment_id}")
    session.refresh(found)
    if given.seen is not None and given.seen != paid(session, enrolment_id):
        raise Conflict(text("Something was paid or taken back meanwhile. Look at it again, please."))
    if abs(given.amount) > money.LARGEST:
        raise Invalid(text("This amount is too large."), "amount")
    return found


def _write(
    session: Session,
    actor: Actor,
    found: Enrolment,
    given: Given,
    kind: PaymentKind,
    entry: EntryKind,
    amount: int,
    reverses_id: int | None = None,
) -> Payment:
    note = " ".join(given.note.split())
    if len(note) > NOTE_LENGTH:
        raise Invalid(text("This text is too long: {most} characters at most.", most=NOTE_LENGTH), "note")
    today = local_time.today(actor.timezone)
    if given.on is not None and given.on > today:
        raise Invalid(text("This day lies in the future."), "on")
    if given.charge_id is not None:
        charge = session.get(Charge, given.charge_id)
        if charge is None or charge.enrolment_id != found.id:
            raise NotFound(text("There is no such enrolment."))
    made = Payment(
        enrolment_id=found.id or 0,
        charge_id=given.charge_id,
        reverses_id=reverses_id,
        kind=kind,
        amount=amount,
        currency=currency_of(session, found),
        method=given.method,
        paid_on=given.on or today,
        note=note,
        user_id=actor.user_id,
    )
    session.add(made)
    session.flush()
    history.paid(session, actor, made, entry)
    settling.settle(session, found)
    contact = session.get_one(Contact, found.contact_id)
    webhooks.emit(
        session,
        found.branch_id,
        WebhookEvent.PAYMENT_RECORDED,
        contact.number,
        payment=made.id,
        kind=str(kind),
        amount=str(money.decimal(amount, made.currency)),
        currency=made.currency,
        **{name: value for name, value in enrolling.about(found).items() if name in ("enrolment", "course")},
    )
    return made
