"""Comments on a contact: written, mended and deleted by their author, plain text of several lines.

Colleagues are named in them by “@Name” (`services/mentions.py`)."""

from sqlmodel import Session, select

from crm_app.locales import text
from crm_app.models import Comment, Contact, Permission
from crm_app.models.base import now
from crm_app.services import mentions
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from crm_app.services.fields.texts import parse_text
from crm_app.services.fields.verdict import FieldContext

LENGTH = 10_000


def add(session: Session, actor: Actor, contact: Contact, written: str) -> Comment:
    """A new comment on a contact that was fetched through `cards.get`. Raises NotPermitted; Invalid ("text")."""
    actor.require(Permission.CONTACTS_EDIT)
    assert contact.id is not None
    words, named = mentions.stored(session, actor, _checked(written))
    made = Comment(contact_id=contact.id, user_id=actor.user_id, text=words)
    session.add(made)
    session.flush()
    mentions.note(session, actor, made, named)
    return made


def edit(session: Session, actor: Actor, contact: Contact, comment_id: int, written: str) -> Comment:
    """The author's other words; the same ones change nothing. Raises NotFound, NotPermitted; Invalid ("text")."""
    found = _own(session, actor, contact, comment_id)
    clean, named = mentions.stored(session, actor, _checked(written))
    if clean != found.text:
        found.text, found.edited_at = clean, now()
        session.add(found)
        session.flush()
        mentions.note(session, actor, found, named)
    return found


def delete(session: Session, actor: Actor, contact: Contact, comment_id: int) -> Comment:
    """Takes the author's comment off the timeline; doing it again changes nothing. Raises NotFound, NotPermitted."""
    found = _own(session, actor, contact, comment_id)
    if found.deleted_at is None:
        found.deleted_at = now()
        session.add(found)
        session.flush()
    return found


def restore(session: Session, actor: Actor, contact: Contact, comment_id: int) -> Comment:
    """Brings a deleted comment back; doing it again changes nothing. Raises NotFound, NotPermitted."""
    found = _own(session, actor, contact, comment_id)
    if found.deleted_at is not None:
        found.deleted_at = None
        session.add(found)
        session.flush()
    return found


def _own(session: Session, actor: Actor, contact: Contact, comment_id: int) -> Comment:
    actor.require(Permission.CONTACTS_EDIT)
    query = select(Comment).where(Comment.id == comment_id, Comment.contact_id == contact.id)
    found = session.exec(query).first()
    if found is None or (found.deleted_at is not None and found.user_id != actor.user_id):
        raise NotFound(text("There is no such comment."))
    if actor.user_id is None or found.user_id != actor.user_id:
        raise NotPermitted(text("Only who wrote a comment can change it."))
    return found


def _checked(written: str) -> str:
    """Raises Invalid for nothing, too much, and characters that no database holds."""
    verdict = parse_text(written, FieldContext(), LENGTH)
    if verdict.is_error:
        assert verdict.message is not None
        raise Invalid(verdict.message, "text")
    if not verdict.value:
        raise Invalid(text("Write something first."), "text")
    return str(verdict.value)
