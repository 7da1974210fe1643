"""Enrolments of a contact as its card shows them: finished text, by language."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import Text, text
from crm_app.models import (
    Charge,
    EnrolmentEntry,
    EnrolmentStatus,
    EntryKind,
    Offer,
    Payment,
    PaymentKind,
    PaymentMethod,
    User,
)
from crm_app.services import local_time
from crm_app.services.actor import Actor
from crm_app.services.courses import enrolling, history, payments
from crm_app.services.courses.balance import Account
from crm_app.state.course_words import charge as charge_words
from crm_app.state.course_words import days, enrolment_status, part
from crm_app.state.formats import amount, exact, short_date, spoken

_KINDS = {
    PaymentKind.PAYMENT: text("Payment"),
    PaymentKind.REFUND: text("Refund"),
    PaymentKind.REVERSAL: text("Correction"),
}
_ENTRIES = {
    EntryKind.ENROLLED: text("Enrolled"),
    EntryKind.STATUS: text("Status changed"),
    EntryKind.ACCESS: text("Days of access changed"),
    EntryKind.PLAN: text("Plan changed"),
    EntryKind.CHARGED: text("Charged"),
    EntryKind.UNCHARGED: text("Owed no more"),
    EntryKind.PAID: text("Paid"),
    EntryKind.REFUNDED: text("Paid back"),
    EntryKind.REVERSED: text("Entry taken back"),
}


@dataclass
class ChargeLine:
    """`look` is good, warn, danger or empty, `state` the same in words."""

    id: int
    what: str
    due: str
    amount: str
    look: str
    state: str
    can_settle: bool


@dataclass
class PaymentLine:
    """`is_void`: it was taken back."""

    id: int
    what: str
    when: str
    amount: str
    told: str
    is_void: bool
    can_reverse: bool


@dataclass
class AccountLine:
    """Sums are empty where they are nothing; `seen` is the sum paid that is shown, in the smallest units."""

    id: int
    course: str
    url: str
    status: str
    status_raw: str
    dot: str
    offer: str
    days: str
    is_waiting: bool
    is_billed: bool
    price: str
    paid: str
    open: str
    overdue: str
    credit: str
    seen: int
    can_refund: bool
    charges: list[ChargeLine] = field(default_factory=list)
    payments: list[PaymentLine] = field(default_factory=list)


@dataclass
class HistoryLine:
    key: str
    what: str
    detail: str
    old: str
    new: str
    when: str
    exact: str
    who: str


def account(session: Session, actor: Actor, found: Account) -> AccountLine:
    language, currency = actor.language, found.currency
    enrolment, sums = found.enrolment, found.sums
    status, dot = enrolment_status(enrolment.status, language)
    today = local_time.today(actor.timezone)

    def said(units: int) -> str:
        return amount(units, currency, language) if currency and units else ""

    is_billed = bool(currency and (found.charges or found.payments))
    return AccountLine(
        id=enrolment.id or 0,
        course=found.course.name,
        url="" if found.course.removed_at else routes.course(found.course.id or 0),
        status=status,
        status_raw=enrolment.status,
        dot=dot,
        offer=found.offer.name if found.offer else "",
        days=days(enrolment.from_on, enrolment.to_on, language),
        is_waiting=enrolment.status == EnrolmentStatus.WAITING,
        is_billed=is_billed,
        price=amount(sums.price, currency, language) if is_billed else "",
        paid=amount(sums.paid, currency, language) if is_billed else "",
        open=amount(sums.open, currency, language) if is_billed else "",
        overdue=said(sums.overdue),
        credit=said(sums.credit),
        seen=sums.paid,
        can_refund=sums.paid > 0,
        charges=[_charge(one, today, language) for one in found.charges],
        payments=[_payment(session, one, found, language) for one in found.payments],
    )


def entries(session: Session, actor: Actor, enrolment_id: int) -> list[HistoryLine]:
    """The history of an enrolment the actor was given."""
    return [_entry(session, actor, entry, who) for entry, who in history.listing(session, enrolment_id)]


def _charge(one: Charge, today: date, language: str) -> ChargeLine:
    look, state = _standing(one, today, language)
    return ChargeLine(
        id=one.id or 0,
        what=charge_words(one, language),
        due=short_date(one.due_on, language),
        amount=amount(one.amount, one.currency, language),
        look=look,
        state=locales.render(state, language),
        can_settle=one.settled < one.amount,
    )


def _standing(one: Charge, today: date, language: str) -> tuple[str, Text]:
    if one.settled >= one.amount:
        return "good", text("paid") if one.amount > 0 else text("taken off")
    is_late = one.due_on < today
    if one.settled:
        rest = amount(one.amount - one.settled, one.currency, language)
        return ("danger", text("{rest} overdue", rest=rest)) if is_late else ("warn", text("{rest} open", rest=rest))
    return ("danger", text("overdue")) if is_late else ("", text("open"))


def _payment(session: Session, one: Payment, found: Account, language: str) -> PaymentLine:
    is_void = one.id in found.reversed_ids
    who = session.get(User, one.user_id) if one.user_id else None
    method = locales.render(payments.METHODS[PaymentMethod(one.method)], language)
    return PaymentLine(
        id=one.id or 0,
        what=locales.render(_KINDS[PaymentKind(one.kind)], language),
        when=short_date(one.paid_on, language),
        amount=amount(one.amount, one.currency, language),
        told=" · ".join(filter(None, (method, one.note, who.name if who else ""))),
        is_void=is_void,
        can_reverse=not is_void and one.kind != PaymentKind.REVERSAL,
    )


def _entry(session: Session, actor: Actor, entry: EnrolmentEntry, who: str) -> HistoryLine:
    language = actor.language
    old, new = _before_and_after(session, entry, language)
    return HistoryLine(
        key=str(entry.id),
        what=locales.render(_ENTRIES[EntryKind(entry.kind)], language),
        detail=_detail(session, entry, language),
        old=old,
        new=new,
        when=spoken(entry.at, language, actor.timezone),
        exact=exact(entry.at, language, actor.timezone),
        who=who,
    )


def _before_and_after(session: Session, entry: EnrolmentEntry, language: str) -> tuple[str, str]:
    before, after = entry.data.get("before"), entry.data.get("after")
    if entry.kind == EntryKind.STATUS:
        return _status(before, language), _status(after, language)
    if entry.kind == EntryKind.ACCESS:
        return _days(before, language), _days(after, language)
    if entry.kind == EntryKind.PLAN:
        currency = str(entry.data.get("currency") or "")
        return _plan(session, before, currency, language), _plan(session, after, currency, language)
    return "", ""


def _detail(session: Session, entry: EnrolmentEntry, language: str) -> str:
    """Of what moves money: how much, for what, how."""
    data, currency = entry.data, str(entry.data.get("currency") or "")
    if entry.kind == EntryKind.ENROLLED:
        offer = session.get(Offer, data["offer"]) if data.get("offer") else None
        return " · ".join(filter(None, (_status(data.get("status"), language), offer.name if offer else "")))
    if not currency or entry.kind == EntryKind.PLAN:
        return ""
    if entry.kind in (EntryKind.CHARGED, EntryKind.UNCHARGED):
        due = text("due {day}", day=short_date(date.fromisoformat(data["due"]), language))
        parts = (part(data["part"], data["parts"], language), locales.render(due, language))
        return " · ".join((amount(entry.owed, currency, language), *parts))
    method = locales.render(payments.METHODS[PaymentMethod(data["method"])], language)
    return " · ".join((amount(entry.paid, currency, language), method))


def _status(status: Any, language: str) -> str:
    known = set(EnrolmentStatus)
    return locales.render(enrolling.STATUSES[EnrolmentStatus(status)], language) if status in known else ""


def _days(written: Any, language: str) -> str:
    first, last = (date.fromisoformat(day) if day else None for day in written)
    return days(first, last, language) or locales.render(text("without a limit"), language)


def _plan(session: Session, plan: Any, currency: str, language: str) -> str:
    offer = session.get(Offer, plan["offer"]) if plan.get("offer") else None
    price = amount(plan["price"], currency, language) if currency else ""
    return " · ".join(filter(None, (offer.name if offer else "", price)))
