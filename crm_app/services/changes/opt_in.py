"""Everybody without a confirmed opt-in made inactive (A3): whom that means, and why."""

from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from crm_app.models import ConsentState, Contact, Permission
from crm_app.services.actor import Actor
from crm_app.services.contacts import audience
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.filters import compiling
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


def narrowed(wanted: ContactFilter) -> ContactFilter:
    """The filter without those whose consent to e-mails is confirmed."""
    unconfirmed = Condition("consent_email", "none", (ConsentState.CONFIRMED.value,))
    return replace(wanted, where=Group(items=(unconfirmed, *([wanted.where] if wanted.where else []))))


def reasons(session: Session, actor: Actor, wanted: ContactFilter) -> list[Reason]:
    """Why those the change would make inactive are among them; each contact counts once.

    Raises NotPermitted, and like `audience.conditions`.
    """
    actor.require(Permission.CONTACTS_BULK)
    meant = [*audience.conditions(session, actor, narrowed(wanted)), col(Contact.active).is_(True)]
    no_address = or_(col(Contact.email).is_(None), col(Contact.email) == "")
    found = []
    for why in REASONS:
        if why == NO_ADDRESS:
            condition: ColumnElement[bool] = no_address
        else:
            asked = Group(items=(Condition("consent_email", "any", (why,)),))
            condition = and_(~no_address, compiling.compiled(session, actor, asked))
        count = session.exec(select(func.count()).select_from(Contact).where(*meant, condition)).one()
        if count:
            sample = select(Contact).where(*meant, condition).order_by(col(Contact.number)).limit(SAMPLES)
            found.append(Reason(why, count, [one.display_name for one in session.exec(sample).all()]))
    return found
