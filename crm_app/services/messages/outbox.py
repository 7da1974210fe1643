"""The outbox: messages wait as rows, are claimed one by one, and each leaves at most once.

A row is marked as being sent, durably, before its first byte leaves; what became of it is written together with the
next claim. A process that dies in between leaves one row of which nobody can know: it stands as uncertain and is never
sent again unasked.
"""

import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, delete, func, or_, select, update

from crm_app import settings
from crm_app.locales import Text, text
from crm_app.models import (
    Campaign,
    CampaignState,
    Channel,
    Contact,
    LeftOut,
    Message,
    MessageKind,
    MessageState,
    Permission,
)
from crm_app.models.base import now
from crm_app.services import audit, database, links
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import in_sight
from crm_app.services.errors import Conflict, NotFound

ENDED = (MessageState.SENT, MessageState.FAILED, MessageState.UNCERTAIN, MessageState.CANCELLED, MessageState.LEFT_OUT)
# When a message is tried again that the server put off; then it has failed.
AGAIN = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
KEPT = timedelta(days=90)
STUCK = timedelta(minutes=10)  # longer than any try takes: whoever sent it is gone
PERSONAL, MASS = 0, 1

# To colleagues or oneself, about no contact.
OF_THE_HOUSE = (MessageKind.NOTICE, MessageKind.TEST, MessageKind.USER_INVITE, MessageKind.USER_RESET)
_GONE = text("The program ended while this message was being sent. It may have arrived.")


def put(session: Session, message: Message) -> Message:
    """A message that may go out from now on."""
    message.message_id = message.message_id or new_message_id()
    session.add(message)
    session.flush()
    return message


def new_message_id() -> str:
    """A new Message-ID (RFC 5322 3.6.4), of the host this CRM is reached at."""
    host = urlsplit(links.base_url()).hostname or "localhost"
    return f"<{secrets.token_hex(16)}@{host if '.' in host and ':' not in host else 'localhost'}>"


def claim(session: Session, at: datetime, channels: Collection[Channel] = tuple(Channel)) -> Message | None:
    """The next message that is due, marked as being sent; None when none is. Each goes to one claimer."""
    found = session.exec(_due(at, channels).with_for_update(skip_locked=True)).first()
    if found is None:
        return None
    found.state, found.claimed_at = MessageState.SENDING, at
    found.attempts += 1
    session.add(found)
    session.flush()
    return found


def is_any_due(session: Session, at: datetime, channel: Channel) -> bool:
    """Whether anything could be claimed."""
    return session.exec(_due(at, [channel])).first() is not None


def settle(session: Session, message_id: int, state: MessageState, **values: Any) -> bool:
    """Writes what became of a claimed message; False when somebody else did already."""
    marked = session.execute(
        update(Message)
        .where(col(Message.id) == message_id, col(Message.state) == MessageState.SENDING)
        .values(state=state, **values)
    )
    return bool(marked.rowcount == 1)  # type: ignore[attr-defined]


def put_off(session: Session, message_id: int, attempts: int, problem: Text, at: datetime) -> None:
    """It is tried again later, or has failed when it was tried often enough."""
    if _is_stopped(session, message_id):
        settle(session, message_id, MessageState.CANCELLED, ended_at=at)
    elif attempts > len(AGAIN):
        settle(session, message_id, MessageState.FAILED, error=problem.to_json(), ended_at=at)
    else:
        settle(
            session,
            message_id,
            MessageState.QUEUED,
            error=problem.to_json(),
            next_at=at + AGAIN[attempts - 1],
            claimed_at=None,
        )


def give_back(session: Session, message_id: int, attempts: int, at: datetime) -> None:
    """It was not tried: nothing can go out at present."""
    if _is_stopped(session, message_id):
        settle(session, message_id, MessageState.CANCELLED, ended_at=at)
    else:
        settle(session, message_id, MessageState.QUEUED, attempts=attempts - 1, claimed_at=None)


def _is_stopped(session: Session, message_id: int) -> bool:
    """Whether its campaign was stopped while it was on its way."""
    query = select(Campaign.state).join(Message, col(Message.campaign_id) == col(Campaign.id))
    state = session.exec(query.where(Message.id == message_id, Message.priority == MASS)).first()
    return state == CampaignState.STOPPED


def leave_out(session: Session, message: Message, reason: LeftOut, at: datetime) -> None:
    """It is not sent, although it was to be."""
    settle(session, message.id or 0, MessageState.LEFT_OUT, reason=reason, ended_at=at)


def take_up(*, is_first_start: bool, at: datetime | None = None) -> int:
    """Messages that a dead process was sending are uncertain from now on; how many there were.

    `is_first_start`: no other process can be sending, so all of them are.
    """
    at = at or now()
    stuck: list[ColumnElement[bool]] = [col(Message.state) == MessageState.SENDING]
    if not is_first_start:
        stuck.append(col(Message.claimed_at) < at - STUCK)
    with database.reading() as session:
        if session.exec(select(Message.id).where(*stuck).limit(1)).first() is None:
            return 0
    with database.transaction() as session:
        lost = update(Message).where(*stuck)
        marked = session.execute(lost.values(state=MessageState.UNCERTAIN, error=_GONE.to_json(), ended_at=at))
        return int(marked.rowcount)  # type: ignore[attr-defined]


def sent_since(session: Session, moment: datetime) -> int:
    """How many left since then: what is counted against the limit of a minute."""
    query = select(func.count()).where(
        col(Message.ended_at) > moment, col(Message.state).in_((MessageState.SENT, MessageState.UNCERTAIN))
    )
    return int(session.exec(query).one())


def waiting(session: Session) -> int:
    """How many messages wait for their turn."""
    query = select(func.count()).where(col(Message.state).in_((MessageState.QUEUED, MessageState.SENDING)))
    return int(session.exec(query).one())


def get(session: Session, actor: Actor, message_id: int) -> Message:
    """A message to a contact the actor sees. Raises NotFound; NotPermitted."""
    actor.require(Permission.CONTACTS_READ)
    query = (
        select(Message)
        .join(Contact, col(Contact.id) == col(Message.contact_id))
        .where(Message.id == message_id, *in_sight(actor))
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFound(text("There is no such message."))
    return found


def send_again(session: Session, actor: Actor, message_id: int) -> None:
    """Somebody wants a failed or uncertain message tried once more. Raises NotFound, NotPermitted, Conflict."""
    actor.require(Permission.CONTACTS_EDIT)
    found = get(session, actor, message_id)
    if found.kind == MessageKind.CAMPAIGN:
        actor.require(Permission.MESSAGES)
    marked = session.execute(
        update(Message)
        .where(col(Message.id) == found.id, col(Message.state).in_((MessageState.FAILED, MessageState.UNCERTAIN)))
        .values(
            state=MessageState.QUEUED,
            priority=PERSONAL,
            attempts=0,
            next_at=now(),
            error=None,
            ended_at=None,
            claimed_at=None,
        )
    )
    if marked.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(text("This message is not one that failed."))
    audit.record(session, actor, "message.sent_again", message=found.id or 0, was=found.state)


def cancel(session: Session, actor: Actor, message_id: int) -> None:
    """Takes back a message that has not gone out. Raises NotFound, NotPermitted; Conflict when it has."""
    actor.require(Permission.CONTACTS_EDIT)
    found = get(session, actor, message_id)
    marked = session.execute(
        update(Message)
        .where(col(Message.id) == found.id, col(Message.state) == MessageState.QUEUED)
        .values(state=MessageState.CANCELLED, ended_at=now())
    )
    if marked.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(text("This message is on its way already."))
    audit.record(session, actor, "message.cancelled", message=found.id or 0)


def purge(at: datetime | None = None) -> int:
    """Deletes what nobody asks for after ninety days: messages to users, and files of messages that did not leave."""
    over = (at or now()) - KEPT
    with database.transaction() as session:
        old = [col(Message.kind).in_(OF_THE_HOUSE), col(Message.ended_at) < over]
        gone = int(session.execute(delete(Message).where(*old)).rowcount)  # type: ignore[attr-defined]
    for file in settings.get().mails_dir.glob("*.eml"):
        with suppress(FileNotFoundError):
            if file.stat().st_mtime < over.timestamp():
                file.unlink()
                gone += 1
    return gone


def channel_of(message: Message) -> Channel:
    return Channel(message.channel)


def _due(at: datetime, channels: Collection[Channel]):  # type: ignore[no-untyped-def]  # a select of messages: its type says nothing more
    running = select(Campaign.id).where(Campaign.state == CampaignState.SENDING)
    # What somebody sends once more goes out although its campaign is over: it has their priority.
    may_go = or_(col(Message.priority) == PERSONAL, col(Message.campaign_id).in_(running))
    return (
        select(Message)
        .where(Message.state == MessageState.QUEUED, Message.next_at <= at, may_go)
        .where(col(Message.channel).in_(channels))
        .order_by(col(Message.priority), col(Message.next_at), col(Message.id))
        .limit(1)
    )


def listing(
    session: Session, actor: Actor, states: Sequence[MessageState], *, before: int | None = None, limit: int = 50
) -> list[tuple[Message, Contact]]:
    """Messages to contacts the actor sees, newest first, behind the one with the id `before`. Raises NotPermitted."""
    actor.require(Permission.MESSAGES)
    query = (
        select(Message, Contact)
        .join(Contact, col(Contact.id) == col(Message.contact_id))
        .where(col(Message.state).in_(states), col(Message.kind) != MessageKind.NOTICE, *in_sight(actor))
    )
    if before is not None:
        query = query.where(col(Message.id) < before)
    return list(session.exec(query.order_by(col(Message.id).desc()).limit(limit)).all())
