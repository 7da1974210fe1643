"""What templates can say of a contact, and of the installation."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from sqlmodel import Session

from crm_app.locales import DEFAULT, LANGUAGES, Text, text
from crm_app.models import Contact, Installation
from crm_app.services import custom_fields
from crm_app.services.fields.registry import FIELDS
from crm_app.services.messages import markdown

_FIELDS = (
    "number", "salutation", "first_name", "last_name", "company", "email", "phone", "mobile", "street", "postal_code",
    "city", "province", "country", "birth_date", "website", "acquired_on",
)  # fmt: skip
FULL_NAME = "full_name"
ORGANISATION = "organisation"
OPT_OUT = "opt_out_link"  # of newsletters
PREFERENCES = "preferences_link"
CONFIRM = "confirm_link"  # of invitations
LABELS: dict[str, Text] = {
    **{name: FIELDS[name].label for name in _FIELDS},
    FULL_NAME: text("First and last name"),
    ORGANISATION: text("Name of the organisation"),
    OPT_OUT: text("Link to opt out"),
    PREFERENCES: text("Link to choose what to get"),
}
LINKS = (OPT_OUT, PREFERENCES)


class Address(str):
    """A link of our own making: it is written as it is."""

    __slots__ = ()


def known(session: Session, *, is_newsletter: bool) -> tuple[list[str], list[str]]:
    """The names a template may use: those of every installation, and the keys of its own fields."""
    names = [name for name in LABELS if is_newsletter or name not in LINKS]
    return names, list(custom_fields.all_of(session))


def of_contact(session: Session, contact: Contact, here: Installation, language: str) -> dict[str, Any]:
    """The values of a contact, as texts in that language; what is empty is None."""
    found: dict[str, Any] = {name: _told(getattr(contact, name), here, language) for name in _FIELDS}
    found[FULL_NAME] = contact.full_name or None
    found["own"] = {key: _told(contact.custom.get(key), here, language) for key in custom_fields.all_of(session)}
    return found | of_installation(here)


def of_installation(here: Installation) -> dict[str, Any]:
    return {ORGANISATION: here.name or "CRM"}


def written(value: Any) -> str:
    """A value as it stands in a text that becomes HTML."""
    if isinstance(value, Address):
        return str(value)
    return markdown.literal("" if value is None else str(value))


def plain(value: Any) -> str:
    """A value as it stands in a subject or a text message."""
    return "" if value is None else " ".join(str(value).split())


def _told(value: Any, here: Installation, language: str) -> str | None:
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(here.timezone)).date()
    if isinstance(value, date):
        return str(format_date(value, format="long", locale=_locale(language)))
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(value, bool):
        return "✓" if value else None
    return str(value)


def _locale(language: str) -> str:
    try:
        return str(Locale.parse(language.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return DEFAULT


def preferred(contact: Contact, here: Installation) -> list[str]:
    """Languages to write to this contact in, the best one first."""
    own = (contact.language or "").lower()
    wished = [own, own.partition("-")[0], here.language, DEFAULT, *LANGUAGES]
    return list(dict.fromkeys(one for one in wished if one))


def typed(values: Mapping[str, Any], **links: str) -> dict[str, Any]:
    """The values with links of our own beside them."""
    return {**values, **{name: Address(link) for name, link in links.items()}}
