"""Who belongs to the contact whose card is open: added by a search, removed with a way back."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx

from crm_app import locales
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import database, relations
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, finding
from crm_app.services.errors import CRMError
from crm_app.services.relations import ROLES, WORDS
from crm_app.state.choice import Choice
from crm_app.state.contact import ContactState
from crm_app.state.contact_timeline import ContactTimelineState
from crm_app.state.contact_undo import offer
from crm_app.state.contact_view import key_of
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor

FOUND = 8


@dataclass
class Candidate:
    number: int
    name: str
    more: str


class ContactRelationsState(rx.State):
    roles: list[Choice] = []
    opened: bool = False
    role: str = "parent"
    found: list[Candidate] = []
    nobody: bool = False

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Another contact: nothing is open."""
        actor = await current_actor(self)
        self.opened, self.found, self.nobody = False, [], False
        self.roles = [Choice(role, locales.render(word, actor.language)) for role, word in WORDS.items()]

    @action(permission=Permission.CONTACTS_EDIT)
    async def toggle(self):
        self.opened, self.found, self.nobody = not self.opened, [], False

    @action(permission=Permission.CONTACTS_EDIT)
    async def close(self):
        self.opened = False

    @action(permission=Permission.CONTACTS_EDIT)
    async def choose(self, role: str):
        self.role = role if role in ROLES else self.role

    @action(permission=Permission.CONTACTS_EDIT)
    async def find(self, form: dict[str, Any]):
        """Contacts by number, name, e-mail or phone."""
        actor = await current_actor(self)
        self.found = await asyncio.to_thread(_found, actor, key_of(self.number), str(form.get("other") or ""))
        self.nobody = not self.found

    @action(permission=Permission.CONTACTS_EDIT)
    async def add(self, number: int):
        """The contact with that number gets the chosen role."""
        actor, mine, role = await current_actor(self), key_of(self.number), self.role
        try:
            name = await asyncio.to_thread(_add, actor, mine, role, number)
        except CRMError as error:
            await say(self, error.message, "error")
            return None
        self.opened, self.found = False, []
        await offer(self, text("{name} is added.", name=name), "not_related", mine, role, number)
        return [ContactState.refresh, ContactTimelineState.refresh]

    @action(permission=Permission.CONTACTS_EDIT)
    async def remove(self, relation_id: int):
        actor, mine = await current_actor(self), key_of(self.number)
        try:
            role, number, name = await asyncio.to_thread(_remove, actor, mine, relation_id)
        except CRMError as error:
            await say(self, error.message, "error")
        else:
            await offer(self, text("{name} is not related any more.", name=name), "related", mine, role, number)
        return [ContactState.refresh, ContactTimelineState.refresh]


def _found(actor: Actor, number: int, asked: str) -> list[Candidate]:
    with database.reading() as session:
        found = finding.by_text(session, actor, asked, most=FOUND, but_for=number)
        return [Candidate(one.number, f"{one.display_name} (#{one.number})", finding.detail(one)) for one in found]


def _add(actor: Actor, mine: int, role: str, number: int) -> str:
    """The name of the other contact."""
    with database.transaction() as session:
        relations.add(session, actor, cards.get(session, actor, mine), role, number)
        return cards.get(session, actor, number).display_name


def _remove(actor: Actor, mine: int, relation_id: int) -> tuple[str, int, str]:
    """Role, number and name of the other contact."""
    with database.transaction() as session:
        role, number = relations.remove(session, actor, cards.get(session, actor, mine), relation_id)
        return role, number, cards.get(session, actor, number).display_name
