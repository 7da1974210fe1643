"""Notices to new members of a course: a template of the office, in each one's language, through the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from crm_app.locales import DEFAULT, text
from crm_app.models import (
    Channel,
    Contact,
    Enrolment,
    EnrolmentStatus,
    LeftOut,
    Message,
    MessageKind,
    MessageState,
    MessageTemplate,
    MessageText,
    Permission,
)
from crm_app.models.base import now
from crm_app.services import installation
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.consent.addresses import reach
from crm_app.services.errors import Invalid
from crm_app.services.fields.verdict import FieldContext
from crm_app.services.messages import outbox, permitted, templates, values

# What has not reached anybody: a notice in such a state can be taken back.
UNSENT = (
    MessageState.PLANNED,
    MessageState.QUEUED,
    MessageState.LEFT_OUT,
    MessageState.CANCELLED,
    MessageState.FAILED,
)


_EMPTY = Message(kind=MessageKind.SINGLE, channel=Channel.EMAIL, priority=outbox.PERSONAL).model_dump(exclude={"id"})


@dataclass(slots=True)
class Put:
    """How many notices wait in the outbox now, and how many got none and why: these stand there as left out."""

    queued: int = 0
    left_out: dict[LeftOut, int] = field(default_factory=dict)


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
    found, rows, members = Put(), [], []
    for one in told:
        contact = people.get(one.contact_id or 0)
        if contact is None:
            continue
        address, norm = reached[contact.id or 0]
        words = templates.chosen(texts, [language] if language else values.preferred(contact, here))
        reason = _reason(contact, norm, hindered)
        rows.append(_row(actor, contact, (address, norm), words, reason))
        members.append(one)
        if reason is None:
            found.queued += 1
        else:
            found.left_out[reason] = found.left_out.get(reason, 0) + 1
    if rows:
        made = insert(Message).returning(col(Message.id), sort_by_parameter_order=True)
        for one, id_ in zip(members, session.scalars(made, rows), strict=True):
            one.notice_id = id_
            session.add(one)
    session.flush()
    return found


def _contacts(session: Session, enrolments: Sequence[Enrolment]) -> dict[int, Contact]:
    ids = sorted({one.contact_id for one in enrolments if one.contact_id is not None})
    found = session.exec(select(Contact).where(among(session, col(Contact.id), ids))).all() if ids else []
    return {one.id or 0: one for one in found}


def _row(
    actor: Actor, contact: Contact, reached: tuple[str, str], words: MessageText | None, reason: LeftOut | None
) -> dict[str, Any]:
    """The message as a row: objects by the thousand would take most of the time of an import."""
    address, norm = reached
    return {
        **_EMPTY,
        "contact_id": contact.id,
        "author_id": actor.user_id,
        "address": address,
        "norm": norm,
        "text_id": words.id if words else None,
        "language": words.language if words else DEFAULT,
        "message_id": outbox.new_message_id(),
        "state": MessageState.QUEUED.value if reason is None else MessageState.LEFT_OUT.value,
        "reason": reason.value if reason else "",
        "next_at": now(),
        "created_at": now(),
    }


def _reason(contact: Contact, norm: str, hindered: Mapping[str, LeftOut]) -> LeftOut | None:
    """Why the contact gets no notice."""
    if not contact.active:
        return LeftOut.INACTIVE
    return hindered.get(norm) if norm else LeftOut.NO_ADDRESS
