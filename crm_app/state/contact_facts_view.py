"""The facts of a contact as its card shows them, and what their inputs need to change them in place."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from crm_app.models import Contact
from crm_app.services import branches, choosable
from crm_app.services.contacts import cards, texts
from crm_app.services.fields.registry import FIELDS, GROUP_LABELS, Field, FieldGroup, FieldKind, Shown
from crm_app.services.filters.subjects import BRANCH
from crm_app.state.contact_words import CHOICES

if TYPE_CHECKING:
    from crm_app.state.contact_view import Presenter

_IN_HEAD = {"first_name", "last_name", "tags"}  # what a reader sees at the top
_NOWHERE = {"number", "active"}
_HEAD = ("status", "owner")  # an editor changes them at the top
# What everybody looks for: an editor sees it also where it is empty, the rest of the empty ones on request.
_COMMON = {
    "first_name", "last_name", "company", "email", "phone", "mobile", "city", "birth_date", "lifecycle", "status",
    "owner", "source", "tags", "notes",
}  # fmt: skip
_WORDS = {
    FieldKind.GENDER: ("female", "male", "other"),
    FieldKind.LIFECYCLE: ("contact", "lead", "customer"),
    FieldKind.YES_NO: ("yes", "no"),
}
_MODES = {FieldKind.EMAIL: "email", FieldKind.PHONE: "tel", FieldKind.LINK: "url", FieldKind.AMOUNT: "decimal"}


@dataclass
class Fact:
    """`name` is the field that is changed here, empty where nothing can be; `raw` is what its input shows.

    `kind` is text, long, date or choice; `options` are values and words of a choice. A `rare` fact is empty and shown
    on request.
    """

    label: str
    value: str
    url: str = ""
    name: str = ""
    raw: str = ""
    kind: str = "text"
    mode: str = ""
    hint: str = ""
    options: list[list[str]] = field(default_factory=list)
    rare: bool = False


@dataclass
class FactGroup:
    label: str
    facts: list[Fact]
    rare: bool = False  # nothing in it but rare facts


class FactWriter:
    """Writes the facts of contacts for one reader; `editing`: with inputs, and with the fields that are empty."""

    def __init__(self, presenter: "Presenter", *, editing: bool) -> None:
        self.presenter, self.session, self.editing = presenter, presenter.session, editing

    def head(self, contact: Contact) -> list[Fact]:
        """What an editor changes at the top."""
        found = [self._fact(contact, name, self.presenter.fields[name]) for name in _HEAD if self.editing]
        return [fact for fact in found if fact is not None]

    def groups(self, contact: Contact) -> list[FactGroup]:
        """By groups, without those that are empty."""
        found, left_out = [], {*_NOWHERE, *(_HEAD if self.editing else ())}
        for group in FieldGroup:
            facts = [
                fact
                for name, one in self.presenter.fields.items()
                if one.group == group and name not in left_out and Shown.CARD in one.shown
                if (fact := self._fact(contact, name, one)) is not None
            ]
            if group is FieldGroup.REACH:
                facts += self._further(contact)
            if group is FieldGroup.CRM:
                facts += self._branch(contact)
            if facts:
                label = self.presenter.say(GROUP_LABELS[group])
                found.append(FactGroup(label, facts, all(fact.rare for fact in facts)))
        return found

    def _fact(self, contact: Contact, name: str, one: Field) -> Fact | None:
        value = self._value(contact, name, one)
        fact = Fact(self.presenter.label(name), value, url_of(one.kind, value))
        if not self.editing or (name in FIELDS and name not in texts.TYPED):
            return fact if value and (self.editing or name not in _IN_HEAD) else None
        fact.name, fact.raw = name, texts.one(self.session, contact, name, self.presenter.language)
        fact.mode = _MODES.get(one.kind, "")
        fact.rare = not value and name in FIELDS and name not in _COMMON
        fact.options = self._options(name, one, fact)
        if fact.options:
            fact.kind = "choice"
        elif one.kind is FieldKind.DATE:
            fact.kind = "date"
        elif one.kind in (FieldKind.LONG_TEXT, FieldKind.LINKS):
            fact.kind = "long"
        fact.hint = " · ".join(one.options) if one.kind is FieldKind.CHOICES else one.help
        return fact

    def _value(self, contact: Contact, name: str, one: Field) -> str:
        if name == "tags":
            return ", ".join(tag.name for tag in cards.tags_of(self.session, contact))
        stored = contact.custom.get(name) if one.group is FieldGroup.OWN else getattr(contact, texts.attribute(name))
        return self.presenter.value(name, stored)

    def _options(self, name: str, one: Field, fact: Fact) -> list[list[str]]:
        """Values with their words, nothing for fields that are typed; what stands there now is among them."""
        if name == "status":
            found = [[status, status] for status in self._statuses]
        elif name == "owner":
            found = [*self._colleagues]
        elif one.kind is FieldKind.CHOICE:
            found = [[option, option] for option in one.options]
        elif one.kind in _WORDS:
            found = [[word, self.presenter.say(CHOICES[word])] for word in _WORDS[one.kind]]
        else:
            return []
        if fact.raw and all(value != fact.raw for value, _ in found):
            found.append([fact.raw, fact.value or fact.raw])
        return found if name == "lifecycle" else [["", "–"], *found]

    @cached_property
    def _statuses(self) -> list[str]:
        return [status.name for status in choosable.statuses(self.session)]

    @cached_property
    def _colleagues(self) -> list[list[str]]:
        return [[user.email, user.name] for user in choosable.colleagues(self.session, self.presenter.actor)]

    def _branch(self, contact: Contact) -> list[Fact]:
        """Where there are several to tell apart."""
        known = branches.seen(self.session, self.presenter.actor)
        if not known:
            return []
        fact = Fact(self.presenter.label(BRANCH), known.get(contact.branch_id, ""))
        if self.editing:
            fact.name, fact.raw, fact.kind = BRANCH, str(contact.branch_id), "choice"
            fact.options = [[str(id_), name] for id_, name in known.items()]
        return [fact]

    def _further(self, contact: Contact) -> list[Fact]:
        """Further e-mails, phones and links, by the names they came in under."""
        points = cards.further_points(self.session, contact)
        return [Fact(point.label, point.value, url_of(FieldKind(point.kind), point.value)) for point in points]


def tel(phone: str) -> str:
    return "tel:" + "".join(c for c in phone if c in "+0123456789") if phone else ""


def url_of(kind: FieldKind, value: str) -> str:
    """Where a value leads; empty where it leads nowhere, and for anything but addresses of the web, mail and phone."""
    if kind is FieldKind.EMAIL:
        return f"mailto:{value}" if value else ""
    if kind is FieldKind.PHONE:
        return tel(value)
    return value if kind is FieldKind.LINK and value.startswith(("http://", "https://")) else ""
