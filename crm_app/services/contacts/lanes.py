"""The list as a board: a lane for each status in its order, and the move of a contact from one to another."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, select

from crm_app.locales import text
from crm_app.models import Contact, LeadStatus
from crm_app.services import choosable, segments
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import Invalid
from crm_app.services.filters.tree import Condition, Group

CARDS = 20


@dataclass(frozen=True, slots=True)
class Lane:
    """One status, None for contacts without; the first of its contacts, and how many there are."""

    status: LeadStatus | None
    contacts: list[Contact]
    total: int  # counted to listing.COUNT_LIMIT + 1 at most


def lanes(session: Session, actor: Actor, wanted: ContactFilter, shown: Mapping[int, int]) -> list[Lane]:
    """Contacts without a status first, then every status; `shown` says of how many more than CARDS are wanted, by id.

    Raises like `audience.conditions`.
    """
    wanted = segments.resolved(session, actor, wanted)
    found = []
    for status in (None, *choosable.statuses(session)):
        id_ = status.id or 0 if status else 0
        condition = Condition("status", "any", (str(id_),)) if status else Condition("status", "empty")
        narrowed = replace(wanted, where=Group(items=(condition, *([wanted.where] if wanted.where else []))))
        page = listing.page(session, actor, narrowed, limit=min(shown.get(id_, CARDS), 10 * CARDS))
        found.append(Lane(status, page.contacts, page.total))
    return found


def move(session: Session, actor: Actor, number: int, status_id: int | None) -> tuple[Contact, int | None]:
    """Gives the contact the status, with an entry on its timeline; the same again changes nothing.

    Returns the contact and the status it had. Raises NotFound, NotPermitted, Invalid for a status that is not there.
    """
    contact = cards.get(session, actor, number)
    before = contact.status_id
    status = session.exec(select(LeadStatus).where(LeadStatus.id == status_id)).first() if status_id else None
    if status_id and status is None:
        raise Invalid(text("This status is not there any more. Load the page again."))
    if before != (status_id or None):
        cards.change(session, actor, contact, {"status": status.name if status else ""})
    return contact, before


def take_back(session: Session, actor: Actor, number: int, before: int | None, after: int | None) -> str:
    """Gives back the status from before, if it still is the one that was given. Returns the contact's name, or nothing.

    Raises like `move`.
    """
    contact = cards.get(session, actor, number)
    if contact.status_id != after:
        return ""
    move(session, actor, number, before)
    return contact.display_name


def status_name(session: Session, contact: Contact) -> str:
    """What the contact's status is called; empty for none."""
    status = session.get(LeadStatus, contact.status_id) if contact.status_id else None
    return status.name if status else ""
