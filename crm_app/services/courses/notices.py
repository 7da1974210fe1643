"""Notices to new members of a course: a template of the office, in each one's language, through the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import (
    Channel,
    Contact,
    Enrolment,
    EnrolmentStatus,
    LeftOut,
    Message,
    MessageState,
    MessageTemplate,
    MessageText,
    Permission,
)
from crm_app.services import installation
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.consent.addresses import reach
from crm_app.services.errors import Invalid
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.messages import outbox, permitted, singles, templates, values

# What has not reached anybody: a notice in such a state can be taken back.
UNSENT = (
    MessageState.PLANNED,
    MessageState.QUEUED,
    MessageState.LEFT_OUT,
    MessageState.CANCELLED,
    MessageState.FAILED,
)


@dataclass(slots=True)
class Put:
    """How many notices wait in the outbox now, and who got none and why: their messages stand as left out."""

    queued: int = 0
    left_out: dict[LeftOut, list[Message]] = field(default_factory=dict)


def choices(session: Session, actor: Actor) -> list[templates.Entry]:
    """Templates that can be a notice: service mails with words. Raises NotPermitted."""
    found = templates.listing(session, actor, Channel.EMAIL)
    return [one for one in found if one.languages and not one.template.is_newsletter]


def require(session: Session, actor: Actor, template_id: int, language: str = "") -> MessageTemplate:
    """The template of a notice. Raises NotPermitted, NotFound, Invalid("template" or "language")."""
    template = templates.get(session, actor, template_id)
    if template.channel != Channel.EMAIL or template.is_newsletter:
        raise Invalid(text("A notice is made from a template for service e-mails. Choose another one."), "template")
    spoken = {one.language for one in templates.newest(session, template_id)}
    if not spoken:
        raise Invalid(text("This template has no words yet."), "template")
    if language and language not in spoken:
        raise Invalid(text("This template has no words in that language."), "language")
    return template


def put(session: Session, actor: Actor, enrolments: Sequence[Enrolment], template_id: int, language: str = "") -> Put:
    """Puts a notice for each enrolment into the outbox; `language` empty = each contact's own.

    Who waits for a place gets none, nor does who had one for this enrolment before. Raises as `require`.
    """
    actor.require(Permission.CONTACTS_EDIT)
    require(session, actor, template_id, language)
    told = [one for one in enrolments if one.status != EnrolmentStatus.WAITING and one.notice_id is None]
    people = _contacts(session, told)
    here, texts = installation.current(session), templates.newest(session, template_id)
    context = FieldContext(country=here.country)
    reached = {id_: reach(contact, Channel.EMAIL, context) for id_, contact in people.items()}
    norms = list({norm for _, norm in reached.values() if norm})
    hindered = permitted.hindrances(session, Channel.EMAIL, norms, asks_consent=False)
    found, made = Put(), []
    for one in told:
        contact = people.get(one.contact_id or 0)
        if contact is None:
            continue
        address, norm = reached[contact.id or 0]
        wished = [language] if language else values.preferred(contact, here)
        message = singles.addressed(actor, contact, Channel.EMAIL, address, norm)
        _say(message, templates.chosen(texts, wished), _reason(contact, norm, hindered))
        made.append((one, message))
        if message.reason:
            found.left_out.setdefault(LeftOut(message.reason), []).append(message)
        else:
            found.queued += 1
    session.add_all([message for _, message in made])
    session.flush()
    for one, message in made:
        one.notice_id = message.id
        session.add(one)
    session.flush()
    return found


def _contacts(session: Session, enrolments: Sequence[Enrolment]) -> dict[int, Contact]:
    ids = sorted({one.contact_id for one in enrolments if one.contact_id is not None})
    found = session.exec(select(Contact).where(among(session, col(Contact.id), ids))).all() if ids else []
    return {one.id or 0: one for one in found}


def _say(message: Message, words: MessageText | None, reason: LeftOut | None) -> None:
    if words is not None:
        message.text_id, message.language = words.id, words.language
    message.message_id = outbox.new_message_id()
    if reason is not None:
        message.state, message.reason = MessageState.LEFT_OUT, reason


def _reason(contact: Contact, norm: str, hindered: Mapping[str, LeftOut]) -> LeftOut | None:
    """Why the contact gets no notice."""
    if not contact.active:
        return LeftOut.INACTIVE
    return hindered.get(norm) if norm else LeftOut.NO_ADDRESS
