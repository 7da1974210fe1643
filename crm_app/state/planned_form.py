"""What the forms of tasks and events have in common: whom they are about, who has them, what went wrong."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from crm_app import locales
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import choosable, database
from crm_app.services.actor import Actor
from crm_app.services.contacts import listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import Conflict, CRMError, Invalid
from crm_app.state.choice import Choice
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import RELOADS, current_actor
from crm_app.state.undoing import Undoable

HITS = 6


@dataclass
class Hit:
    number: str
    name: str
    more: str


class PlannedForm(Undoable, rx.State, mixin=True):
    """`contact` is the number of the contact it is about, empty for none; `turn` grows with each form that opens."""

    is_open: bool = False
    id: int = 0  # 0 = a new one
    turn: int = 0
    contact: str = ""
    contact_name: str = ""
    hits: list[Hit] = []
    colleagues: list[Choice] = []
    error: str = ""
    error_field: str = ""
    _seen: dict[str, str] = {}  # what the form showed when it opened

    @action(permission=Permission.CONTACTS_EDIT)
    async def find(self, query: str):
        """Contacts to choose from, as one types."""
        query = query.strip()
        self.hits = await asyncio.to_thread(candidates, await current_actor(self), query) if len(query) > 1 else []

    @action(permission=Permission.CONTACTS_EDIT)
    async def choose(self, number: str, name: str):
        """Whom it is about; an empty number means nobody."""
        self.contact, self.contact_name, self.hits = number, name, []

    def _begin(self, id: int, contact: str = "", contact_name: str = "") -> None:
        self.id, self.contact, self.contact_name = id, contact, contact_name
        self.hits, self.error, self.error_field = [], "", ""
        self.turn, self.is_open = self.turn + 1, True

    async def _tried(self, verb: Callable[..., str], *given: Any) -> str | None:
        """What the verb returns for the actor; None when it was refused, which the form shows and why."""
        actor = await current_actor(self)
        try:
            return await asyncio.to_thread(verb, actor, *given)
        except CRMError as error:
            self._refused(error, actor.language)
            return None

    async def _restored(self, restore: Callable[..., None], message: int) -> Any:
        """Brings back what the message said was deleted."""
        if not (back := self._way_back(message)):
            return None
        try:
            await asyncio.to_thread(restore, await current_actor(self), *back)
        except CRMError as error:
            await say(self, error.message, "error")
        return RELOADS.get(self.router.route_id)

    def _refused(self, error: CRMError, language: str) -> None:
        self.error = locales.render(error.message, language)
        self.error_field = error.field if isinstance(error, Invalid) else ""

    def _closed(self, param: str, *, changed: bool):
        """Closes the form; the address forgets what it asked for, and a page whose data `changed` is loaded again."""
        self.is_open, self.hits = False, []
        params = dict(self.router.url.query_parameters)
        if params.pop(param, None) is None:
            return RELOADS.get(self.router.route_id) if changed else None
        return rx.redirect(self.router.url.path + ("?" + urlencode(params) if params else ""), replace=True)


def laid_over(typed: dict[str, str], seen: dict[str, str], stored: dict[str, str]) -> dict[str, str]:
    """What was typed, laid over what is stored by now: what the user left as it was stays as a colleague made it.

    Raises Conflict where both changed the same to something else.
    """
    found = {}
    for name, value in typed.items():
        before, here = seen.get(name, ""), stored.get(name, "")
        if value == before:
            found[name] = here
        elif here in (before, value):
            found[name] = value
        else:
            raise Conflict(text("Somebody changed it meanwhile. Close the form, and open it again."))
    return found


def colleague_choices(session, actor: Actor) -> list[Choice]:
    """Oneself first."""
    found = sorted(choosable.colleagues(session, actor), key=lambda user: user.id != actor.user_id)
    return [Choice(str(user.id), user.name) for user in found]


def candidates(actor: Actor, query: str) -> list[Hit]:
    """Contacts that somebody who types this may mean."""
    with database.reading() as session:
        found = listing.page(session, actor, ContactFilter(query=query), limit=HITS).contacts
        return [
            Hit(str(one.number), one.display_name, " · ".join(filter(None, [f"#{one.number}", one.email, one.city])))
            for one in found
        ]
