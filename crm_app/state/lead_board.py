"""The list as a board by status, and the status of a contact changed with one touch, here and in the list."""

import asyncio
from dataclasses import dataclass, field

import reflex as rx

from crm_app import locales, routes
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import lanes, listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import CRMError
from crm_app.services.filters.questions import is_id
from crm_app.state.contacts import ContactListState
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.undoing import Undoable

_NO_STATUS = text("Without a status")


@dataclass
class BoardCard:
    number: int
    url: str
    name: str
    under: str
    active: bool
    phone_url: str
    mail_url: str


@dataclass
class BoardLane:
    """`id` is empty for contacts without a status."""

    id: str
    name: str
    dot: str
    total: int
    capped: bool
    more: bool
    cards: list[BoardCard] = field(default_factory=list)


class LeadBoardState(Undoable, rx.State):
    lanes: list[BoardLane] = []
    loaded: bool = False
    seen: int = 0  # another number: the lanes are the truth again
    _more: dict[int, int] = {}
    _address: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """The lanes of the address; nothing where it asks for the table."""
        if self.router.url.query_parameters.get("view") != "board":
            self.lanes, self.loaded = [], False
            return
        address = str(self.router.url)
        if address != self._address:
            self._address, self._more = address, {}
        await self._show()

    @action(permission=Permission.CONTACTS_READ)
    async def more(self, lane: str):
        """The next cards of a lane."""
        id_ = int(lane) if is_id(lane) else 0
        self._more = {**self._more, id_: self._more.get(id_, lanes.CARDS) + lanes.CARDS}
        await self._show()

    @action(permission=Permission.CONTACTS_EDIT)
    async def move(self, number: int, status: str):
        """Gives the contact the status; a refusal puts it back where it was."""
        actor, wanted = await current_actor(self), int(status) if is_id(status) else None
        try:
            name, before, now = await asyncio.to_thread(_move, actor, number, wanted)
        except CRMError as error:
            await say(self, error.message, "error")
        else:
            if before != wanted:
                message = (
                    text("{name} is “{status}” now.", name=name, status=now)
                    if now
                    else text("{name} has no status now.", name=name)
                )
                await self._offer_undo(message, number, before, wanted)
        await self._repaint()

    @action(permission=Permission.CONTACTS_EDIT)
    async def take_back(self, message: int):
        """The change of a status a message told of, unless somebody changed it again."""
        back = self._way_back(message)
        if not back:
            return
        number, before, after = back
        actor = await current_actor(self)
        try:
            name = await asyncio.to_thread(_take_back, actor, number, before, after)
        except CRMError as error:
            await say(self, error.message, "error")
        else:
            if name:
                await say(self, text("{name} has the status from before again.", name=name))
            else:
                await say(self, text("Somebody changed the status meanwhile. It stays as it is."), "warning")
        await self._repaint()

    async def _repaint(self) -> None:
        if self.router.url.query_parameters.get("view") == "board":
            await self._show()
        else:
            shown = await self.get_state(ContactListState)
            await shown._load(dict(self.router.url.query_parameters))

    async def _show(self) -> None:
        shown = await self.get_state(ContactListState)
        actor = await current_actor(self)
        try:
            wanted, _ = shown._wanted()
            self.lanes = await asyncio.to_thread(_fetch, actor, wanted, dict(self._more))
        except (CRMError, ValueError):
            self.lanes = []  # the list says why
        self.loaded, self.seen = True, self.seen + 1


def _fetch(actor: Actor, wanted: ContactFilter, more: dict[int, int]) -> list[BoardLane]:
    with database.reading() as session:
        return [_lane(lane, actor) for lane in lanes.lanes(session, actor, wanted, more)]


def _lane(lane: lanes.Lane, actor: Actor) -> BoardLane:
    status = lane.status
    return BoardLane(
        id=str(status.id) if status else "",
        name=status.name if status else locales.render(_NO_STATUS, actor.language),
        dot=f"dot-{status.colour}" if status else "",
        total=min(lane.total, listing.COUNT_LIMIT),
        capped=lane.total > listing.COUNT_LIMIT,
        more=lane.total > len(lane.contacts) and len(lane.contacts) < 10 * lanes.CARDS,
        cards=[
            BoardCard(
                number=one.number,
                url=routes.contact(one.number),
                name=one.display_name,
                under=(one.company if one.full_name else "") or one.city or "",
                active=one.active,
                phone_url="tel:" + "".join(c for c in phone if c in "+0123456789") if phone else "",
                mail_url=f"mailto:{one.email}" if one.email else "",
            )
            for one in lane.contacts
            for phone in (one.mobile or one.phone or "",)
        ],
    )


def _move(actor: Actor, number: int, status_id: int | None) -> tuple[str, int | None, str]:
    with database.transaction() as session:
        contact, before = lanes.move(session, actor, number, status_id)
        return contact.display_name, before, lanes.status_name(session, contact)


def _take_back(actor: Actor, number: int, before: int | None, after: int | None) -> str:
    with database.transaction() as session:
        return lanes.take_back(session, actor, number, before, after)
