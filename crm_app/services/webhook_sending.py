"""Events that wait are told, signed, and told again later when nobody took them: at least once, in no order.

Who is told knows an event by its id. The signature is HMAC-SHA256 over the timestamp, a point and the body, as for
hooks that come in. Only public addresses are reached (`outbound.py`), and no redirect is followed.
"""

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import zip_longest

from sqlmodel import Session, col, select, update

from crm_app.models import DeliveryState, Webhook, WebhookDelivery
from crm_app.models.base import now
from crm_app.services import database, webhooks
from crm_app.services.errors import Invalid
from crm_app.services.outbound import Fetcher

PAUSES = (1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60)  # minutes before the next attempt
CLAIMED = timedelta(minutes=2)  # longer than an attempt: what a dead process had in hand is told again
AT_ONCE = 50
FETCHER = Fetcher(hosts=("*",), limit=0, connect_seconds=5, whole_seconds=15)


@dataclass(frozen=True, slots=True)
class _Claim:
    id: int
    url: str
    body: str
    secret: str
    attempts: int


def send_due(fetcher: Fetcher = FETCHER, *, at: datetime | None = None, should_stop: Callable[[], bool] = bool) -> int:
    """Tells what is due; how many events were taken. An address that fails is left alone until the next look.

    Opens transactions of its own: none is open while somebody is waited for.
    """
    with database.reading() as session:
        due = _due(session, at or now())
    sent, failing = 0, set[int]()
    for delivery_id, webhook_id in due:
        if should_stop():
            break
        if webhook_id in failing:
            continue
        with database.transaction() as session:
            claim = _claim(session, delivery_id, at or now())
        if claim is None:
            continue
        is_taken, answer = _tell(fetcher, claim)
        with database.transaction() as session:
            _note(session, claim, is_taken, answer, at or now())
        sent += is_taken
        if not is_taken:
            failing.add(webhook_id)
    return sent


def _due(session: Session, at: datetime) -> list[tuple[int, int]]:
    """The oldest events of each address, in turn: one that is away keeps none of the others waiting."""
    is_due = (WebhookDelivery.state == DeliveryState.WAITING, WebhookDelivery.due_at <= at)
    addresses = session.exec(select(Webhook.id).where(col(Webhook.removed_at).is_(None))).all()
    each = max(1, AT_ONCE // max(1, len(addresses)))
    lanes: list[list[tuple[int, int]]] = []
    for webhook_id in addresses:
        query = select(WebhookDelivery.id).where(*is_due, WebhookDelivery.webhook_id == webhook_id)
        oldest = query.order_by(col(WebhookDelivery.due_at), col(WebhookDelivery.id)).limit(each)
        lanes.append([(id_ or 0, webhook_id or 0) for id_ in session.exec(oldest)])
    return [one for turn in zip_longest(*lanes) for one in turn if one is not None]


def _claim(session: Session, delivery_id: int, at: datetime) -> _Claim | None:
    """Takes it in hand, by compare-and-set; None when another process was quicker."""
    taken = session.execute(
        update(WebhookDelivery)
        .where(
            col(WebhookDelivery.id) == delivery_id,
            col(WebhookDelivery.state) == DeliveryState.WAITING,
            col(WebhookDelivery.due_at) <= at,
        )
        .values(due_at=at + CLAIMED, attempts=col(WebhookDelivery.attempts) + 1)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        return None
    delivery = session.get_one(WebhookDelivery, delivery_id)
    webhook = session.get_one(Webhook, delivery.webhook_id)
    return _Claim(delivery_id, webhook.url, delivery.body, webhooks.secret_of(session, webhook), delivery.attempts)


def _tell(fetcher: Fetcher, claim: _Claim) -> tuple[bool, str]:
    stamp = str(int(time.time()))
    signature = hmac.digest(claim.secret.encode(), f"{stamp}.{claim.body}".encode(), sha256).hex()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "CRM",
        "X-CRM-Timestamp": stamp,
        "X-CRM-Signature": f"sha256={signature}",
    }
    try:
        status = fetcher.post(claim.url, claim.body.encode(), headers)
    except Invalid as error:
        return False, error.message.msgid[:200]
    return 200 <= status < 300, str(status)


def _note(session: Session, claim: _Claim, is_taken: bool, answer: str, at: datetime) -> None:
    delivery = session.get(WebhookDelivery, claim.id)
    if delivery is None or delivery.attempts != claim.attempts:
        return  # purged, or taken in hand again meanwhile
    delivery.answer = answer
    if is_taken:
        delivery.state, delivery.ended_at = DeliveryState.SENT, at
    elif claim.attempts > len(PAUSES):
        delivery.state, delivery.ended_at = DeliveryState.GIVEN_UP, at
    else:
        delivery.due_at = at + timedelta(minutes=PAUSES[claim.attempts - 1])
    session.add(delivery)
