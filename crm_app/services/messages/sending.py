"""Sends what is due, one message after the other: claimed, composed, handed over, settled. A thread of the server."""

import logging
import re
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

from sqlmodel import Session, select

from crm_app import routes
from crm_app.locales import Text, text
from crm_app.models import (
    Channel,
    ConsentSource,
    ConsentState,
    Contact,
    ContactPoint,
    LeftOut,
    MailServer,
    Message,
    MessageKind,
    MessageState,
    MessageTemplate,
    MessageText,
    SuppressionReason,
    Via,
)
from crm_app.models.base import now
from crm_app.services import database, installation, sealed
from crm_app.services.actor import SYSTEM
from crm_app.services.consent import ledger, suppression
from crm_app.services.consent import links as consent_links
from crm_app.services.consent.addresses import POINT_OF
from crm_app.services.consent.ledger import Proof
from crm_app.services.errors import CRMError
from crm_app.services.messages import (
    account_mails,
    campaigns,
    composing,
    invitations,
    outbox,
    permitted,
    server,
    tracking,
    transport,
    values,
)
from crm_app.services.messages.composing import Composed
from crm_app.services.messages.transport import Down, Failed, Later, Line, Refused, Unsure

log = logging.getLogger(__name__)

ROUND = 500  # messages on one connection
_UNKNOWN = text("An error in this program came in between. The message may have arrived.")
_UNEXPECTED = text("This message cannot be made, because of an error in this program.")
_OWN_LINK = re.compile(r"/(consent|unsubscribe|preferences|m|link)/[0-9A-Za-z_-]{20,}")


@dataclass(frozen=True, slots=True)
class Ready:
    """A claimed message with all that is needed to hand it over."""

    id: int
    attempts: int
    via: Via
    address: str
    composed: Composed
    mail: EmailMessage | None = None
    service: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message."""

    ready: Ready
    failed: Failed | None = None


@dataclass(slots=True)
class Report:
    """How many messages left; `is_down`: no mail can go out at present, and the settings say why."""

    sent: int = 0
    is_down: bool = False


def send_due(*, should_stop: Callable[[], bool] = lambda: False, at: Callable[[], datetime] = now) -> Report:
    """Sends what is due, as fast as the installation allows, until nothing is left.

    Any number of processes may do this at once.
    """
    campaigns.begin_due(at())
    report = Report()
    is_more = True
    while is_more and not should_stop():
        is_more = _round(report, should_stop, at)
    campaigns.end_finished(at())
    return report


def _round(report: Report, should_stop: Callable[[], bool], at: Callable[[], datetime]) -> bool:
    """Up to ROUND messages, mails on one connection. Whether there may be more.

    A mail server that is away keeps mails waiting, and nothing else.
    """
    with database.reading() as session:
        if not _is_free(session, at()):
            return False
        channels = {channel for channel in (Channel.EMAIL, Channel.SMS) if outbox.is_any_due(session, at(), channel)}
        here = server.current(session)
        account = server.account(session, here) if server.is_set(here) else None
    if report.is_down:
        channels.discard(Channel.EMAIL)
    if not channels:
        return False
    if Channel.EMAIL not in channels:
        return _on_line(None, channels, report, should_stop, at)
    with ExitStack() as stack:
        try:
            line = stack.enter_context(transport.smtp(account) if account else transport.folder())
        except Down as down:
            _tell(down.message)
            report.is_down = True
            return True
        return _on_line(line, channels, report, should_stop, at)


def _on_line(
    line: Line | None,
    channels: set[Channel],
    report: Report,
    should_stop: Callable[[], bool],
    at: Callable[[], datetime],
) -> bool:
    """Messages of these channels, until there is none or the line ends. Whether there may be more."""
    last, is_more, tried, mailed = None, True, 0, 0
    while tried < ROUND and not (last and isinstance(last.failed, (Down, Unsure))):
        with database.transaction() as session:
            if last is not None:
                _settle(session, last, at())
                last = None
            ready = _next(session, at(), channels) if not should_stop() and _is_free(session, at()) else None
        if ready is None:
            is_more = False
            break
        last, tried, mailed = _handed_over(line, ready), tried + 1, mailed + (ready.mail is not None)
        report.sent += last.failed is None
    failed = last.failed if last is not None else None
    with database.transaction() as session:
        if last is not None:
            _settle(session, last, at())
        # A connection may end between two messages; one that takes none at all is told of.
        if isinstance(failed, Down) and mailed == 1:
            report.is_down = True
            server.tell(session, failed.message)
        elif mailed:
            server.tell(session, None)
    return is_more


def _is_free(session: Session, at: datetime) -> bool:
    """Whether fewer left within the last minute than may."""
    return outbox.sent_since(session, at - timedelta(minutes=1)) < server.current(session).per_minute


def _next(session: Session, at: datetime, channels: Collection[Channel]) -> Ready | None:
    """The next message of these channels that may still go out, ready."""
    while (message := outbox.claim(session, at, channels)) is not None:
        contact = session.get(Contact, message.contact_id) if message.contact_id is not None else None
        reason = _hindrance(session, message, contact)
        if reason is not None:
            outbox.leave_out(session, message, reason, at)
            continue
        try:
            with session.begin_nested():
                return _ready(session, message, contact, at)
        except CRMError as error:
            problem = error.message
        except Exception as error:  # noqa: BLE001 - one message that cannot be made must not stop all behind it
            log.error("message %s could not be made: %s", message.id, type(error).__name__)
            problem = _UNEXPECTED
        outbox.settle(session, message.id or 0, MessageState.FAILED, error=problem.to_json(), ended_at=at)
    return None


def _hindrance(session: Session, message: Message, contact: Contact | None) -> LeftOut | None:
    if message.kind in outbox.OF_THE_HOUSE:
        return None
    if contact is None or contact.trashed_at is not None:
        return LeftOut.GONE
    if message.kind == MessageKind.CAMPAIGN and not contact.active:
        return LeftOut.INACTIVE
    if not message.norm:
        return LeftOut.NO_ADDRESS
    if message.kind in (MessageKind.SINGLE, MessageKind.CAMPAIGN) and not _is_theirs(session, message):
        return LeftOut.OTHER_ADDRESS
    return permitted.hindrance(session, message, asks_consent=_is_newsletter(session, message))


def _is_theirs(session: Session, message: Message) -> bool:
    """Whether the contact has this address still: by now it may be somebody else's."""
    kind = POINT_OF[Channel(message.channel)]
    query = select(ContactPoint.id).where(
        ContactPoint.contact_id == message.contact_id, ContactPoint.kind == kind, ContactPoint.norm == message.norm
    )
    return session.exec(query.limit(1)).first() is not None


def _is_newsletter(session: Session, message: Message) -> bool:
    """As it was when the message was made, or is now: whichever asks for more."""
    if message.is_newsletter:
        return True
    text = session.get(MessageText, message.text_id) if message.text_id is not None else None
    template = session.get(MessageTemplate, text.template_id) if text is not None else None
    return template is not None and template.is_newsletter


def _ready(session: Session, message: Message, contact: Contact | None, at: datetime) -> Ready:
    """Raises a CRMError for a message that cannot be made."""
    here = server.current(session)
    composed, one_click = _composed(session, message, contact, here)
    known = Ready(message.id or 0, message.attempts, Via.SMTP, message.address, composed)
    if message.channel == Channel.SMS:
        url = sealed.unseal(session, here.sms_url)
        return Ready(known.id, known.attempts, Via.SMS, message.address, composed, service=url)
    mail = composing.as_mail(message, composed, here, at=at, one_click=one_click)
    via = Via.SMTP if server.is_set(here) else Via.FOLDER
    return Ready(known.id, known.attempts, via, message.address, composed, mail)


def _composed(session: Session, message: Message, contact: Contact | None, here: MailServer) -> tuple[Composed, str]:
    """What goes out, and the address behind one click where it has one."""
    language, imprint = message.language, here.imprint
    if message.kind == MessageKind.INVITATION:
        return _invitation(session, message, contact, imprint), ""
    if message.kind in (MessageKind.USER_INVITE, MessageKind.USER_RESET):
        subject, body = account_mails.words(session, message)
        return composing.finished(subject, body, language=language, imprint=imprint), ""
    words = session.get(MessageText, message.text_id) if message.text_id is not None else None
    subject, body = (words.subject, words.body) if words is not None else (message.subject, message.body)
    installed = installation.current(session)
    if contact is None or words is None:
        filled = values.of_installation(installed)
        if message.channel == Channel.SMS:
            return Composed("", message.body), ""
        return composing.finished(subject, body, language=language, imprint=imprint), ""
    filled = values.of_contact(session, contact, installed, language)
    if message.channel == Channel.SMS:
        return composing.sms(body, filled), ""
    opt_out = ""
    if _is_newsletter(session, message):
        token = consent_links.choosing(
            session,
            Channel.EMAIL,
            message.address,
            message.norm,
            contact=contact,
            group_id=message.group_id,
            language=language,
        )
        opt_out = consent_links.address_of(routes.UNSUBSCRIBE, token)
        preferences = consent_links.address_of(routes.PREFERENCES, token)
        filled = values.typed(filled, **{values.OPT_OUT: opt_out, values.PREFERENCES: preferences})
    composed = composing.mail(subject, body, filled, language=language, imprint=imprint, opt_out=opt_out)
    if opt_out and here.tracks:
        composed = replace(composed, html=tracking.dressed(session, message.id or 0, composed.html))
    return composed, opt_out


def _invitation(session: Session, message: Message, contact: Contact | None, imprint: str) -> Composed:
    token = consent_links.confirming(
        session,
        Channel.EMAIL,
        message.address,
        message.norm,
        contact=contact,
        group_id=message.group_id,
        language=message.language,
        agreed=message.agreed,
        version=message.agreed_version,
    )
    link = consent_links.address_of(routes.CONFIRM_CONSENT, token)
    subject, body = invitations.words(session, contact, message, link)
    return composing.finished(subject, body, language=message.language, imprint=imprint)


def _handed_over(line: Line | None, ready: Ready) -> Outcome:
    """Outside of any transaction: this may take as long as the server takes."""
    try:
        if line is not None and ready.mail is not None:
            line.send(ready.address, ready.mail)
        else:
            transport.text_message(ready.service, ready.address, ready.composed.text)
    except Failed as failed:
        return Outcome(ready, failed)
    except Exception as error:  # noqa: BLE001 - whatever it was, nobody knows whether the message left
        log.error("message %s: %s", ready.id, type(error).__name__)
        return Outcome(ready, Unsure(_UNKNOWN))
    return Outcome(ready)


def _settle(session: Session, outcome: Outcome, at: datetime) -> None:
    ready, failed = outcome.ready, outcome.failed
    ended: dict[str, Any] = {"ended_at": at, "via": ready.via}
    if failed is None:
        if outbox.settle(session, ready.id, MessageState.SENT, error=None, **ended):
            _note_sent(session, ready)
    elif isinstance(failed, Unsure):
        outbox.settle(session, ready.id, MessageState.UNCERTAIN, error=failed.message.to_json(), **ended)
    elif isinstance(failed, Later):
        outbox.put_off(session, ready.id, ready.attempts, failed.message, at)
    elif isinstance(failed, Down):
        outbox.give_back(session, ready.id, ready.attempts, at)
    else:
        outbox.settle(session, ready.id, MessageState.FAILED, error=failed.message.to_json(), **ended)
        if isinstance(failed, Refused) and failed.is_bounce:
            _note_bounce(session, ready, at)


def _note_sent(session: Session, ready: Ready) -> None:
    """What went out is kept. An invitation that left is an entry of the ledger; one in the folder has not left."""
    message = session.get(Message, ready.id, populate_existing=True)
    if message is None:
        return
    message.subject = ready.composed.subject[:300]
    message.body = _OWN_LINK.sub(r"/\1/…", ready.composed.text)  # a link is a key: nobody finds it here
    session.add(message)
    if message.kind != MessageKind.INVITATION or ready.via is Via.FOLDER:
        return
    contact = session.get(Contact, message.contact_id) if message.contact_id is not None else None
    ledger.record(
        session,
        SYSTEM,
        Channel.EMAIL,
        message.address,
        ConsentState.SENT,
        source=ConsentSource.FORM if message.author_id is None else ConsentSource.USER,
        proof=Proof(text=message.agreed, text_version=message.agreed_version),
        group_id=message.group_id,
        contact_number=contact.number if contact is not None else None,
    )


def _note_bounce(session: Session, ready: Ready, at: datetime) -> None:
    message = session.get(Message, ready.id)
    if message is not None and message.norm:
        suppression.add(session, [(outbox.channel_of(message), message.norm)], SuppressionReason.BOUNCED, at)


def _tell(problem: Text) -> None:
    with database.transaction() as session:
        server.tell(session, problem)
    log.warning("messages wait: %s", problem.msgid)
