"""Templates: kept by name, their words by language; every saving is a version, and what went out keeps its own.

A branch sees its own and those of the head office, which it uses and does not change.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from crm_app.locales import PUBLIC_LANGUAGES, text
from crm_app.models import MAIN_BRANCH, Channel, MessageTemplate, MessageText, Permission
from crm_app.models.base import now
from crm_app.services import audit
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.folding import fold
from crm_app.services.messages import sandbox, values

NAME_LENGTH, SUBJECT_LENGTH, BODY_LENGTH = 100, 200, 20_000
LANGUAGES = tuple(PUBLIC_LANGUAGES)  # a template may speak more than the pages do
CHANNELS = (Channel.EMAIL, Channel.SMS)


@dataclass(frozen=True, slots=True)
class Entry:
    """A template, the languages it speaks, and whether the actor may change it."""

    template: MessageTemplate
    languages: tuple[str, ...]
    is_changeable: bool = True


def listing(session: Session, actor: Actor, channel: Channel | None = None) -> list[Entry]:
    """Templates by name, removed ones left out. Everybody who writes to contacts chooses among them.

    Raises NotPermitted.
    """
    actor.require(Permission.CONTACTS_READ)
    query = select(MessageTemplate).where(col(MessageTemplate.removed_at).is_(None), *_seen(actor))
    if channel is not None:
        query = query.where(MessageTemplate.channel == channel)
    found = session.exec(query.order_by(col(MessageTemplate.folded), col(MessageTemplate.id))).all()
    spoken: dict[int, list[str]] = {}
    pairs = select(MessageText.template_id, MessageText.language).distinct()
    for template_id, language in session.exec(pairs.order_by(col(MessageText.language))):
        spoken.setdefault(template_id, []).append(language)
    return [Entry(one, tuple(spoken.get(one.id or 0, ())), may_change(actor, one)) for one in found]


def get(session: Session, actor: Actor, template_id: int) -> MessageTemplate:
    """Raises NotFound, also for a removed one and one of another branch; NotPermitted."""
    actor.require(Permission.CONTACTS_READ)
    found = _one(session, actor, template_id)
    if found.removed_at is not None:
        raise NotFound(text("There is no such template."))
    return found


def may_change(actor: Actor, template: MessageTemplate) -> bool:
    """Whether it is of the actor's branches; the head office decides about its own."""
    return actor.may(Permission.MESSAGES) and (actor.branch_ids is None or template.branch_id in actor.branch_ids)


def add(session: Session, actor: Actor, name: str, channel: Channel, *, is_newsletter: bool) -> MessageTemplate:
    """A template without words. Raises NotPermitted, Invalid("name"), Conflict for a name that is taken."""
    actor.require(Permission.MESSAGES)
    if channel not in CHANNELS:
        raise Invalid(text("Please choose e-mail or text message."), "channel")
    cleaned = _name(session, actor, name, None)
    made = MessageTemplate(
        name=cleaned, folded=fold(cleaned), branch_id=actor.branch_id, channel=channel, is_newsletter=is_newsletter
    )
    session.add(made)
    session.flush()
    audit.record(session, actor, "template.added", template=made.id or 0)
    return made


def change(session: Session, actor: Actor, template_id: int, *, name: str, is_newsletter: bool) -> MessageTemplate:
    """Raises NotPermitted, NotFound, Invalid, Conflict; Invalid("body") when its words do not go with it."""
    found = _changeable(session, actor, template_id)
    cleaned = _name(session, actor, name, found.id)
    if found.is_newsletter != is_newsletter:
        for one in newest(session, template_id):
            _check(session, one.subject, one.body, Channel(found.channel), is_newsletter)
    found.name, found.folded, found.is_newsletter = cleaned, fold(cleaned), is_newsletter
    session.add(found)
    session.flush()
    audit.record(session, actor, "template.changed", template=found.id or 0)
    return found


def remove(session: Session, actor: Actor, template_id: int) -> None:
    """It is offered no more; what was made from it stays. Raises NotPermitted, NotFound."""
    found = _changeable(session, actor, template_id)
    found.removed_at = now()
    session.add(found)
    session.flush()
    audit.record(session, actor, "template.removed", template=template_id)


def bring_back(session: Session, actor: Actor, template_id: int) -> None:
    """Raises NotPermitted, NotFound; Conflict when its name was given again."""
    found = _changeable(session, actor, template_id, removed=True)
    _name(session, actor, found.name, found.id)
    found.removed_at = None
    session.add(found)
    session.flush()


def write(session: Session, actor: Actor, template_id: int, language: str, *, subject: str, body: str) -> MessageText:
    """The words in one language; the same again change nothing.

    Raises NotPermitted, NotFound, Invalid("subject" or "body") that says what is not understood.
    """
    template = _changeable(session, actor, template_id)
    if language not in LANGUAGES:
        raise Invalid(text("Please choose a language from the list."), "language")
    subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
    channel = Channel(template.channel)
    _check(session, subject, body, channel, template.is_newsletter)
    if channel is Channel.SMS:
        subject = ""
    before = current(session, template_id, language)
    if before is not None and (before.subject, before.body) == (subject, body):
        return before
    made = MessageText(
        template_id=template_id,
        language=language,
        version=before.version + 1 if before else 1,
        subject=subject,
        body=body,
        user_id=actor.user_id,
    )
    session.add(made)
    session.flush()
    audit.record(session, actor, "template.written", template=template_id, language=language, version=made.version)
    return made


def check(session: Session, subject: str, body: str, channel: Channel, *, is_newsletter: bool) -> None:
    """Raises Invalid("subject" or "body") for words that cannot be sent."""
    _check(session, " ".join(subject.split()), body.strip(), channel, is_newsletter)


def current(session: Session, template_id: int, language: str) -> MessageText | None:
    """The newest words in that language."""
    query = select(MessageText).where(MessageText.template_id == template_id, MessageText.language == language)
    return session.exec(query.order_by(col(MessageText.version).desc()).limit(1)).first()


def newest(session: Session, template_id: int) -> list[MessageText]:
    """The newest words in each language."""
    last = (
        select(MessageText.language, func.max(MessageText.version).label("version"))
        .where(MessageText.template_id == template_id)
        .group_by(col(MessageText.language))
        .subquery()
    )
    query = select(MessageText).where(
        MessageText.template_id == template_id,
        MessageText.language == last.c.language,
        MessageText.version == last.c.version,
    )
    return list(session.exec(query.order_by(col(MessageText.language))).all())


def chosen(texts: Sequence[MessageText], wished: Sequence[str]) -> MessageText | None:
    """The words in the first of the wished languages there are; any, where there is none of them."""
    by_language = {one.language: one for one in texts}
    return next((by_language[one] for one in wished if one in by_language), texts[0] if texts else None)


def _changeable(session: Session, actor: Actor, template_id: int, *, removed: bool = False) -> MessageTemplate:
    """One that the actor may change. Raises NotPermitted, NotFound."""
    actor.require(Permission.MESSAGES)
    found = (_one if removed else get)(session, actor, template_id)
    if not may_change(actor, found):
        raise NotPermitted(text("Templates of the head office are changed there."))
    return found


def _one(session: Session, actor: Actor, template_id: int) -> MessageTemplate:
    found = session.exec(select(MessageTemplate).where(MessageTemplate.id == template_id, *_seen(actor))).first()
    if found is None:
        raise NotFound(text("There is no such template."))
    return found


def _seen(actor: Actor) -> list[ColumnElement[bool]]:
    branches = actor.branch_ids
    return [] if branches is None else [col(MessageTemplate.branch_id).in_(sorted(branches | {MAIN_BRANCH}))]


def _name(session: Session, actor: Actor, name: str, own: int | None) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > NAME_LENGTH:
        raise Invalid(text("Please give it a name of at most {most} characters.", most=NAME_LENGTH), "name")
    taken = select(MessageTemplate.id).where(
        MessageTemplate.folded == fold(cleaned),
        col(MessageTemplate.removed_at).is_(None),
        col(MessageTemplate.id) != (own or 0),
        *_seen(actor),
    )
    if session.exec(taken).first() is not None:
        raise Conflict(text("There is a template with the name “{name}” already.", name=cleaned))
    return cleaned


def _check(session: Session, subject: str, body: str, channel: Channel, is_newsletter: bool) -> None:
    if channel is Channel.EMAIL and not subject:
        raise Invalid(text("Please type a subject."), "subject")
    if len(subject) > SUBJECT_LENGTH:
        raise Invalid(text("The subject may have {most} characters.", most=SUBJECT_LENGTH), "subject")
    if not body:
        raise Invalid(text("Please type what the message says."), "body")
    if len(body) > BODY_LENGTH:
        raise Invalid(text("The message may have {most} characters.", most=BODY_LENGTH), "body")
    names, own = values.known(session, is_newsletter=is_newsletter)
    try:
        sandbox.check(subject, [name for name in names if name not in values.LINKS], own)
    except Invalid as error:
        raise Invalid(error.message, "subject") from error
    sandbox.check(body, names, own)
