"""Where the open contact stands in the list its reader came from: the ones beside it, and the way back."""

import asyncio
from urllib.parse import parse_qsl, urlencode, urlsplit

import reflex as rx

from crm_app import routes
from crm_app.models import EnrolmentStatus, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import listing
from crm_app.services.errors import CRMError
from crm_app.state.guard import action
from crm_app.state.list_place import place_of
from crm_app.state.session import current_actor

LONGEST = 8_000  # characters of an address that are read


class ContactPlaceState(rx.State):
    """Addresses; empty at the ends of the list, and where nobody came from one. `of` is whom they stand beside."""

    of: int = 0
    previous_url: str = ""
    next_url: str = ""
    list_url: str = routes.CONTACTS

    @action(permission=Permission.CONTACTS_READ)
    async def look(self, number: int, address: str):
        """`address` is the list's, as the browser remembers it; what is none of ours means all contacts."""
        path, params = _parsed(address)
        self.list_url = path + ("?" + urlencode(params) if params else "")
        if not address:
            self.of, self.previous_url, self.next_url = number, "", ""
            return
        actor = await current_actor(self)
        before, after = await asyncio.to_thread(_neighbours, actor, path, params, number)
        self.previous_url = routes.contact(before) if before else ""
        self.next_url = routes.contact(after) if after else ""
        self.of = number


def _parsed(address: str) -> tuple[str, dict[str, str]]:
    """Path and parameters of a list."""
    if len(address) > LONGEST:
        return routes.CONTACTS, {}
    try:
        parts = urlsplit(address)
    except ValueError:
        return routes.CONTACTS, {}
    path = parts.path.rstrip("/")
    if parts.scheme or parts.netloc or path != place_of(path).path:
        return routes.CONTACTS, {}
    return path, dict(parse_qsl(parts.query))


def _neighbours(actor: Actor, path: str, params: dict[str, str], number: int) -> tuple[int | None, int | None]:
    try:
        with database.reading() as session:
            wanted = place_of(path).wanted(params)
            if wanted.membership is not None and wanted.membership.status == EnrolmentStatus.WAITING:
                return None, None  # they stand in the order they came, which no list of contacts knows
            return listing.neighbours(session, actor, wanted, number)
    except (CRMError, ValueError):
        return None, None
