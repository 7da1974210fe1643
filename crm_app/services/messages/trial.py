"""A message to oneself, at once: does the mail server take it, what does a template look like."""

from datetime import datetime

from sqlmodel import Session

from crm_app.locales import render, text
from crm_app.models import Channel, Contact, MailServer, Message, MessageKind, Permission, User
from crm_app.services import installation
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid
from crm_app.services.messages import composing, outbox, server, templates, transport, values
from crm_app.services.messages.composing import Composed
from crm_app.services.messages.server import Account

_SUBJECT = text("A test of the mail server")
_BODY = text("This is a test. The mail server takes messages of this CRM.")
_NO_LINK = "https://example.org/"  # where a real message has links of its own


def letter(session: Session, actor: Actor) -> tuple[Account, str, Message, Composed, MailServer]:
    """What is needed to try the mail server: nothing is stored. Raises NotPermitted, Conflict without a server."""
    actor.require(Permission.SETTINGS)
    here = server.current(session)
    if not server.is_set(here):
        raise Conflict(text("No mail server is set."))
    user = session.get_one(User, actor.user_id)
    message = Message(
        kind=MessageKind.TEST,
        channel=Channel.EMAIL,
        address=user.email,
        language=actor.language,
        message_id=outbox.new_message_id(),
    )
    composed = composing.finished(
        render(_SUBJECT, actor.language), render(_BODY, actor.language), language=actor.language, imprint=here.imprint
    )
    return server.account(session, here), user.email, message, composed, here


def send(account: Account, to: str, message: Message, composed: Composed, here: MailServer, *, at: datetime) -> None:
    """Hands it to the server now, outside of any transaction. Raises Conflict that says what went wrong."""
    try:
        with transport.smtp(account) as line:
            line.send(to, composing.as_mail(message, composed, here, at=at))
    except transport.Failed as failed:
        raise Conflict(failed.message) from failed


def preview(
    session: Session,
    contact: Contact | None,
    channel: Channel,
    *,
    subject: str,
    body: str,
    is_newsletter: bool,
    language: str,
) -> Composed:
    """What these words become for the contact; without one, for nobody in particular. Raises Invalid(field)."""
    templates.check(session, subject, body, channel, is_newsletter=is_newsletter)
    here = installation.current(session)
    filled = values.of_contact(session, contact, here, language) if contact else values.of_installation(here)
    if channel is Channel.SMS:
        return composing.sms(body, filled)
    links = dict.fromkeys(values.LINKS, _NO_LINK) if is_newsletter else {}
    return composing.mail(
        subject,
        body,
        values.typed(filled, **links),
        language=language,
        imprint=server.current(session).imprint,
        opt_out=_NO_LINK if is_newsletter else "",
    )


def to_oneself(session: Session, actor: Actor, composed: Composed) -> Message:
    """Puts a preview into the outbox, to the actor's own address. Raises NotPermitted, Invalid where that is none."""
    actor.require(Permission.MESSAGES)
    user = session.get(User, actor.user_id)
    if user is None:
        raise Invalid(text("Only a user has an address to send a test to."))
    return outbox.put(
        session,
        Message(
            kind=MessageKind.TEST,
            channel=Channel.EMAIL,
            author_id=actor.user_id,
            address=user.email,
            language=actor.language,
            subject=composed.subject,
            body=composed.source,
            priority=outbox.PERSONAL,
        ),
    )
