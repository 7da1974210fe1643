"""Invitations: one mail that asks whether the address may be written to, with a link that says yes (double opt-in)."""

from datetime import timedelta

from sqlmodel import Session, col, select

from crm_app.locales import Text, render, text
from crm_app.models import (
    Channel,
    ConsentState,
    Contact,
    Installation,
    Message,
    MessageKind,
    MessageState,
    Permission,
    Tag,
)
from crm_app.models.base import now
from crm_app.services import audit, installation
from crm_app.services.actor import Actor
from crm_app.services.consent import groups, ledger, suppression
from crm_app.services.consent.addresses import norm_of
from crm_app.services.errors import Conflict, Invalid
from crm_app.services.messages import outbox, values

PAUSE = timedelta(hours=24)  # between two invitations to one address
VERSION = "1"  # of the words below: whoever changes what is agreed to counts on
SUBJECT = text("Please confirm: news from {organisation}")
AGREED = text("I would like to get news from {organisation} by e-mail. I can withdraw this at any time.")
AGREED_GROUP = text("I would like to get “{group}” from {organisation} by e-mail. I can withdraw this at any time.")
GREETING = text("Hello {name},")
GREETING_WITHOUT = text("Hello,")
ASKED = text("may we write to you at this address? One click says yes:")
BUTTON = text("Yes, I agree")
MEANING = text("By this you agree to:")
OTHERWISE = text("If this was not you, do nothing: nothing will be sent.")
_OPEN = (MessageState.QUEUED, MessageState.SENDING, MessageState.SENT, MessageState.UNCERTAIN)


def invite(
    session: Session,
    actor: Actor,
    contact: Contact,
    *,
    group_id: int | None = None,
    is_asked_for: bool = False,
    address: str = "",
    agreement: tuple[str, str] | None = None,
) -> Message:
    """Puts the invitation into the outbox; the ledger says "sent" once it is.

    `is_asked_for`: the person did, by a form, with `agreement`: its words and their version. A user invites nobody who
    said no, and nobody twice a day. `address` is the contact's own unless another is named.
    Raises NotPermitted; NotFound for what is no group; Invalid("email") without an address; Conflict.
    """
    if not is_asked_for:
        actor.require(Permission.CONTACTS_EDIT)
    address = address or contact.email or ""
    if not address:
        raise Invalid(text("This contact has no e-mail address to write to."), "email")
    if group_id is not None:
        groups.get(session, group_id)
    norm = norm_of(session, Channel.EMAIL, address)
    state = ledger.state_of(session, Channel.EMAIL, address, group_id)
    if state is ConsentState.CONFIRMED:
        raise Conflict(text("This address has agreed already."))
    is_refused = state is ConsentState.REVOKED or suppression.reasons(session, [(Channel.EMAIL, norm)])
    if is_refused and not is_asked_for:
        raise Conflict(text("This address does not want to be written to. Only the person can change that."))
    if _is_invited(session, norm, group_id):
        raise Conflict(text("An invitation to this address went out within the last day. Wait for the answer."))
    language = public_language(contact, installation.current(session))
    agreed, version = agreement or (render(asking(session, group_id), language), VERSION)
    made = Message(
        kind=MessageKind.INVITATION,
        channel=Channel.EMAIL,
        contact_id=contact.id,
        author_id=None if is_asked_for else actor.user_id,
        group_id=group_id,
        address=address,
        norm=norm,
        language=language,
        agreed=agreed,
        agreed_version=version,
        priority=outbox.PERSONAL,
    )
    outbox.put(session, made)
    audit.record(session, actor, "consent.invited", contact=contact.number, message=made.id or 0)
    return made


def public_language(contact: Contact | None, here: Installation) -> str:
    """The language in which a person without an account is written to."""
    from crm_app.locales import PUBLIC_LANGUAGES

    wished = values.preferred(contact, here) if contact is not None else [here.language]
    return next((one for one in wished if one in PUBLIC_LANGUAGES), "en")


def asking(session: Session, group_id: int | None) -> Text:
    """What an invitation asks for that no form asked for."""
    organisation = installation.current(session).name or "CRM"
    group = session.get(Tag, group_id) if group_id is not None else None
    if group is None:
        return text(AGREED.msgid, organisation=organisation)
    return text(AGREED_GROUP.msgid, organisation=organisation, group=group.name)


def words(session: Session, contact: Contact | None, message: Message, link: str) -> tuple[str, str]:
    """Subject and body of the invitation, ready as they are."""
    language = message.language
    organisation = installation.current(session).name or "CRM"

    def told(message: Text) -> str:
        return values.written(render(message, language))

    name = contact.first_name if contact else None
    greeting = text(GREETING.msgid, name=name) if name else GREETING_WITHOUT
    parts = [
        told(greeting),
        told(ASKED),
        f"[{told(BUTTON)}]({link})",
        told(MEANING),
        f"> {values.written(message.agreed)}",
        told(OTHERWISE),
    ]
    return render(text(SUBJECT.msgid, organisation=organisation), language), "\n\n".join(parts)


def _is_invited(session: Session, norm: str, group_id: int | None) -> bool:
    query = select(Message.id).where(
        Message.kind == MessageKind.INVITATION,
        Message.norm == norm,
        col(Message.state).in_(_OPEN),
        Message.created_at > now() - PAUSE,
        col(Message.group_id).is_(None) if group_id is None else col(Message.group_id) == group_id,
    )
    return session.exec(query.limit(1)).first() is not None
