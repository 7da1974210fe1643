"""The guard: every event is asked here before its handler runs. Refused unless registered, signed in and permitted.

Order: is there a session (read from the database, each time) · whose data does this tab's state hold · is the handler
registered · has the user the right · does the payload fit the handler's type hints · has the page loaded.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import reflex as rx
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext

from crm_app import cookies, routes
from crm_app.locales import Text, text
from crm_app.services import audit, database, sessions
from crm_app.services.errors import Busy
from crm_app.services.sessions import SignedIn
from crm_app.state import early, payloads, quiet, tabs
from crm_app.state.registry import action, rule_of

__all__ = ["Guard", "action", "install"]

log = logging.getLogger(__name__)

OnRefused = Callable[[BaseState, Text, str], Awaitable[None]]
NO_RIGHT = text("You do not have the right for this. Ask an administrator of this CRM.")
OUT_OF_DATE = text("This page is out of date. Reload it and try again.")


def install(app: rx.App, *, on_refused: OnRefused | None = None) -> "Guard":
    """Puts the guard in front of everything else the app does with events, and starts the watch over open tabs."""
    quiet.install()
    guard = Guard(on_refused)
    app.add_middleware(guard, index=0)
    app.register_lifespan_task(tabs.watch, app=app)
    return guard


class Guard(rx.Middleware):
    """`on_refused(state, message, language)` may show the refusal by changing a state; nothing else happens then."""

    def __init__(self, on_refused: OnRefused | None = None) -> None:
        self.on_refused = on_refused
        self._touches: set[asyncio.Future[Any]] = set()

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:
        token = cookies.session_token(state.router.headers.cookie)
        loop = asyncio.get_running_loop()
        signed_in = await loop.run_in_executor(tabs.threads, sessions.look_up, token)
        if signed_in is None:
            return StateUpdate(events=Event.from_event_type(rx.redirect(routes.SIGNED_OUT, replace=True)))
        tab = await state.get_state(tabs.TabState)
        is_fresh = tab._session_id == 0
        self._take_over(app, state, tab, signed_in)
        router = state.router.session
        tabs.remember(router.client_token, router.session_id, signed_in)
        if signed_in.is_touch_due():
            touching = loop.run_in_executor(tabs.threads, partial(_touch, signed_in.session_id))
            self._touches.add(touching)
            touching.add_done_callback(self._touches.discard)
        rule = rule_of(event.name)
        if rule is None or (rule.permission is not None and not signed_in.actor.may(rule.permission)):
            await loop.run_in_executor(tabs.threads, partial(_note, signed_in, event.name, router.client_ip))
            return await self._refuse(state, NO_RIGHT, signed_in)
        try:
            payloads.check(RegistrationContext.get().event_handlers[event.name].handler, event.payload)
        except payloads.BadPayloadError as error:
            log.warning("payload refused for %s: %s", _short(event.name), error)
            return await self._refuse(state, OUT_OF_DATE, signed_in)
        return early.put_off(state, tab, event, is_fresh=is_fresh)

    def _take_over(self, app: rx.App, state: BaseState, tab: tabs.TabState, signed_in: SignedIn) -> None:
        """A tab keeps its state when somebody else signs in on it, or brings its token: work and values go first."""
        if tab._session_id not in (0, signed_in.session_id):
            tabs.cancel_work(app, state.router.session.client_token)
            state._get_root_state().reset()
        tab._session_id = signed_in.session_id

    async def _refuse(self, state: BaseState, message: Text, signed_in: SignedIn) -> StateUpdate:
        if self.on_refused is None:
            return StateUpdate()
        await self.on_refused(state, message, signed_in.actor.language)
        root = state._get_root_state()
        delta = await root._get_resolved_delta()
        root._clean()
        return StateUpdate(delta=delta)


def _touch(session_id: int) -> None:
    try:
        with database.transaction() as session:
            sessions.touch(session, session_id)
    except Busy:
        log.info("a visit could not be noted: the database was busy")


def _note(signed_in: SignedIn, event_name: str, ip: str) -> None:
    """One audit entry for each refusal; a busy database must not turn a refusal into an error."""
    try:
        with database.transaction() as session:
            audit.record(session, signed_in.actor, "refused", ip=ip, handler=_short(event_name))
    except Busy:
        log.warning("a refusal could not be written: the database was busy")


def _short(event_name: str) -> str:
    """`…contacts_state.save`: the last two parts, printable, for logs."""
    shown = ".".join(event_name.split(".")[-2:])[-100:]
    return "".join(c if c.isascii() and c.isprintable() else "?" for c in shown)
