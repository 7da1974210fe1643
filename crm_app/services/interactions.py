"""Orders, visits and calls of contacts, as tills, shops and telephones report them, and what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import CompoundSelect, func, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import (
    Contact,
    ContactSource,
    Enrolment,
    Interaction,
    InteractionKind,
    Payment,
    Permission,
    WebhookEvent,
)
from crm_app.models.base import now
from crm_app.services import database, installation, money, webhooks
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import Conflict, Invalid

SOURCE_LENGTH, TEXT_LENGTH, ID_LENGTH = 60, 2_000, 200
_Paying = aliased(Contact)  # whose branch is that of the course: a contact may have been of another one
_AHEAD = timedelta(days=1)  # a till whose clock is wrong, not an appointment


@dataclass(frozen=True, slots=True)
class Report:
    """What a source says. `amount` is a decimal as text, in `currency` (empty = the installation's)."""

    kind: InteractionKind
    source: str
    at: datetime | None = None
    description: str = ""
    amount: str | None = None
    currency: str = ""
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """`is_new`: False when the source had reported the same before."""

    interaction: Interaction
    is_new: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """`total` is by currency, what was paid for courses in it, refunds taken off; `last_revenue` is the newest of them:
    amount and currency.
    """

    count: int
    last_visit: datetime | None
    last_revenue: tuple[int, str] | None
    total: dict[str, int]


def record(session: Session, actor: Actor, number: int, report: Report) -> Recorded:
    """Notes it for the contact, and the source among those of the contact. Reported again it is there once.

    Raises NotFound, NotPermitted, Invalid(field); Conflict when the source gave that id to something else.
    """
    actor.require(Permission.CONTACTS_EDIT)
    contact = cards.get(session, actor, number)
    values = _checked(session, contact, report)
    if values.external_id is not None:
        database.one_at_a_time(session, f"interaction {values.branch_id} {values.source} {values.external_id}")
        if (known := _known(session, values)) is not None:
            if _says_other(known, values, report):
                raise Conflict(text("This source has used that id before, for something else."))
            return Recorded(known, is_new=False)
    session.add(values)
    note_source(session, contact, values.source)
    session.flush()
    about = {"interaction": values.id, "kind": str(values.kind)}
    webhooks.emit(session, contact.branch_id, WebhookEvent.INTERACTION_RECORDED, contact.number, **about)
    return Recorded(values, is_new=True)


def listing(
    session: Session, actor: Actor, number: int, *, after: int | None = None, limit: int = 50
) -> list[Interaction]:
    """Those of a contact, the last recorded first, behind the one with that id. Raises NotFound, NotPermitted."""
    contact = cards.get(session, actor, number)
    query = select(Interaction).where(Interaction.contact_id == contact.id)
    if after is not None:
        query = query.where(col(Interaction.id) < after)
    return list(session.exec(query.order_by(col(Interaction.id).desc()).limit(limit)))


def figures(session: Session, contact: Contact) -> Figures:
    """Of a contact that was fetched through `cards.get`."""
    own = Interaction.contact_id == contact.id
    count = session.exec(select(func.count()).select_from(Interaction).where(own)).one()
    visit = select(func.max(Interaction.at)).where(own, Interaction.kind == InteractionKind.VISIT)
    spent = revenue(contact).subquery()
    newest = session.execute(
        select(spent.c.amount, spent.c.currency).order_by(spent.c.at.desc(), spent.c.id.desc()).limit(1)
    ).first()
    sums = select(spent.c.currency, func.sum(spent.c.amount)).group_by(spent.c.currency)
    return Figures(
        count=int(count),
        last_visit=session.exec(visit).one(),
        last_revenue=(newest[0], newest[1]) if newest else None,
        total={currency: int(total or 0) for currency, total in session.execute(sums)},
    )


def revenue(contact: Contact | None = None) -> CompoundSelect[Any]:
    """What came in from contacts, or from one: orders and visits with an amount, and payments for courses.

    Rows of contact_id, amount, currency, at and id.
    """
    bought: list[Any] = [getattr(Interaction, name) for name in ("contact_id", "amount", "currency", "at", "id")]
    paid: list[Any] = [Enrolment.contact_id, Payment.amount, Payment.currency, Payment.created_at, Payment.id]
    orders = select(*bought).where(col(Interaction.amount).is_not(None))
    payments = (
        select(*paid)
        .join(Enrolment, col(Enrolment.id) == col(Payment.enrolment_id))
        .join(_Paying, col(_Paying.id) == col(Enrolment.contact_id))
        .where(col(_Paying.branch_id) == col(Enrolment.branch_id))
    )
    if contact is None:
        return union_all(orders, payments)
    return union_all(
        orders.where(Interaction.contact_id == contact.id), payments.where(Enrolment.contact_id == contact.id)
    )


def note_source(session: Session, contact: Contact, source: str, external_id: str | None = None) -> None:
    """The contact came in from there too; what is known of it already is not said twice."""
    known = session.exec(
        select(ContactSource.id).where(
            ContactSource.contact_id == contact.id,
            ContactSource.source == source,
            col(ContactSource.external_id) == external_id
            if external_id is not None
            else col(ContactSource.id).is_not(None),
        )
    ).first()
    if known is None:
        session.add(ContactSource(contact_id=cards.id_of(contact), source=source, external_id=external_id))


def _checked(session: Session, contact: Contact, report: Report) -> Interaction:
    """Raises Invalid."""
    source = _line(report.source, "source", SOURCE_LENGTH)
    if not source:
        raise Invalid(text("Say where this comes from: online shop, till, voucher."), "source")
    at = report.at or now()
    if at.tzinfo is None:
        raise Invalid(text("Give the moment with its offset from UTC."), "at")
    if at > now() + _AHEAD:
        raise Invalid(text("This moment lies in the future."), "at")
    description = report.description.replace("\r\n", "\n").strip()
    if len(description) > TEXT_LENGTH:
        raise Invalid(text("This text is too long: {most} characters at most.", most=TEXT_LENGTH), "description")
    currency = (report.currency or installation.current(session).currency).strip().upper()
    amount = None if report.amount is None else money.units(report.amount, currency)
    external_id = _line(report.external_id or "", "external_id", ID_LENGTH) or None
    return Interaction(
        contact_id=cards.id_of(contact),
        branch_id=contact.branch_id,
        kind=report.kind,
        source=source,
        at=at.astimezone(UTC),
        description=description,
        amount=amount,
        currency="" if amount is None else currency,
        external_id=external_id,
    )


def _line(written: str, field: str, most: int) -> str:
    line = " ".join(written.split())
    if len(line) > most:
        raise Invalid(text("This text is too long: {most} characters at most.", most=most), field)
    return line


def _known(session: Session, values: Interaction) -> Interaction | None:
    return session.exec(
        select(Interaction).where(
            Interaction.branch_id == values.branch_id,
            Interaction.source == values.source,
            Interaction.external_id == values.external_id,
        )
    ).first()


def _says_other(known: Interaction, values: Interaction, report: Report) -> bool:
    """A merge may have moved it to another contact, and a report without a moment means none."""
    compared: Sequence[str] = ("kind", "description", "amount", "currency")
    if report.at is not None and known.at != values.at:
        return True
    return any(getattr(known, name) != getattr(values, name) for name in compared)
