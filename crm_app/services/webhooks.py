"""Other systems are told what happens here: which address of which events, and each event as a row until it was told.

An event is written in the transaction of what it tells of, and names contacts by their number: whoever is told reads
the rest by the API, with the rights of a token.
"""

import hmac
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from crm_app.locales import Text, text
from crm_app.models import DeliveryState, Permission, Webhook, WebhookDelivery, WebhookEvent
from crm_app.models.base import now
from crm_app.services import audit, secret_key
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid, NotFound

URL_LENGTH = 500
MOST = 20
KEPT = timedelta(days=30)  # what was told or given up
EVENTS: dict[WebhookEvent, Text] = {
    WebhookEvent.CONTACT_CREATED: text("A contact is created"),
    WebhookEvent.CONTACT_CHANGED: text("A contact is changed"),
    WebhookEvent.INTERACTION_RECORDED: text("An order, a visit or a call is recorded"),
    WebhookEvent.FORM_FILLED: text("A form is filled in"),
    WebhookEvent.ENROLMENT_CREATED: text("A contact is enrolled in a course"),
    WebhookEvent.ENROLMENT_CHANGED: text("An enrolment is changed: status, days or offer"),
    WebhookEvent.PAYMENT_RECORDED: text("A payment is recorded or taken back"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A webhook with how many events wait, and the last answer."""

    webhook: Webhook
    waiting: int
    given_up: int
    last: WebhookDelivery | None


def add(session: Session, actor: Actor, url: str, events: Iterable[str]) -> tuple[Webhook, str]:
    """The new one and the secret that signs what it is told, shown this once.

    Raises NotPermitted; Invalid ("url", "events"); Conflict without the right secret key.
    """
    actor.require(Permission.SETTINGS)
    address = _checked(url)
    asked = set(events)
    wanted = [event.value for event in WebhookEvent if event in asked]
    if not wanted or len(wanted) < len(asked):
        raise Invalid(text("Choose at least one event."), "events")
    if len(listing(session, actor)) >= MOST:
        raise Invalid(text("There are {most} webhooks, and that is the limit.", most=MOST), "url")
    made = Webhook(
        key=secrets.token_hex(12),
        url=address,
        events=wanted,
        branch_id=actor.branch_id,
        created_by_id=actor.user_id,
    )
    session.add(made)
    session.flush()
    audit.record(session, actor, "webhook.made", webhook=made.id or 0, events=",".join(wanted))
    return made, secret_of(session, made)


def remove(session: Session, actor: Actor, webhook_id: int) -> None:
    """It is told nothing more, not even what waits. Raises NotPermitted, NotFound."""
    actor.require(Permission.SETTINGS)
    found = session.get(Webhook, webhook_id)
    if found is None or found.removed_at is not None or not _may_see(actor, found):
        raise NotFound(text("There is no such webhook."))
    found.removed_at = now()
    session.add(found)
    session.flush()
    audit.record(session, actor, "webhook.removed", webhook=webhook_id)


def listing(session: Session, actor: Actor) -> list[Entry]:
    """Those of the actor's branches, the newest first. Raises NotPermitted."""
    actor.require(Permission.SETTINGS)
    query = select(Webhook).where(col(Webhook.removed_at).is_(None)).order_by(col(Webhook.id).desc())
    return [_entry(session, one) for one in session.exec(query) if _may_see(actor, one)]


def emit(session: Session, branch_id: int, event: WebhookEvent, number: int, **about: Any) -> int:
    """Puts down that something happened to the contact of that number; how many addresses are to be told.

    `about` holds kinds, ids and names of fields: nothing anybody typed.
    """
    return emit_many(session, branch_id, event, [(number, about)])


def emit_many(
    session: Session, branch_id: int, event: WebhookEvent, happened: Sequence[tuple[int, Mapping[str, Any]]]
) -> int:
    """`emit` of one event for many contacts, each with its number and what is told of it."""
    query = select(Webhook.id, Webhook.events).where(Webhook.branch_id == branch_id, col(Webhook.removed_at).is_(None))
    told = [id_ for id_, events in session.exec(query) if event.value in events]
    for webhook_id in told:
        for number, about in happened:
            what = {"id": secrets.token_hex(12), "event": event.value, "at": now().isoformat(), "number": number}
            session.add(WebhookDelivery(webhook_id=webhook_id or 0, body=json.dumps({**what, **about})))
    return len(told)


def secret_of(session: Session, webhook: Webhook) -> str:
    """What signs the events of this address. Raises Conflict without the right secret key."""
    return hmac.digest(secret_key.ensured(session), f"webhook\0{webhook.key}".encode(), sha256).hex()


def purge(session: Session) -> int:
    """Forgets what was told or given up long ago, and what nobody is told any more; how many there were."""
    gone = select(Webhook.id).where(col(Webhook.removed_at).is_not(None))
    old = (col(WebhookDelivery.ended_at) < now() - KEPT) | col(WebhookDelivery.webhook_id).in_(gone)
    return int(session.execute(delete(WebhookDelivery).where(old)).rowcount)  # type: ignore[attr-defined]


def _checked(url: str) -> str:
    """Raises Invalid ("url"); where the name leads is judged before each sending."""
    try:
        parts = urlsplit(url.strip())
        is_whole = parts.scheme == "https" and bool(parts.hostname) and parts.port in (None, 443)
    except ValueError:
        is_whole = False
    if not is_whole or "@" in parts.netloc or len(url.strip()) > URL_LENGTH or not url.strip().isascii():
        raise Invalid(text("Give an address that begins with https://."), "url")
    return url.strip()


def _may_see(actor: Actor, webhook: Webhook) -> bool:
    return actor.branch_ids is None or webhook.branch_id in actor.branch_ids


def _entry(session: Session, webhook: Webhook) -> Entry:
    of_it = WebhookDelivery.webhook_id == webhook.id
    counted = select(WebhookDelivery.state, func.count()).where(of_it).group_by(col(WebhookDelivery.state))
    counts = dict(session.exec(counted).all())
    tried = select(WebhookDelivery).where(of_it, WebhookDelivery.attempts > 0)
    last = session.exec(tried.order_by(col(WebhookDelivery.id).desc()).limit(1)).first()
    return Entry(webhook, counts.get(DeliveryState.WAITING, 0), counts.get(DeliveryState.GIVEN_UP, 0), last)
