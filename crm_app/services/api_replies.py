"""What requests with a key of their own were answered: sent again, they get the same answer and do nothing.

All of it in the transaction of the request: what was rolled back was not answered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from crm_app.locales import text
from crm_app.models import ApiReply
from crm_app.models.base import now
from crm_app.services import database
from crm_app.services.errors import Invalid

KEPT = timedelta(hours=24)
KEY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """`body` is JSON; `contact_id` is whom it tells of."""

    status: int
    body: str
    contact_id: int | None = None


class KeyReused(Invalid):
    """The key belongs to another request."""

    def __init__(self) -> None:
        super().__init__(text("This Idempotency-Key was used for another request."), "Idempotency-Key")


def earlier(session: Session, token_id: int, key: str, request_hash: str, at: datetime | None = None) -> Reply | None:
    """The answer the same request got before; requests of one key wait for each other. Raises KeyReused."""
    database.one_at_a_time(session, f"api {token_id} {key}")
    found = session.exec(
        select(ApiReply).where(
            ApiReply.token_id == token_id, ApiReply.key == key, col(ApiReply.at) > (at or now()) - KEPT
        )
    ).first()
    if found is None:
        return None
    if found.request_hash != request_hash:
        raise KeyReused
    return Reply(found.status, found.body, found.contact_id)


def keep(session: Session, token_id: int, key: str, request_hash: str, reply: Reply) -> None:
    """Remembers the answer for a day; what is older goes."""
    purge(session)
    session.add(
        ApiReply(
            token_id=token_id,
            key=key,
            request_hash=request_hash,
            status=reply.status,
            body=reply.body,
            contact_id=reply.contact_id,
        )
    )
    session.flush()


def purge(session: Session, at: datetime | None = None) -> int:
    """Forgets what is older than a day; how many there were."""
    gone = session.execute(delete(ApiReply).where(col(ApiReply.at) <= (at or now()) - KEPT))
    return int(gone.rowcount)  # type: ignore[attr-defined]
