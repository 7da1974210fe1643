"""The outbox: what waits, what could not be sent, what may have been sent, and what went out last."""

import asyncio
from dataclasses import dataclass

import reflex as rx

from crm_app import locales, routes
from crm_app.locales import Text, text
from crm_app.models import Channel, LeftOut, Message, MessageState, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError
from crm_app.services.messages import outbox, permitted, server
from crm_app.state.formats import exact, spoken
from crm_app.state.guard import action
from crm_app.state.message_words import CHANNELS, STATES
from crm_app.state.messages import say
from crm_app.state.session import current_actor

PAGE = 50
SHOWN: dict[str, tuple[MessageState, ...]] = {
    "waiting": (MessageState.QUEUED, MessageState.SENDING),
    "trouble": (MessageState.FAILED, MessageState.UNCERTAIN),
    "sent": (MessageState.SENT,),
    "left_out": (MessageState.LEFT_OUT, MessageState.CANCELLED),
}


@dataclass
class OutboxLine:
    key: int
    name: str
    url: str
    address: str
    subject: str
    state: str
    look: str
    why: str
    when: str
    exact: str
    icon: str
    can_send_again: bool
    can_cancel: bool


class OutboxState(rx.State):
    """`show` is one of SHOWN; `more`: the last message of the page, 0 at the end."""

    show: str = "waiting"
    lines: list[OutboxLine] = []
    more: int = 0
    problem: str = ""
    in_folder: bool = False
    loaded: bool = False

    @action(permission=Permission.MESSAGES)
    async def load(self):
        wanted = str(self.router.url.query_parameters.get("show", ""))
        self.show = wanted if wanted in SHOWN else "waiting"
        await self._show()
        self.loaded = True

    @action(permission=Permission.MESSAGES)
    async def show_more(self):
        actor = await current_actor(self)
        further, self.more = await asyncio.to_thread(_page, actor, self.show, self.more or None)
        self.lines = [*self.lines, *further]

    @action(permission=Permission.MESSAGES)
    async def send_again(self, key: int):
        """Somebody decides that a message is tried once more."""
        await self._do(key, outbox.send_again, text("The message is sent once more."))

    @action(permission=Permission.MESSAGES)
    async def cancel(self, key: int):
        await self._do(key, outbox.cancel, text("The message is taken back."))

    async def _do(self, key: int, verb, done: Text) -> None:
        try:
            await asyncio.to_thread(_written, await current_actor(self), verb, key)
        except CRMError as error:
            await say(self, error.message, "error")
        else:
            await say(self, done)
        await self._show()

    async def _show(self) -> None:
        actor = await current_actor(self)
        self.lines, self.more = await asyncio.to_thread(_page, actor, self.show, None)
        self.problem, self.in_folder = await asyncio.to_thread(_standing, actor)


def _page(actor: Actor, show: str, before: int | None) -> tuple[list[OutboxLine], int]:
    with database.reading() as session:
        found = outbox.listing(session, actor, SHOWN[show], before=before, limit=PAGE + 1)
    lines = [
        _line(message, contact.display_name, routes.contact(contact.number), actor) for message, contact in found[:PAGE]
    ]
    return lines, lines[-1].key if len(found) > PAGE else 0


def _line(message: Message, name: str, url: str, actor: Actor) -> OutboxLine:
    state = MessageState(message.state)
    at = message.ended_at or message.created_at
    why = ""
    if state is MessageState.LEFT_OUT and message.reason:
        why = _said(permitted.REASONS[LeftOut(message.reason)], actor)
    elif message.error is not None:
        why = _said(Text.from_json(message.error), actor)
    looks = {MessageState.FAILED: "danger", MessageState.UNCERTAIN: "warn", MessageState.SENT: "good"}
    return OutboxLine(
        key=message.id or 0,
        name=name,
        url=url,
        address=message.address,
        subject=message.subject or _said(CHANNELS[Channel(message.channel)], actor),
        state=_said(STATES[state], actor),
        look=looks.get(state, "quiet"),
        why=why,
        when=spoken(at, actor.language, actor.timezone),
        exact=exact(at, actor.language, actor.timezone),
        icon="mail" if message.channel == Channel.EMAIL else "message-square",
        can_send_again=state in (MessageState.FAILED, MessageState.UNCERTAIN),
        can_cancel=state is MessageState.QUEUED,
    )


def _standing(actor: Actor) -> tuple[str, bool]:
    with database.reading() as session:
        found = server.current(session)
        problem = _said(Text.from_json(found.problem), actor) if found.problem is not None else ""
        return problem, not server.is_set(found)


def _written(actor: Actor, verb, key: int) -> None:
    with database.transaction() as session:
        verb(session, actor, key)


def _said(message: Text, actor: Actor) -> str:
    return locales.render(message, actor.language)
