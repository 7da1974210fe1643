"""A contact found by what somebody types of it: the number, or a part of name, e-mail or phone."""

from sqlmodel import Session

from crm_app.models import Contact
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import NotFound
from crm_app.services.filters.questions import is_id

LONGEST = 200


def by_text(session: Session, actor: Actor, asked: str, *, most: int, but_for: int = 0) -> list[Contact]:
    """Visible contacts, also inactive ones, the one with that number first; without the number `but_for`."""
    asked = asked.strip().removeprefix("#")[:LONGEST]
    if not asked:
        return []
    found = _by_number(session, actor, asked)
    page = listing.page(session, actor, ContactFilter(query=asked, inactive=True), limit=most + 1)
    found += [one for one in page.contacts if one not in found]
    return [one for one in found if one.number != but_for][:most]


def detail(contact: Contact) -> str:
    """What tells a contact from another one of its name."""
    shown = (contact.company, contact.email, contact.mobile or contact.phone, contact.city)
    return " · ".join(one for one in shown if one and one != contact.display_name)


def _by_number(session: Session, actor: Actor, asked: str) -> list[Contact]:
    try:
        return [cards.get(session, actor, int(asked))] if is_id(asked) else []
    except NotFound:
        return []
