"""Working through contacts one by one; which ones, the address says, as the list's does."""

import asyncio
from collections.abc import Callable
from typing import Any, Literal

import reflex as rx
from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import choosable, comments, database, follow_up, reviewing, segments, tasks
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.listing import COUNT_LIMIT
from crm_app.services.errors import CRMError
from crm_app.services.reviewing import Step
from crm_app.state.contact_view import CardView, Presenter
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.review_view import Outcome, Reason, outcomes, reasons
from crm_app.state.session import current_actor
from crm_app.state.undoing import Undoable

Move = Callable[[Session, Actor, ContactFilter], Step]
DEFAULT = {"lifecycle": "lead"}
_WHEN = {1: text("tomorrow"), 3: text("in 3 days"), 7: text("in a week")}


class ReviewState(Undoable, rx.State):
    """The contact before the user, and how far they are. `turn` grows when the note empties itself."""

    card: CardView = CardView()
    reasons: list[Reason] = []
    outcomes: list[Outcome] = []
    loaded: bool = False
    through: bool = False
    seen: int = 0
    left: int = 0
    capped: bool = False
    percent: int = 0
    has_back: bool = False
    others: str = ""
    segment_name: str = ""
    list_url: str = routes.LEADS
    error: str = ""
    turn: int = 0

    @action(permission=Permission.CONTACTS_EDIT)
    async def load(self):
        """Where the user left off in these contacts."""
        await self._move(reviewing.current)

    @action(permission=Permission.CONTACTS_EDIT)
    async def next(self, number: int):
        """On from the contact with that number; a second click on the same button moves nothing."""
        await self._move(lambda session, actor, wanted: reviewing.advance(session, actor, wanted, number))

    @action(permission=Permission.CONTACTS_EDIT)
    async def back(self):
        await self._move(reviewing.back)

    @action(permission=Permission.CONTACTS_EDIT)
    async def restart(self):
        await self._move(reviewing.restart)

    @action(permission=Permission.CONTACTS_EDIT)
    async def leave(self):
        """Gives the contact free and goes back to the list."""
        await asyncio.to_thread(_leave, await current_actor(self))
        return rx.redirect(self.list_url)

    @action(permission=Permission.CONTACTS_EDIT)
    async def set_outcome(self, status: str, number: int):
        """Sets the status by name and goes on to the next one; back leads here again.

        A second click on the same button is about a contact that is not before the user any more: it does nothing.
        """
        if number != self.card.number:
            return
        name = self.card.name

        def move(session: Session, actor: Actor, wanted: ContactFilter) -> Step:
            cards.change(session, actor, cards.get(session, actor, number), {"status": status})
            return reviewing.advance(session, actor, wanted, number)

        if await self._move(move):
            await say(self, text("{name}: {status}", name=name, status=status))

    @action(permission=Permission.CONTACTS_EDIT)
    async def call_later(self, days: Literal[1, 3, 7], number: int):
        """Nobody answered: a task to call at ten, in so many days, and on to the next one. A second click does nothing.

        What the message takes back is the task; who was called is shown again, unless somebody else is by then.
        """
        if number != self.card.number:
            return
        made: list[tuple[int, str]] = []
        name = self.card.name

        def move(session: Session, actor: Actor, wanted: ContactFilter) -> Step:
            task = follow_up.call(session, actor, cards.get(session, actor, number), days=days)
            made.append((task.id or 0, locales.render(_WHEN[days], actor.language)))
            return reviewing.advance(session, actor, wanted, number)

        if await self._move(move):
            (task_id, when), shown = made[-1], self.card.number
            await self._offer_undo(text("{name}: call {when} at 10:00", name=name, when=when), task_id, shown)

    @action(permission=Permission.CONTACTS_EDIT)
    async def take_back(self, message: int):
        """The task of a call that nobody answered."""
        back = self._way_back(message)
        if not back:
            return
        task_id, shown = back

        def move(session: Session, actor: Actor, wanted: ContactFilter) -> Step:
            tasks.remove(session, actor, task_id)
            step = reviewing.back if shown == self.card.number else reviewing.current
            return step(session, actor, wanted)

        await self._move(move)

    @action(permission=Permission.CONTACTS_EDIT)
    async def note(self, form: dict[str, Any]):
        """Keeps what was typed or dictated as a comment; the contact stays before the user."""
        number, written = self.card.number, str(form.get("note") or "")

        def move(session: Session, actor: Actor, wanted: ContactFilter) -> Step:
            comments.add(session, actor, cards.get(session, actor, number), written)
            return reviewing.current(session, actor, wanted)

        if await self._move(move):
            self.turn += 1

    async def _move(self, move: Move) -> bool:
        """Does it and shows who is before the user then; False when it was refused, with the reason shown."""
        actor, params = await current_actor(self), dict(self.router.url.query_parameters)
        try:
            shown = await asyncio.to_thread(_moved, actor, params or DEFAULT, move)
        except (CRMError, ValueError) as error:
            said = (
                error.message if isinstance(error, CRMError) else text("This link has a condition that is not known.")
            )
            self.error, self.loaded = locales.render(said, actor.language), True
            return False
        self.error, self.loaded = "", True
        for name, value in shown.items():
            setattr(self, name, value)
        return True


def _moved(actor: Actor, params: dict[str, str], move: Move) -> dict[str, Any]:
    with database.transaction() as session:
        wanted = ContactFilter.from_params(params)
        step = move(session, actor, wanted)
        left = min(step.left, COUNT_LIMIT)
        whole = step.seen + left + (step.contact is not None)
        found: dict[str, Any] = {
            "through": step.contact is None,
            "seen": step.seen,
            "left": left,
            "capped": step.left > COUNT_LIMIT,
            "percent": round(100 * step.seen / whole) if whole else 100,
            "has_back": step.has_back,
            "others": ", ".join(step.others),
            "segment_name": segments.named(session, actor, wanted.segment_id)[0] if wanted.segment_id else "",
            "list_url": wanted.url(routes.CONTACTS),
            "outcomes": outcomes(choosable.statuses(session), step.contact),
            "card": CardView(),
            "reasons": [],
        }
        if step.contact is not None:
            presenter = Presenter(session, actor)
            found["card"] = presenter.look(step.contact)
            found["reasons"] = reasons(presenter, step.contact)
        return found


def _leave(actor: Actor) -> None:
    with database.transaction() as session:
        reviewing.leave(session, actor)
