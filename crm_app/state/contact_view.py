"""A contact as its card shows it: facts and timeline as finished text, by language."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import Text, text
from crm_app.models import Contact, LeadStatus, Tag, User
from crm_app.services import custom_fields
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.contacts.timeline import Entry, entries
from crm_app.services.custom_fields import PREFIX
from crm_app.services.custom_fields import TYPE_LABELS as TYPE_LABELS
from crm_app.services.duplicates import unmerging
from crm_app.services.fields.registry import FIELDS, GROUP_LABELS, Field, FieldGroup, FieldKind, Shown
from crm_app.state.formats import exact, initials, short_date, spoken

CHOICES: dict[str, Text] = {
    "female": text("female"),
    "male": text("male"),
    "other": text("other"),
    "contact": text("Contact"),
    "lead": text("Lead"),
    "customer": text("Customer"),
    "yes": text("yes"),
    "no": text("no"),
}
_ICONS = {
    "created": "user-plus",
    "changed": "pencil",
    "imported": "file-up",
    "changed_many": "list-checks",
    "deactivated": "user-x",
    "reactivated": "user-check",
    "merged": "merge",
    "unmerged": "split",
    "comment": "message-square",
    "task_done": "square-check-big",
    "trashed": "trash-2",
    "restored": "undo-2",
}
_LINK = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]}']")
_NO_FIELD = {
    "points": text("Further addresses and numbers"),
    "segments": text("Hand-picked segment"),
    "trashed_at": text("In the trash since"),
}
_ALWAYS_SAID = {"trashed_by_id"}
_SAID = {*_ALWAYS_SAID, "trashed_at", "segments"}
_HIDDEN = {"number", "first_name", "last_name", "active", "tags"}


@dataclass
class Fact:
    label: str
    value: str
    url: str = ""


@dataclass
class FactGroup:
    label: str
    facts: list[Fact]


@dataclass
class Change:
    label: str
    old: str
    new: str


@dataclass
class Part:
    """A piece of a written text; with a link when it is one."""

    text: str
    url: str = ""


@dataclass
class Written:
    """A comment. `source` is what its author edits; for others it is empty."""

    id: int
    parts: list[Part]
    source: str = ""
    edited: str = ""
    is_own: bool = False
    is_deleted: bool = False


@dataclass
class Happening:
    icon: str
    what: str
    when: str
    exact: str
    who: str
    url: str = ""
    changes: list[Change] = field(default_factory=list)
    comment: Written | None = None
    merge_id: int = 0  # of a merge that can be taken back now


@dataclass
class CardView:
    """Everything the card shows."""

    number: int = 0
    name: str = ""
    initials: str = ""
    company: str = ""
    lifecycle: str = ""
    status: str = ""
    status_dot: str = ""
    active: bool = True
    phone_url: str = ""
    mail_url: str = ""
    sms_url: str = ""
    tags: list[str] = field(default_factory=list)
    groups: list[FactGroup] = field(default_factory=list)
    timeline: list[Happening] = field(default_factory=list)


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

    def label(self, name: str) -> str:
        return label_of(name, self.language, self.fields)

    def card(self, contact: Contact) -> CardView:
        status = self.session.get(LeadStatus, contact.status_id) if contact.status_id else None
        phone = contact.mobile or contact.phone or ""
        return CardView(
            number=contact.number,
            name=contact.display_name,
            initials=initials(contact.full_name or contact.company or "#"),
            company=contact.company if contact.full_name and contact.company else "",
            lifecycle=self.value("lifecycle", contact.lifecycle),
            status=status.name if status else "",
            status_dot=f"dot-{status.colour}" if status else "",
            active=contact.active,
            phone_url=_tel(phone),
            mail_url=f"mailto:{contact.email}" if contact.email else "",
            sms_url=_tel(contact.mobile or "").replace("tel:", "sms:"),
            tags=[tag.name for tag in cards.tags_of(self.session, contact)],
            groups=self._groups(contact),
            timeline=self._timeline(contact),
        )

    def _timeline(self, contact: Contact) -> list[Happening]:
        """The newest first. Merges are taken back in the order opposite to theirs, so only the last one offers it."""
        found = entries(self.session, contact, reader=self.actor.user_id)
        happenings = [(entry, self.happening(entry)) for entry in found]
        if any(entry.kind == "merged" for entry, _ in happenings):
            last = next(iter(unmerging.merges(self.session, self.actor, contact.number)), None)
            for entry, shown in happenings:
                if last is not None and entry.kind == "merged" and entry.data.get("merge") == last.id:
                    shown.merge_id = last.id or 0
        return [shown for _, shown in happenings]

    def _groups(self, contact: Contact) -> list[FactGroup]:
        found = []
        for group in FieldGroup:
            facts = []
            for name, field_ in self.fields.items():
                if field_.group != group or name in _HIDDEN or Shown.CARD not in field_.shown:
                    continue
                attribute = {"status": "status_id", "owner": "owner_id"}.get(name, name)
                stored = contact.custom.get(name) if group is FieldGroup.OWN else getattr(contact, attribute)
                shown = self.value(name, stored)
                if shown:
                    facts.append(Fact(self.label(name), shown, _url(field_.kind, shown)))
            if group is FieldGroup.REACH:
                facts += self._further(contact)
            if facts:
                found.append(FactGroup(self.say(GROUP_LABELS[group]), facts))
        return found

    def _further(self, contact: Contact) -> list[Fact]:
        """Further e-mails, phones and links, by the names they came in under."""
        points = cards.further_points(self.session, contact)
        return [Fact(point.label, point.value, _url(FieldKind(point.kind), point.value)) for point in points]

    def happening(self, entry: Entry) -> Happening:
        changes = [
            Change(self.label(name), self.value(name, old), self.value(name, new))
            for name, (old, new) in (entry.data.get("changes") or {}).items()
            if name not in (_SAID if entry.kind == "changed_many" else _ALWAYS_SAID)  # by the entry's own words
        ]
        return Happening(
            icon=_ICONS.get(entry.kind, "circle"),
            what=self.say(_what(entry)),
            when=spoken(entry.at, self.language, self.actor.timezone),
            exact=exact(entry.at, self.language, self.actor.timezone),
            who=entry.who,
            url=routes.import_step(entry.data["import"], "done") if entry.kind in ("imported", "changed_many") else "",
            changes=changes,
            comment=self._comment(entry) if entry.kind == "comment" else None,
        )

    def _comment(self, entry: Entry) -> Written:
        own, gone, edited = entry.data["is_own"], entry.data["is_deleted"], entry.data["edited_at"]
        return Written(
            id=entry.data["id"],
            parts=[] if gone else parts_of(entry.data["text"]),
            source=entry.data["text"] if own and not gone else "",
            edited=exact(edited, self.language, self.actor.timezone) if edited else "",
            is_own=own,
            is_deleted=gone,
        )


def parts_of(written: str) -> list[Part]:
    """Plain text in pieces: only addresses of the web become links, and nothing else is read as markup."""
    found, begin = [], 0
    for match in _LINK.finditer(written):
        found += [Part(written[begin : match.start()]), Part(match[0], match[0])]
        begin = match.end()
    return [part for part in (*found, Part(written[begin:])) if part.text]


def _what(entry: Entry) -> Text:
    if entry.kind == "imported":
        if entry.data.get("outcome") == "create":
            return text("Created by import {name}, row {row}", name=entry.source, row=entry.data["row"])
        return text("Updated by import {name}, row {row}", name=entry.source, row=entry.data["row"])
    if entry.kind == "merged":
        return text("Merged with {numbers}", numbers=", ".join(f"#{number}" for number in entry.data["numbers"]))
    if entry.kind == "task_done":
        kind = entry.source or text("Task")
        return text("{type} done: {title}", type=kind, title=entry.data["title"])
    if entry.kind == "changed_many":
        return text("Changed with many others: {name}", name=entry.source)
    return {
        "created": text("Created by hand"),
        "changed": text("Changed"),
        "deactivated": text("Deactivated"),
        "reactivated": text("Reactivated"),
        "unmerged": text("A merge was taken back"),
        "comment": text("Comment"),
        "trashed": text("Moved to the trash"),
        "restored": text("Restored from the trash"),
    }.get(entry.kind, text("Other event"))


def _tel(phone: str) -> str:
    return "tel:" + "".join(c for c in phone if c in "+0123456789") if phone else ""


def _url(kind: FieldKind, value: str) -> str:
    if kind is FieldKind.EMAIL:
        return f"mailto:{value}"
    if kind is FieldKind.PHONE:
        return _tel(value)
    return value if kind is FieldKind.LINK and value.startswith(("http://", "https://")) else ""
