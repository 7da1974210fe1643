"""Mails that come back later: looked for in a mailbox, and what they mean for the message and its address."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, or_, select, update

from crm_app.locales import Text, text
from crm_app.models import Channel, MailServer, Message, MessageState, Permission, SuppressionReason, Via
from crm_app.models.base import now
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.consent import suppression
from crm_app.services.consent.addresses import norm_of
from crm_app.services.errors import Conflict, Invalid
from crm_app.services.messages import bounce_mailbox, delivery_status, server
from crm_app.services.messages.bounce_mailbox import Mailbox, Place, Unreadable
from crm_app.services.messages.delivery_status import Failure, Returned

log = logging.getLogger(__name__)

BATCH = 100  # mails looked at in one transaction
MOST = 2000  # mails of one look
OLDEST = timedelta(days=30)  # servers give up after days; older mails tell nothing new

_LEFT = (MessageState.SENT, MessageState.UNCERTAIN, MessageState.SENDING)  # the answer may be faster than its settling
_UNWANTED = text("The recipient told their mail provider that this message was unwanted.")


@dataclass(slots=True)
class Look:
    """What a look into the mailbox found; `is_more`: it stopped before the end."""

    mails: int = 0
    failed: int = 0
    complaints: int = 0
    is_more: bool = False
    problem: Text | None = None


def look_now(actor: Actor) -> Look:
    """The same for somebody who may change settings. Raises NotPermitted, Conflict where no mailbox is set."""
    actor.require(Permission.SETTINGS)
    with database.reading() as session:
        if not bounce_mailbox.is_set(server.current(session)):
            raise Conflict(text("No mailbox for returned mails is set."))
    return poll()


def poll(*, should_stop: Callable[[], bool] = lambda: False, at: Callable[[], datetime] = now) -> Look:
    """Looks at the mails that are new, MOST at a time; nothing where no mailbox is set. Any process may, at once too.

    A mailbox that cannot be read is told in the settings and in the answer; everything read until then stays read.
    """
    look = Look()
    try:
        with database.reading() as session:
            here = server.current(session)
            if not bounce_mailbox.is_set(here):
                return look
            place = bounce_mailbox.place(session, here)
        with bounce_mailbox.opened(place) as mailbox:
            _look(mailbox, here, place, look, should_stop, at)
    except (Unreadable, Conflict) as error:
        look.problem = error.message
        log.warning("the mailbox for returned mails cannot be read: %s", error.message.msgid)
    with database.transaction() as session:
        bounce_mailbox.tell(session, look.problem)
    if look.failed or look.complaints:
        log.info("returned mails: %s of %s looked at, complaints: %s", look.failed, look.mails, look.complaints)
    return look


def _look(
    mailbox: Mailbox,
    here: MailServer,
    place: Place,
    look: Look,
    should_stop: Callable[[], bool],
    at: Callable[[], datetime],
) -> None:
    last = here.bounce_uid if mailbox.validity == here.bounce_uidvalidity else 0
    uids = mailbox.newer(last, at() - OLDEST)
    if not uids and mailbox.validity != here.bounce_uidvalidity:
        with database.transaction() as session:
            _note_read(session, place, mailbox.validity, 0)
    for start in range(0, min(len(uids), MOST), BATCH):
        batch = uids[start : min(start + BATCH, MOST)]
        if should_stop():
            break
        reports = [delivery_status.read(raw) for raw in mailbox.returned(batch)]
        with database.transaction() as session:
            counts = [_take(session, report, at()) for report in reports if report is not None]
            _note_read(session, place, mailbox.validity, batch[-1])
        look.mails += len(batch)
        look.failed += sum(failed for failed, _ in counts)
        look.complaints += sum(complaints for _, complaints in counts)
    look.is_more = look.mails < len(uids)


def _note_read(session: Session, place: Place, validity: int, uid: int) -> None:
    """Unless the settings mean another mailbox by now, or somebody else read further."""
    session.execute(
        update(MailServer)
        .where(
            col(MailServer.bounce_host) == place.host,
            col(MailServer.bounce_username) == place.username,
            col(MailServer.bounce_folder) == place.folder,
            or_(col(MailServer.bounce_uidvalidity) != validity, col(MailServer.bounce_uid) < uid),
        )
        .values(bounce_uid=uid, bounce_uidvalidity=validity)
    )


def _take(session: Session, report: Returned, at: datetime) -> tuple[int, int]:
    """What one report changes: how many messages failed, how many complaints there are. Again: nothing.

    Anybody can write a mail that looks like a report. Only those count that name the Message-ID of a message that left,
    which nobody knows but its recipient and the servers on its way, and of failures only those of its own recipient;
    otherwise a forged mail would cut off whomever it names. A complaint's recipient is not compared: providers take it
    out (RFC 6590), and every message has one.
    """
    query = select(Message).where(
        col(Message.message_id).in_(report.message_ids),
        col(Message.channel) == Channel.EMAIL,
        col(Message.via) != Via.FOLDER,
    )
    messages = session.exec(query).all() if any(report.message_ids) else []
    failed = complaints = 0
    for message in messages:
        if report.is_complaint:
            complaints += _note_complaint(session, message, at)
            continue
        for failure in report.failures:
            if _is_to(session, message, failure):
                failed += _note_failure(session, message, failure, at)
    return failed, complaints


def _is_to(session: Session, message: Message, failure: Failure) -> bool:
    norm = message.norm or _norm(session, message.address)  # messages to users have an address alone
    return bool(norm) and any(_norm(session, name) == norm for name in failure.recipients)


def _norm(session: Session, address: str) -> str:
    try:
        return norm_of(session, Channel.EMAIL, address)
    except Invalid:
        return ""


def _note_failure(session: Session, message: Message, failure: Failure, at: datetime) -> bool:
    words = (
        text("The message came back: this address does not exist ({status}).", status=failure.status)
        if failure.is_address
        else text("The message came back: it could not be delivered ({status}).", status=failure.status)
    )
    marked = session.execute(
        update(Message)
        .where(col(Message.id) == message.id, col(Message.state).in_(_LEFT))
        .values(state=MessageState.FAILED, error=words.to_json(), ended_at=func.coalesce(col(Message.ended_at), at))
    )
    if marked.rowcount != 1:  # type: ignore[attr-defined]
        return False
    if failure.is_address and message.norm:
        suppression.add(session, [(Channel.EMAIL, message.norm)], SuppressionReason.BOUNCED, at)
    return True


def _note_complaint(session: Session, message: Message, at: datetime) -> bool:
    """The message keeps it, so that a block somebody lifts does not come back with the same mail."""
    if message.state not in _LEFT or message.error == _UNWANTED.to_json():
        return False
    message.error = _UNWANTED.to_json()
    session.add(message)
    session.flush()
    if message.norm:
        suppression.add(session, [(Channel.EMAIL, message.norm)], SuppressionReason.COMPLAINED, at)
    return True
