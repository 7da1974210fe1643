"""Everybody without a confirmed opt-in made inactive (A3): whom that means, and why."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlmodel import Session, col

from crm_app.models import Channel, Consent, ConsentState, Contact, ContactPoint, Permission, PointKind
from crm_app.services import segments
from crm_app.services.actor import Actor
from crm_app.services.contacts import audience
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.filters.tree import Condition, Group

SAMPLES = 3
NO_ADDRESS = "no_address"
# Why somebody is meant, the most telling first.
REASONS = (
    ConsentState.REVOKED.value,
    ConsentState.SENT.value,
    ConsentState.IMPORTED.value,
    ConsentState.NONE.value,
    NO_ADDRESS,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """How many of the active contacts that are meant have not confirmed for this reason, and a few of them by name."""

    why: str
    count: int
    names: list[str]


def narrowed(session: Session, actor: Actor, wanted: ContactFilter) -> ContactFilter:
    """The filter, with what its segment says, without those whose consent to e-mails is confirmed.

    Raises NotFound like `segments.resolved`.
    """
    wanted = segments.resolved(session, actor, wanted)
    unconfirmed = Condition("consent_email", "none", (ConsentState.CONFIRMED.value,))
    return replace(wanted, where=Group(items=(unconfirmed, *([wanted.where] if wanted.where else []))))


def reasons(session: Session, actor: Actor, wanted: ContactFilter) -> list[Reason]:
    """Why those the change would make inactive are among them; each contact counts once. One query.

    Raises NotPermitted, and like `audience.conditions`.
    """
    actor.require(Permission.CONTACTS_BULK)
    stands = _whys(session, actor, wanted).subquery()
    place = func.row_number().over(partition_by=stands.c.why, order_by=stands.c.number)
    count = func.count().over(partition_by=stands.c.why)
    ranked = select(stands.c.id, stands.c.why, place.label("place"), count.label("count")).subquery()
    query = (
        select(ranked.c.why, ranked.c.count, Contact)
        .join(Contact, col(Contact.id) == ranked.c.id)
        .where(ranked.c.place <= SAMPLES, ranked.c.why.in_(REASONS))
        .order_by(ranked.c.place)
    )
    found: dict[str, Reason] = {}
    for why, number, contact in session.execute(query):
        found.setdefault(why, Reason(why, number, [])).names.append(contact.display_name)
    return [found[why] for why in REASONS if why in found]


def _whys(session: Session, actor: Actor, wanted: ContactFilter) -> Select[Any]:
    """Each active contact that is meant with where its main e-mail stands, as `filters/consents.py` says it."""
    last = {one: func.max(col(Consent.id)).filter(col(Consent.state) == one) for one in ConsentState}
    entries = (
        select(col(Consent.norm), *[value.label(f"last_{one}") for one, value in last.items()])
        .where(col(Consent.channel) == Channel.EMAIL, col(Consent.group_id).is_(None))
        .group_by(col(Consent.norm))
        .subquery()
    )
    of = {one: entries.c[f"last_{one}"] for one in ConsentState}
    why = case(
        (or_(col(Contact.email).is_(None), col(Contact.email) == ""), NO_ADDRESS),
        (of[ConsentState.REVOKED] > func.coalesce(of[ConsentState.CONFIRMED], 0), ConsentState.REVOKED.value),
        (of[ConsentState.CONFIRMED].is_not(None), ConsentState.CONFIRMED.value),
        (of[ConsentState.SENT].is_not(None), ConsentState.SENT.value),
        (of[ConsentState.IMPORTED].is_not(None), ConsentState.IMPORTED.value),
        else_=ConsentState.NONE.value,
    )
    main = and_(
        col(ContactPoint.contact_id) == col(Contact.id),
        col(ContactPoint.kind) == PointKind.EMAIL,
        col(ContactPoint.primary).is_(True),
    )
    return (
        select(col(Contact.id).label("id"), col(Contact.number).label("number"), why.label("why"))
        .join(ContactPoint, main, isouter=True)
        .join(entries, entries.c.norm == col(ContactPoint.norm), isouter=True)
        .where(*audience.conditions(session, actor, wanted), col(Contact.active).is_(True))
    )
