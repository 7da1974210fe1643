"""Hand-picked segments: contacts put into them one by one or many at once, whatever their values say."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, exists, select
from sqlmodel import Session, col

from crm_app.locales import text
from crm_app.models import Contact, Permission, Segment, SegmentContact
from crm_app.services import audit, bulk, segments
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import Conflict
from crm_app.services.filters import choices, subjects
from crm_app.services.filters.operators import Kind
from crm_app.services.filters.questions import Question, Subject
from crm_app.services.filters.tree import Condition, Group

SUBJECT = "segment"
_NOT_PICKED = text("Contacts are put into hand-picked segments only; the others find theirs by conditions.")

Rows = Sequence[tuple[int, int]]  # contact and segment


def make(session: Session, actor: Actor, name: str) -> Segment:
    """A new hand-picked segment of the actor's own, without anybody in it yet. Raises like `segments.save`."""
    made = segments.save(session, actor, name, ContactFilter())
    made.is_picked = True
    members = Group(items=(Condition(SUBJECT, "any", (str(made.id),)),))
    made.filter = ContactFilter(inactive=True, where=members).to_params()
    session.add(made)
    session.flush()
    return made


def changeable(session: Session, actor: Actor, segment_id: int) -> Segment:
    """The hand-picked segment, to be changed. Raises NotFound, NotPermitted, and Conflict for one that is no such."""
    found = segments.changeable(session, actor, segment_id)
    if not found.is_picked:
        raise Conflict(_NOT_PICKED)
    return found


def listing(session: Session, actor: Actor) -> list[Segment]:
    """The hand-picked segments the actor may change, own ones first."""
    return [one.segment for one in segments.listing(session, actor) if one.segment.is_picked and one.is_changeable]


def of_contact(session: Session, actor: Actor, contact: Contact) -> list[segments.Entry]:
    """The hand-picked segments with this contact in them that the actor sees."""
    mine = select(col(SegmentContact.segment_id)).where(SegmentContact.contact_id == contact.id)  # type: ignore[arg-type]
    ids = set(session.execute(mine).scalars())
    return [one for one in segments.listing(session, actor) if one.segment.id in ids]


def put(session: Session, actor: Actor, contact: Contact, segment_id: int, *, is_in: bool) -> Segment:
    """Puts one contact in, or takes it out; again changes nothing. Raises like `changeable`."""
    actor.require(Permission.CONTACTS_READ)
    found = changeable(session, actor, segment_id)
    (give if is_in else take)(session, [(cards.id_of(contact), segment_id)])
    audit.record(session, actor, "segment.put" if is_in else "segment.take", segment=segment_id, contacts=1)
    return found


def give(session: Session, rows: Rows) -> None:
    """Those that are in already stay."""
    statement = "INSERT INTO segment_contact (contact_id, segment_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
    bulk.run(session, statement, rows)


def take(session: Session, rows: Rows) -> None:
    bulk.run(session, "DELETE FROM segment_contact WHERE contact_id = ? AND segment_id = ?", rows)


def forget(session: Session, contact_ids: Sequence[int]) -> None:
    """These contacts are about to go, in a connection that enforces no foreign keys."""
    gone = delete(SegmentContact).where(bulk.among(session, col(SegmentContact.contact_id), contact_ids))
    session.execute(gone.execution_options(synchronize_session=False))


def _members(session: Session, asked: Question) -> ColumnElement[bool]:
    """Contacts by the hand-picked segments they are in, as far as the asker sees those."""
    seen = _seen(session, asked.asker.actor)
    if asked.operator in ("empty", "filled"):
        found = _in(list(seen))
        return found if asked.operator == "filled" else ~found
    ids = [id_ for id_ in asked.ids if id_ in seen]
    if asked.operator == "all":
        parts = [_in([id_]) for id_ in ids] if len(ids) == len(asked.values) else [_in([])]
        found = parts[0]
        for part in parts[1:]:
            found = found & part
        return found
    found = _in(ids)
    return ~found if asked.operator == "none" else found


def _in(ids: Sequence[int]) -> ColumnElement[bool]:
    return exists().where(col(SegmentContact.contact_id) == col(Contact.id), col(SegmentContact.segment_id).in_(ids))


def _seen(session: Session, actor: Actor) -> dict[int, str]:
    found = segments.listing(session, actor)
    return {one.segment.id: one.segment.name for one in found if one.segment.is_picked and one.segment.id}


def _choices(session: Session, actor: Actor) -> choices.Pairs:
    return [(str(id_), name) for id_, name in _seen(session, actor).items()]


choices.register(SUBJECT, _choices)
subjects.register(
    Subject(SUBJECT, text("Hand-picked segment"), Kind.MANY, subjects.FieldGroup.CRM, _members, has_choices=True)
)
