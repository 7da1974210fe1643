"""Another plan for somebody who is enrolled: what is paid stays, the rest is computed anew and shown before saving."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Charge, Enrolment, EnrolmentStatus, EntryKind, Offer, OfferKind, Permission
from crm_app.services import audit, database, local_time
from crm_app.services.actor import Actor
from crm_app.services.courses import billing, catalogue, enrolling, history, offers, payments, schedule, settling
from crm_app.services.courses.schedule import Due
from crm_app.services.errors import Conflict, Invalid


@dataclass(frozen=True, slots=True)
class Terms:
    """The new plan. `amount` is the whole price, with what was paid in it; the open rest comes in `parts`, the first on
    `first`. Of a subscription `amount` is that of a period, and its offer says how long one is.
    """

    offer_id: int
    amount: int
    parts: int = 1
    every_months: int = 1
    first: date | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be owed: `kept` stays as it is, `gone` is owed no more; instead come `parts`, which are the paid parts
    of what goes, and `new`.
    """

    kept: list[Charge]
    gone: list[Charge]
    parts: list[Due]
    new: list[Due]
    price_before: int
    paid: int
    currency: str

    @property
    def price(self) -> int:
        return sum(one.amount for one in self.kept) + sum(one.amount for one in (*self.parts, *self.new))

    @property
    def rest(self) -> int:
        """What is still open of the new plan, below zero what was paid too much."""
        return self.price - self.paid


def terms_of(offer: Offer, actor: Actor) -> Terms:
    """What the offer itself asks, from today on."""
    today = local_time.today(actor.timezone)
    return Terms(offer.id or 0, offer.amount, offer.parts, offer.every_months, today)


def preview(session: Session, actor: Actor, enrolment_id: int, terms: Terms) -> Preview:
    """Writes nothing. Raises NotPermitted, NotFound, Invalid(field)."""
    actor.require(Permission.PAYMENTS)
    found = enrolling.get(session, actor, enrolment_id)
    return _preview(session, actor, found, terms)


def change(session: Session, actor: Actor, enrolment_id: int, terms: Terms, *, seen: tuple[int, int]) -> Enrolment:
    """Carries out exactly what was shown; `seen` are price and sum paid as they stood there.

    Raises as `preview`; Conflict when something changed since.
    """
    actor.require(Permission.PAYMENTS)
    found = enrolling.get(session, actor, enrolment_id)
    database.one_at_a_time(session, f"enrolment {enrolment_id}")
    session.refresh(found)
    shown = _preview(session, actor, found, terms)
    if seen != (shown.price_before, shown.paid):
        raise Conflict(text("Something was paid or changed meanwhile. Look at it again, please."))
    offer = offers.get(session, actor, terms.offer_id)
    before = {"offer": found.offer_id, "price": shown.price_before}
    found.offer_id = offer.id
    found.billed_to = _billed_to(offer, shown)
    session.add(found)
    after = {"offer": offer.id, "price": shown.price}
    history.note(session, actor, found, EntryKind.PLAN, before=before, after=after, currency=shown.currency)
    billing.cancel(session, actor, shown.gone)
    billing.write(session, actor, found, billing.charges(found, offer, [*shown.parts, *shown.new]))
    enrolling.tell_changed(session, found)
    audit.record(session, actor, "enrolment.plan", enrolment=enrolment_id, offer=offer.id or 0)
    return found


def _preview(session: Session, actor: Actor, found: Enrolment, terms: Terms) -> Preview:
    offer = offers.get(session, actor, terms.offer_id, of=catalogue.get(session, actor, found.course_id))
    charges, paid = settling.living(session, found), payments.paid(session, found.id or 0)
    if (charges or paid) and payments.currency_of(session, found) != offer.currency:
        raise Invalid(text("This offer is in another currency than what was agreed so far."), "offer")
    if found.status == EnrolmentStatus.WAITING:
        raise Conflict(text("Who waits for a place owes nothing yet."))
    _check(offer, terms)
    today = local_time.today(actor.timezone)
    first = terms.first or today
    is_subscription = offer.kind == OfferKind.SUBSCRIPTION
    stays = [one for one in charges if _stays(one, first if is_subscription else None)]
    gone = [one for one in charges if one not in stays]
    parts = [Due(one.due_on, one.settled, one.part, one.parts) for one in gone if one.settled > 0]
    rest = terms.amount - sum(one.amount for one in stays) - sum(one.amount for one in parts)
    if is_subscription:
        number = max((one.part for one in charges if one.parts == 0), default=0)
        new = [schedule.period(terms.amount, first, number + 1)]
    elif rest < 0:
        new = [Due(today, rest, 1, 1)]
    else:
        new = schedule.instalments(rest, terms.parts, first, terms.every_months)
    return Preview(stays, gone, parts, new, sum(one.amount for one in charges), paid, offer.currency)


def _stays(charge: Charge, begins: date | None) -> bool:
    """What is paid in full; where a subscription begins, also what was due before it."""
    return (charge.amount > 0 and charge.settled == charge.amount) or (begins is not None and charge.due_on < begins)


def _billed_to(offer: Offer, shown: Preview) -> date | None:
    if offer.kind != OfferKind.SUBSCRIPTION:
        return None
    return schedule.period_end(shown.new[0].on, offer.every_months)


def _check(offer: Offer, terms: Terms) -> None:
    """Raises Invalid."""
    if terms.amount < 0 or (offer.kind == OfferKind.SUBSCRIPTION and not terms.amount):
        raise Invalid(text("Please type an amount above zero."), "amount")
    if not 1 <= terms.parts <= offers.MOST_PARTS:
        raise Invalid(
            text("Please type a whole number from {least} to {most}.", least=1, most=offers.MOST_PARTS), "parts"
        )
    if not 1 <= terms.every_months <= offers.MOST_MONTHS:
        raise Invalid(
            text("Please type a whole number from {least} to {most}.", least=1, most=offers.MOST_MONTHS),
            "every_months",
        )
