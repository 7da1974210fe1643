"""Who is being typed into the form may be stored already: asked whenever a field is left."""

import asyncio
from dataclasses import dataclass

import reflex as rx
from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import text
from crm_app.models import Contact, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.contacts.validating import InvalidFields
from crm_app.services.duplicates import similar
from crm_app.services.errors import NotFound
from crm_app.state.contact_view import key_of
from crm_app.state.guard import action
from crm_app.state.session import current_actor

SHOWN = 3
TYPED = similar.TYPED  # the fields whose leaving asks
LONGEST = 300  # letters of a text that are looked at


@dataclass
class Known:
    """A contact that is probably the one in the form."""

    name: str
    url: str
    why: str  # score and reasons


class KnownContacts(rx.State, mixin=True):
    """A part of the form's state. What was typed so far is remembered here only to be compared."""

    known: list[Known] = []
    _typed: dict[str, str] = {}

    @action(permission=Permission.CONTACTS_READ)
    async def check_known(self, field: str, value: str):
        """Names contacts that are probably the one in the form; it may be saved all the same."""
        if field not in similar.TYPED or self._typed.get(field, "") == value.strip():
            return
        self._typed = {**self._typed, field: value.strip()[:LONGEST]}
        actor = await current_actor(self)
        number = key_of(self.router.url.path.strip("/").split("/")[1])
        self.known = await asyncio.to_thread(_known, actor, dict(self._typed), number)

    def _nobody_known(self, texts: dict[str, str]) -> None:
        """Begins anew with these texts in the form."""
        self.known, self._typed = [], {name: texts.get(name, "") for name in similar.TYPED}


def _known(actor: Actor, texts: dict[str, str], number: int) -> list[Known]:
    with database.reading() as session:
        apart = _apart(session, actor, number) if number else set[int]()
        likely = similar.to_values(session, actor, texts, limit=SHOWN + len(apart))
        found = {one.contact.number: _line(one.contact, _why(one, actor.language)) for one in likely}
        for contact in _reached(session, actor, texts):
            why = locales.render(text("The same address or number, perhaps of a family"), actor.language)
            found.setdefault(contact.number, _line(contact, why))
    return [line for other, line in found.items() if other not in apart][:SHOWN]


def _line(contact: Contact, why: str) -> Known:
    return Known(f"{contact.display_name} (#{contact.number})", routes.contact(contact.number), why)


def _why(one: similar.Similar, language: str) -> str:
    return " · ".join([f"{one.score} %", *(locales.render(reason, language) for reason in one.reasons)])


def _reached(session: Session, actor: Actor, texts: dict[str, str]) -> list[Contact]:
    """Who has one of these e-mails or phones, whatever the names."""
    try:
        return cards.known_elsewhere(session, actor, texts)
    except InvalidFields:
        return []


def _apart(session: Session, actor: Actor, number: int) -> set[int]:
    """The contact that is being changed, and those that were told apart from it."""
    try:
        return {number} | similar.ruled_out(session, actor, number)
    except NotFound:
        return {number}
