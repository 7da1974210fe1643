"""Who belongs to whom: parents and children, payers and students, companies and their people.

A relation is stored once and read from both sides; on each side the other contact has the role that is right there.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, or_, select

from crm_app.locales import Text, text
from crm_app.models import Activity, ActivityKind, Contact, Permission, Relation, RelationKind
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.contacts.visibility import visible
from crm_app.services.errors import Conflict, Invalid, NotFound

# What the other contact is to this one: the kind of the relation, and whether it stands first in it.
ROLES: dict[str, tuple[RelationKind, bool]] = {
    "parent": (RelationKind.PARENT, True),
    "child": (RelationKind.PARENT, False),
    "payer": (RelationKind.PAYER, True),
    "student": (RelationKind.PAYER, False),
    "company": (RelationKind.COMPANY, True),
    "person": (RelationKind.COMPANY, False),
}
WORDS: dict[str, Text] = {
    "parent": text("Parent"),
    "child": text("Child"),
    "payer": text("Payer"),
    "student": text("Student"),
    "company": text("Company"),
    "person": text("Person"),
}
MOST = 200  # of one contact
_ROLE_OF = {ends: role for role, ends in ROLES.items()}


@dataclass(frozen=True, slots=True)
class Related:
    """A relation as one side sees it: `role` is what `contact` is to it."""

    id: int
    role: str
    contact: Contact


def of(session: Session, actor: Actor, contact: Contact) -> list[Related]:
    """The relations of a contact that was fetched through `cards.get`, by role; others only as far as they are visible
    to the actor.
    """
    found = []
    for is_first in (True, False):
        other = col(Relation.contact_id) if is_first else col(Relation.other_id)
        mine = col(Relation.other_id) if is_first else col(Relation.contact_id)
        query = select(Relation, Contact).join(Contact, col(Contact.id) == other)
        for relation, one in session.exec(query.where(mine == contact.id, *visible(actor))):
            found.append(Related(relation.id or 0, _ROLE_OF[RelationKind(relation.kind), is_first], one))
    order = list(ROLES)
    return sorted(found, key=lambda one: (order.index(one.role), one.contact.sort_name, one.id))


def add(session: Session, actor: Actor, contact: Contact, role: str, number: int) -> int:
    """The contact with that number gets the role; what is there already stays. Returns the relation's id.

    Raises NotPermitted; NotFound for a contact that is missing or foreign; Invalid for a role nobody knows or the
    contact itself; Conflict when they are related the other way round, or for too many.
    """
    actor.require(Permission.CONTACTS_EDIT)
    if role not in ROLES:
        raise Invalid(text("Choose how the two belong together."), "role")
    database.one_at_a_time(session, "relation")
    other = cards.get(session, actor, number)
    if other.id == contact.id:
        raise Invalid(text("A contact cannot be related to itself."), "other")
    kind, is_first = ROLES[role]
    ends = (other.id or 0, contact.id or 0) if is_first else (contact.id or 0, other.id or 0)
    there = session.exec(_between(contact, other).where(Relation.kind == kind)).all()
    for one in there:
        if (one.contact_id, one.other_id) == ends:
            return one.id or 0
    if there:
        raise Conflict(text("The two are related the other way round already."))
    if len(session.exec(select(Relation.id).where(_touches(contact)).limit(MOST)).all()) >= MOST:
        raise Conflict(text("A contact has at most {most} relations.", most=MOST))
    made = Relation(contact_id=ends[0], other_id=ends[1], kind=kind)
    session.add(made)
    _note(session, actor, contact, other, role, ActivityKind.RELATED)
    session.flush()
    return made.id or 0


def remove(session: Session, actor: Actor, contact: Contact, relation_id: int) -> tuple[str, int]:
    """Takes a relation of the contact away. Returns what `add` takes to bring it back: the role and the number.

    Raises NotPermitted; NotFound for a relation that is gone, or none of this contact, or to somebody foreign.
    """
    actor.require(Permission.CONTACTS_EDIT)
    found = next((one for one in of(session, actor, contact) if one.id == relation_id), None)
    if found is None:
        raise NotFound(text("There is no such relation any more."))
    session.delete(session.get_one(Relation, relation_id))
    _note(session, actor, contact, found.contact, found.role, ActivityKind.UNRELATED)
    session.flush()
    return found.role, found.contact.number


def _between(contact: Contact, other: Contact):  # type: ignore[no-untyped-def]  # a select: its type says nothing more
    ids = (contact.id, other.id)
    return select(Relation).where(col(Relation.contact_id).in_(ids), col(Relation.other_id).in_(ids))


def _touches(contact: Contact):  # type: ignore[no-untyped-def]
    return or_(col(Relation.contact_id) == contact.id, col(Relation.other_id) == contact.id)


def _note(session: Session, actor: Actor, contact: Contact, other: Contact, role: str, kind: ActivityKind) -> None:
    """On both timelines, by number: no name stands where its owner could not have it erased."""
    meant, is_first = ROLES[role]
    for one, whom, as_role in ((contact, other, role), (other, contact, _ROLE_OF[meant, not is_first])):
        data = {"role": as_role, "number": whom.number}
        session.add(Activity(contact_id=one.id or 0, kind=kind, user_id=actor.user_id, data=data))
