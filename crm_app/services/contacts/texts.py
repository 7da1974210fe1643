"""A contact's stored values as inputs take them: what they show is what comes back when nobody typed."""

from collections.abc import Iterable
from typing import Any

from babel import Locale
from sqlmodel import Session

from crm_app.models import Contact, LeadStatus, User
from crm_app.services import custom_fields
from crm_app.services.contacts import cards
from crm_app.services.fields.conversion import as_text
from crm_app.services.fields.registry import FIELDS

# Not typed by hand; everything else of a contact is.
TYPED = tuple(name for name in FIELDS if name not in ("number", "registered_at", "active"))
ATTRIBUTES = {"status": "status_id", "owner": "owner_id"}


def of(session: Session, contact: Contact, names: Iterable[str], language: str) -> dict[str, str]:
    """The texts of these fields, own ones by key. A status stands by its name, a colleague by the e-mail address,
    a country by its name in the language.
    """
    return {name: one(session, contact, name, language) for name in names}


def one(session: Session, contact: Contact, name: str, language: str) -> str:
    """The text of one field."""
    if name not in FIELDS:
        return as_text(contact.custom.get(name))
    if name == "tags":
        return ", ".join(tag.name for tag in cards.tags_of(session, contact))
    if name == "status":
        status = session.get(LeadStatus, contact.status_id) if contact.status_id else None
        return status.name if status else ""
    if name == "owner":
        user = session.get(User, contact.owner_id) if contact.owner_id else None
        return user.email if user else ""
    value: Any = getattr(contact, name)
    if name == "country" and value:
        return str(Locale.parse(language).territories.get(value, value))
    return as_text(value)


def attribute(name: str) -> str:
    """The column of a built-in field."""
    return ATTRIBUTES.get(name, name)


def known(session: Session, name: str) -> bool:
    """Whether contacts have a field of that name here that is typed by hand."""
    return name in TYPED or name in custom_fields.all_of(session)


def noted_as(name: str) -> str:
    """Under which name the changes of a contact note the field."""
    return attribute(name) if name in FIELDS else custom_fields.PREFIX + name
