"""The offers (price plans) of a course: listed, added, changed, removed. Who is enrolled keeps what was agreed."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, func, select

from crm_app.locales import Text, text
from crm_app.models import Course, Enrolment, Offer, OfferKind, Permission
from crm_app.models.base import now
from crm_app.services import audit, changing, installation, money
from crm_app.services.actor import Actor
from crm_app.services.courses import catalogue
from crm_app.services.errors import Invalid, NotFound
from crm_app.services.folding import fold

NAME_LENGTH, MOST_PARTS, MOST_MONTHS, MOST_DAYS = 120, 60, 60, 365
KINDS: dict[OfferKind, Text] = {
    OfferKind.ONE_OFF: text("Once"),
    OfferKind.INSTALMENTS: text("In instalments"),
    OfferKind.SUBSCRIPTION: text("As a subscription"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """An offer and how many enrolments have it."""

    offer: Offer
    enrolments: int


def listing(session: Session, actor: Actor, course_id: int) -> list[Entry]:
    """Those of a course by name. Raises NotPermitted, NotFound."""
    catalogue.get(session, actor, course_id)
    query = (
        select(Offer, func.count(col(Enrolment.id)))
        .outerjoin(Enrolment, col(Enrolment.offer_id) == col(Offer.id))
        .where(Offer.course_id == course_id, col(Offer.removed_at).is_(None))
        .group_by(col(Offer.id))
        .order_by(col(Offer.folded), col(Offer.id))
    )
    return [Entry(offer, int(count)) for offer, count in session.exec(query).all()]


def get(session: Session, actor: Actor, offer_id: int, *, of: Course | None = None) -> Offer:
    """One that can be chosen; `of`: of that course. Raises NotPermitted, NotFound."""
    found = session.get(Offer, offer_id)
    if found is None or found.removed_at is not None or (of is not None and found.course_id != of.id):
        raise NotFound(text("There is no such offer."))
    catalogue.get(session, actor, found.course_id)
    return found


def add(session: Session, actor: Actor, course_id: int, typed: Mapping[str, str]) -> Offer:
    """An offer of the texts of a form: name, kind, amount, currency, tax_rate, parts, every_months, first_days.

    Raises NotPermitted, NotFound, Invalid(field).
    """
    actor.require(Permission.COURSES)
    course = catalogue.get(session, actor, course_id)
    values = _checked(session, typed)
    _require_free(session, course_id, values["folded"], None)
    made = Offer(course_id=course.id or 0, **values)
    session.add(made)
    session.flush()
    audit.record(session, actor, "offer.added", course=course_id, offer=made.id or 0)
    return made


def change(session: Session, actor: Actor, offer_id: int, typed: Mapping[str, str]) -> Offer:
    """What it says from now on: no enrolment changes by it. Raises as `add`."""
    actor.require(Permission.COURSES)
    found, values = get(session, actor, offer_id), _checked(session, typed)
    _require_free(session, found.course_id, values["folded"], found.id)
    if changed := changing.apply(session, found, values):
        audit.record(session, actor, "offer.changed", offer=offer_id, changed=",".join(changed))
    return found


def remove(session: Session, actor: Actor, offer_id: int) -> None:
    """Nobody is given it any more; who has it keeps it. Raises NotPermitted, NotFound."""
    actor.require(Permission.COURSES)
    found = get(session, actor, offer_id)
    found.removed_at = now()
    session.add(found)
    session.flush()
    audit.record(session, actor, "offer.removed", offer=offer_id)


def restore(session: Session, actor: Actor, offer_id: int) -> None:
    """Takes a removal back. Raises NotPermitted, NotFound, Invalid when its name is taken."""
    actor.require(Permission.COURSES)
    found = session.get(Offer, offer_id)
    if found is None:
        raise NotFound(text("There is no such offer."))
    catalogue.get(session, actor, found.course_id)
    _require_free(session, found.course_id, found.folded, found.id)
    found.removed_at = None
    session.add(found)
    session.flush()
    audit.record(session, actor, "offer.restored", offer=offer_id)


def amount(written: str, currency: str, field: str = "amount") -> int:
    """An amount as people type it, with a comma or a point. Raises Invalid."""
    clean = written.strip().replace(" ", "")
    if "," in clean and "." not in clean and clean.count(",") == 1:
        clean = clean.replace(",", ".")
    try:
        return money.units(clean, currency)
    except Invalid as error:
        raise Invalid(error.message, "currency" if error.field == "currency" else field) from error


def _checked(session: Session, typed: Mapping[str, str]) -> dict[str, Any]:
    """Raises Invalid."""
    name = " ".join(typed.get("name", "").split())
    if not name or len(name) > NAME_LENGTH:
        raise Invalid(text("Please type a name of at most {maximum} characters.", maximum=NAME_LENGTH), "name")
    kind = typed.get("kind") or OfferKind.ONE_OFF
    if kind not in set(OfferKind):
        raise Invalid(text("Please choose one of the list."), "kind")
    currency = (typed.get("currency") or installation.current(session).currency).strip().upper()
    price = amount(typed.get("amount", "") or "0", currency)
    if price < 0:
        raise Invalid(text("A price is not below zero."), "amount")
    if kind == OfferKind.SUBSCRIPTION and not price:
        raise Invalid(text("Please type what a period costs."), "amount")
    is_in_parts = kind == OfferKind.INSTALMENTS
    first_days = catalogue.whole(typed, "first_days", 0, MOST_DAYS)
    return {
        "name": name,
        "folded": fold(name),
        "kind": kind,
        "amount": price,
        "currency": currency,
        "tax_rate": _rate(typed.get("tax_rate", "")),
        "parts": (catalogue.whole(typed, "parts", 2, MOST_PARTS) or 2) if is_in_parts else 1,
        "every_months": catalogue.whole(typed, "every_months", 1, MOST_MONTHS) or 1,
        "first_days": 14 if first_days is None else first_days,
    }


def _rate(written: str) -> int:
    """Hundredths of a percent. Raises Invalid."""
    clean = written.strip().rstrip("%").strip().replace(",", ".")
    try:
        rate = Decimal(clean or "0") * 100
    except ArithmeticError as error:
        raise Invalid(text("Please type the tax in percent, such as 19."), "tax_rate") from error
    if not rate.is_finite() or rate != rate.to_integral_value() or not 0 <= rate <= 10_000:
        raise Invalid(text("Please type the tax in percent, such as 19."), "tax_rate")
    return int(rate)


def _require_free(session: Session, course_id: int, folded: str, but_for: int | None) -> None:
    taken = select(Offer.id).where(
        Offer.course_id == course_id, Offer.folded == folded, col(Offer.removed_at).is_(None), Offer.id != but_for
    )
    if session.exec(taken).first() is not None:
        raise Invalid(text("This course has an offer of this name."), "name")
