"""A contact as its card shows it: finished text, by language."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from sqlmodel import Session

from crm_app import locales
from crm_app.locales import Text, text
from crm_app.models import Branch, Contact, LeadStatus, Permission, Tag, User
from crm_app.services import branches, custom_fields
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.custom_fields import PREFIX
from crm_app.services.custom_fields import TYPE_LABELS as TYPE_LABELS
from crm_app.services.errors import NotFound
from crm_app.services.fields.registry import FIELDS, OFFER, Field, FieldKind
from crm_app.state import contact_brief, contact_consent_view, contact_happenings, contact_relations_view
from crm_app.state.contact_facts_view import Fact, FactGroup, FactWriter, tel
from crm_app.state.contact_happenings import Happening
from crm_app.state.contact_relations_view import RelationLine
from crm_app.state.contact_words import CHOICES
from crm_app.state.formats import exact, initials, short_date

LATELY = 5  # entries of the timeline that a look shows

_NO_FIELD = {
    "points": text("Further addresses and numbers"),
    "segments": text("Hand-picked segment"),
    "trashed_at": text("In the trash since"),
    "branch_id": text("Branch"),
    OFFER.name: OFFER.label,
    "enrolment": text("Course"),
    "notice": text("Notice"),
}


@dataclass
class Chip:
    """A tag."""

    name: str
    franchise: bool


@dataclass
class CardView:
    """Everything the card shows."""

    number: int = 0
    name: str = ""
    initials: str = ""
    company: str = ""
    lifecycle: str = ""
    lifecycle_raw: str = ""
    status: str = ""
    status_dot: str = ""
    active: bool = True
    phone_url: str = ""
    mail_url: str = ""
    opt_in: str = ""
    opt_in_look: str = ""
    sms_url: str = ""
    tags: list[Chip] = field(default_factory=list)
    head: list[Fact] = field(default_factory=list)  # what an editor changes at the top
    groups: list[FactGroup] = field(default_factory=list)
    brief: list[Fact] = field(default_factory=list)
    relations: list[RelationLine] = field(default_factory=list)
    timeline: list[Happening] = field(default_factory=list)  # of a quick look: the last entries


def key_of(number: str) -> int:
    """The number in an address as a key; 0, which no contact has, for anything no database could hold."""
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0


def plain_words(name: str, value: Any, language: str, fields: Mapping[str, Field] = FIELDS) -> str:
    """A value of field `name` as text where no database is needed to name it; dates also in ISO form.

    `fields` are those contacts have here.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return locales.render(CHOICES["yes" if value else "no"], language)
    if isinstance(value, list):
        return _listed(value)
    kind = fields[name].kind if name in fields else None
    if kind is FieldKind.AMOUNT and isinstance(value, int | float):
        return str(format_decimal(value, "#,##0.###############", locale=language))
    if kind is FieldKind.DATE and isinstance(value, str):
        with suppress(ValueError):  # of another type, before the field's type was changed
            value = date.fromisoformat(value)
    if kind is FieldKind.COUNTRY:
        return str(Locale.parse(language).territories.get(value, value))
    if kind in (FieldKind.GENDER, FieldKind.LIFECYCLE) and value in CHOICES:
        return locales.render(CHOICES[value], language)
    return short_date(value, language) if isinstance(value, date) else str(value)


def _listed(value: list[Any]) -> str:
    """Choices by comma; further points, which changes note as lists, with their labels."""
    if value and isinstance(value[0], list):
        return "; ".join(f"{label}: {written}" for _, label, written, _ in value)
    return ", ".join(str(item) for item in value)


def label_of(name: str, language: str, fields: Mapping[str, Field]) -> str:
    """What a field, or the column or own field of a noted change, is called; its name when it is gone."""
    if name in _NO_FIELD:
        return locales.render(_NO_FIELD[name], language)
    plain = name.removesuffix("_id") if name in ("status_id", "owner_id") else name.removeprefix(PREFIX)
    return locales.render(fields[plain].label, language) if plain in fields else plain


class Presenter:
    """Turns stored values into text for one reader."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session, self.actor, self.language = session, actor, actor.language

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Those contacts have here."""
        return custom_fields.known(self.session)

    def say(self, message: Text) -> str:
        return locales.render(message, self.language)

    def value(self, name: str, value: Any) -> str:
        """A stored value of field or column `name` as text; empty for nothing."""
        if value is None or value == "":
            return ""
        if name in ("status", "status_id"):
            status = self.session.get(LeadStatus, value)
            return status.name if status else ""
        if name in ("owner", "owner_id"):
            user = self.session.get(User, value)
            return user.name if user else ""
        if name == "branch_id":
            branch = self.session.get(Branch, value)
            return branches.name_of(branch, self.actor) if branch else ""
        if name == "tags" and isinstance(value, list):
            return ", ".join(self._tag(item) for item in value)
        if name == "trashed_at" and isinstance(value, str):
            value = datetime.fromisoformat(value)
        if isinstance(value, datetime):
            return exact(value, self.language, self.actor.timezone)
        return plain_words(name.removeprefix(PREFIX), value, self.language, self.fields)

    def _tag(self, tag: int | str) -> str:
        """Imports note tags by id, forms by name."""
        found = self.session.get(Tag, tag) if isinstance(tag, int) else None
        return found.name if found else str(tag)

    def contact_name(self, number: int) -> str:
        """Name and number of another contact; the number alone for one that is gone or not to be seen."""
        try:
            return f"{cards.get(self.session, self.actor, number).display_name} (#{number})"
        except NotFound:
            return f"#{number}"

    def label(self, name: str) -> str:
        return label_of(name, self.language, self.fields)

    def card(self, contact: Contact) -> CardView:
        """The whole card, its facts with inputs for who may change them; the timeline comes by pages of its own."""
        writer = FactWriter(self, editing=self.actor.may(Permission.CONTACTS_EDIT))
        card = self._who(contact)
        card.head, card.groups = writer.head(contact), writer.groups(contact)
        card.brief = contact_brief.facts(self, contact)
        card.opt_in, card.opt_in_look = contact_consent_view.chip(self, contact)
        card.relations = contact_relations_view.lines(self, contact)
        return card

    def look(self, contact: Contact) -> CardView:
        """What a quick look shows: who, the facts that are there, and what happened lately."""
        card = self._who(contact)
        card.groups = FactWriter(self, editing=False).groups(contact)
        card.timeline, _ = contact_happenings.page(self, contact, limit=LATELY)
        return card

    def _who(self, contact: Contact) -> CardView:
        status = self.session.get(LeadStatus, contact.status_id) if contact.status_id else None
        return CardView(
            number=contact.number,
            name=contact.display_name,
            initials=initials(contact.full_name or contact.company or "#"),
            company=contact.company if contact.full_name and contact.company else "",
            lifecycle=self.value("lifecycle", contact.lifecycle),
            lifecycle_raw=contact.lifecycle,
            status=status.name if status else "",
            status_dot=f"dot-{status.colour}" if status else "",
            active=contact.active,
            phone_url=tel(contact.mobile or contact.phone or ""),
            mail_url=f"mailto:{contact.email}" if contact.email else "",
            sms_url=tel(contact.mobile or "").replace("tel:", "sms:"),
            tags=[Chip(tag.name, tag.is_franchise) for tag in cards.tags_of(self.session, contact)],
        )
