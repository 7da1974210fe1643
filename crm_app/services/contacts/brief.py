"""The few things somebody wants to know of a contact before a call."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from crm_app.models import (
    Channel,
    Comment,
    ConsentState,
    Contact,
    ContactPoint,
    Message,
    MessageKind,
    MessageState,
    PointKind,
)
from crm_app.services import interactions
from crm_app.services.consent.standing import standings
from crm_app.services.contacts import timeline
from crm_app.services.interactions import Figures


@dataclass(frozen=True, slots=True)
class Brief:
    """`since` is when the contact registered, else when it was added; `touches` counts what colleagues wrote of it and
    to it, its orders, visits and calls.

    `consents` holds the channels that the contact has an address for.
    """

    since: datetime
    is_registered: bool
    touches: int
    last: datetime | None
    consents: dict[Channel, ConsentState]
    spent: Figures


def of(session: Session, contact: Contact) -> Brief:
    """Of a contact that was fetched through `cards.get`."""
    written = select(func.count()).select_from(Comment).where(Comment.contact_id == contact.id)
    touches = session.exec(written.where(col(Comment.deleted_at).is_(None))).one()
    to_it = select(func.count()).where(Message.contact_id == contact.id, Message.state == MessageState.SENT)
    sent = session.exec(to_it.where(col(Message.kind) != MessageKind.NOTICE)).one()
    newest = timeline.page(session, contact, limit=1).entries
    spent = interactions.figures(session, contact)
    points = session.exec(
        select(ContactPoint.kind, ContactPoint.norm).where(
            ContactPoint.contact_id == contact.id, col(ContactPoint.primary).is_(True)
        )
    ).all()
    consents = {}
    for channel, kind in ((Channel.EMAIL, PointKind.EMAIL), (Channel.SMS, PointKind.PHONE)):
        norms = [norm for its_kind, norm in points if its_kind == kind]
        if norms:
            found = standings(session, channel, norms)
            consents[channel] = max((one.state for one in found.values()), key=list(ConsentState).index)
    return Brief(
        since=contact.registered_at or contact.created_at,
        is_registered=contact.registered_at is not None,
        touches=int(touches) + int(sent) + spent.count,
        last=newest[0].at if newest else None,
        consents=consents,
        spent=spent,
    )
