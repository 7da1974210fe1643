"""Contacts as a list shows them: what every row has, and a finished text for each column that was chosen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import text
from crm_app.models import Contact, EnrolmentStatus
from crm_app.services.actor import Actor
from crm_app.services.contacts import around, search
from crm_app.services.contacts.around import Surroundings
from crm_app.services.contacts.columns import BRANCH, CONSENT, COURSES, OPEN, SOURCES, Column
from crm_app.services.contacts.hits import marked
from crm_app.services.contacts.layouts import Layout
from crm_app.services.contacts.order import OWN
from crm_app.services.courses.enrolling import STATUSES
from crm_app.state.contact_view import Chip, Presenter
from crm_app.state.formats import amount, day

MOST_TAGS = 3
_MARKED = {"email", "phone", "company", "city", "number"}  # where the search looks
_SOURCES = {"manual": text("by hand"), "import": text("import"), "demo": text("demo")}


@dataclass
class ContactLine:
    """One row. Texts are in parts where the search marks them: every second part is a hit."""

    number: int
    url: str
    name: str
    parts: list[str]
    under: list[str]  # a second line on a phone
    email: str
    phone_url: str
    status_id: str
    status: str
    status_dot: str
    active: bool
    tags: list[Chip] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)  # by column


def lines(
    session: Session, actor: Actor, contacts: list[Contact], layout: Layout, query: str = ""
) -> list[ContactLine]:
    """The rows of a page."""
    found = around.of(session, actor, contacts, {column.name for column in layout.columns})
    writer = _Writer(Presenter(session, actor), found, search.terms(query))
    return [writer.line(contact, layout.columns) for contact in contacts]


class _Writer:
    def __init__(self, presenter: Presenter, found: Surroundings, terms: Sequence[str]) -> None:
        self.presenter, self.actor, self.around, self.terms = presenter, presenter.actor, found, terms
        self.special: dict[str, Callable[[Contact], str]] = {
            "phone": lambda one: one.mobile or one.phone or "",
            "status": lambda one: self.status(one)[0],
            "owner": lambda one: found.owners.get(one.owner_id or 0, ""),
            "created": lambda one: day(one.created_at, self.actor.language, self.actor.timezone),
            "updated": lambda one: day(one.updated_at, self.actor.language, self.actor.timezone),
            CONSENT: self.confirmed,
            OPEN: self.open,
            BRANCH: lambda one: found.branches.get(one.branch_id, ""),
        }

    def line(self, contact: Contact, columns: Sequence[Column]) -> ContactLine:
        status, dot = self.status(contact)
        phone, name = contact.mobile or contact.phone or "", contact.display_name
        under = contact.company if contact.full_name and contact.company else contact.email or contact.city or ""
        tags = self.around.tags.get(contact.id or 0, [])[:MOST_TAGS]
        return ContactLine(
            number=contact.number,
            url=routes.contact(contact.number),
            name=name,
            parts=marked(name, self.terms),
            under=marked(under, self.terms),
            email=contact.email or "",
            phone_url="tel:" + "".join(c for c in phone if c in "+0123456789") if phone else "",
            status_id=str(contact.status_id or ""),
            status=status,
            status_dot=dot,
            active=contact.active,
            tags=[Chip(tag.name, tag.is_franchise) for tag in tags],
            cells=[self.cell(contact, column.name) for column in columns],
        )

    def cell(self, contact: Contact, name: str) -> list[str]:
        """Parts of a text, or the badges of a cell; empty for nothing."""
        if name == SOURCES:
            return [self.source(one) for one in self.around.sources.get(contact.id or 0, [])]
        if name == COURSES:
            return [self.course(*one) for one in self.around.courses.get(contact.id or 0, [])]
        if name in self.special:
            shown = self.special[name](contact)
        elif name.startswith(OWN):
            key = name.removeprefix(OWN)
            shown = self.presenter.value(key, contact.custom.get(key))
        else:
            value: Any = getattr(contact, name)
            shown = self.presenter.value(name, value)
        shown = " ".join(shown.split())[:200] if "\n" in shown else shown[:200]
        if not shown:
            return []
        return marked(shown, self.terms) if name in _MARKED else [shown]

    def status(self, contact: Contact) -> tuple[str, str]:
        status = self.around.statuses.get(contact.status_id or 0)
        return (status.name, f"dot-{status.colour}") if status else ("", "")

    def confirmed(self, contact: Contact) -> str:
        at = self.around.confirmed.get(contact.id or 0)
        return day(at, self.actor.language, self.actor.timezone) if at else ""

    def course(self, name: str, status: EnrolmentStatus) -> str:
        """What somebody who simply has access is in needs no word more."""
        if status == EnrolmentStatus.ACTIVE:
            return name
        return f"{name} · {locales.render(STATUSES[status], self.actor.language)}"

    def open(self, contact: Contact) -> str:
        found = self.around.open.get(contact.id or 0, [])
        return " · ".join(amount(units, currency, self.actor.language) for units, currency in found)

    def source(self, name: str) -> str:
        known = _SOURCES.get(name)
        return locales.render(known, self.actor.language) if known else name
