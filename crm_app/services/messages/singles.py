"""One message to one contact, written by hand or made from a template."""

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Channel, Contact, Message, MessageKind, MessageTemplate, MessageText, Permission
from crm_app.services import audit, installation
from crm_app.services.actor import Actor
from crm_app.services.consent import suppression
from crm_app.services.consent.addresses import reached
from crm_app.services.errors import Conflict, Invalid
from crm_app.services.messages import composing, outbox, sandbox, server, templates, values
from crm_app.services.messages.templates import BODY_LENGTH, SUBJECT_LENGTH

_LABELS = {Channel.EMAIL: text("e-mail address"), Channel.SMS: text("phone number")}


def write(
    session: Session,
    actor: Actor,
    contact: Contact,
    *,
    body: str,
    subject: str = "",
    channel: Channel = Channel.EMAIL,
) -> Message:
    """Puts what somebody wrote into the outbox; fields between braces are no fields here, but what they are.

    Raises NotPermitted, Invalid(field), Conflict for an address that must not be written to.
    """
    subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
    if channel is Channel.EMAIL and not subject:
        raise Invalid(text("Please type a subject."), "subject")
    if not body:
        raise Invalid(text("Please type what the message says."), "body")
    if len(subject) > SUBJECT_LENGTH:
        raise Invalid(text("The subject may have {most} characters.", most=SUBJECT_LENGTH), "subject")
    if len(body) > BODY_LENGTH:
        raise Invalid(text("The message may have {most} characters.", most=BODY_LENGTH), "body")
    made = _to(session, actor, contact, channel)
    made.subject, made.body = subject, body
    made.language = values.preferred(contact, installation.current(session))[0]
    return _put(session, actor, contact, made)


def begun(session: Session, actor: Actor, contact: Contact, template_id: int) -> tuple[str, str]:
    """Subject and body of a template with the contact's values, to go on writing. Raises NotFound, Invalid."""
    template = templates.get(session, actor, template_id)
    words = words_for(session, contact, template)
    filled = values.of_contact(session, contact, installation.current(session), words.language)
    if template.channel == Channel.SMS:
        return "", composing.sms(words.body, filled).text
    subject, body = (sandbox.fill(one, filled, values.plain) for one in (words.subject, words.body))
    return subject, body


def from_template(session: Session, actor: Actor, contact: Contact, template_id: int) -> Message:
    """Puts a template as it is into the outbox. Raises like `write`, and NotFound."""
    template = templates.get(session, actor, template_id)
    words = words_for(session, contact, template)
    made = _to(session, actor, contact, Channel(template.channel))
    made.text_id, made.language, made.is_newsletter = words.id, words.language, template.is_newsletter
    return _put(session, actor, contact, made)


def words_for(session: Session, contact: Contact, template: MessageTemplate) -> MessageText:
    """The template's words in the contact's language. Raises Invalid when it has none at all."""
    texts = templates.newest(session, template.id or 0)
    words = templates.chosen(texts, values.preferred(contact, installation.current(session)))
    if words is None:
        raise Invalid(text("This template has no words yet."), "template")
    return words


def _to(session: Session, actor: Actor, contact: Contact, channel: Channel) -> Message:
    actor.require(Permission.CONTACTS_EDIT)
    address, norm = reached(session, contact, channel)
    if not norm:
        raise Invalid(text("This contact has no {kind} to write to.", kind=_LABELS[channel]), "address")
    if channel is Channel.SMS and not server.current(session).sms_url:
        raise Conflict(server.NO_SMS)
    if suppression.reasons(session, [(channel, norm)]):
        raise Conflict(text("This address must not be written to: see what the card says of consent."))
    return Message(
        kind=MessageKind.SINGLE,
        channel=channel,
        contact_id=contact.id,
        author_id=actor.user_id,
        address=norm if channel is Channel.SMS else address,
        norm=norm,
        priority=outbox.PERSONAL,
    )


def _put(session: Session, actor: Actor, contact: Contact, message: Message) -> Message:
    outbox.put(session, message)
    audit.record(session, actor, "message.written", contact=contact.number, message=message.id or 0)
    return message
