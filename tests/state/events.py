"""Fires real events through middleware and state without a server. Everything private of Reflex stays in this file."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from reflex.istate.manager.memory import StateManagerMemory
from reflex.istate.manager.token import BaseStateToken
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from reflex_base.event.processor import BaseStateEventProcessor
from reflex_base.registry import RegistrationContext
from reflex_base.utils.format import format_event_handler, json_dumps

from crm_app.crm_app import app  # one `rx.App` per process: rehydrating asks it for the pages' on_load handlers

__all__ = ["Answer", "Tab", "app", "handlers", "preprocess", "until"]


@dataclass
class Answer:
    """What reached the browser: changed vars by state, and events such as redirects."""

    deltas: list[Mapping[str, Mapping[str, Any]]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    error: Exception | None = None

    @property
    def redirects(self) -> list[str]:
        return [str(e.payload.get("path", "")).strip('"') for e in self.events if e.name == "_redirect"]

    def value(self, state: type, name: str) -> Any:
        """The last value sent for a var; None when it was not sent."""
        found = None
        for delta in self.deltas:
            for key, value in delta.get(state.get_full_name(), {}).items():  # type: ignore[attr-defined]
                if key.removesuffix("_rx_state_") == name:
                    found = value
        return found

    def shown(self) -> str:
        """Everything that was sent, as the browser gets it."""
        return json_dumps([self.deltas, [event.payload for event in self.events]])

    def names(self) -> set[str]:
        """Full names of the states of which something was sent."""
        return {state for delta in self.deltas for state in delta}


class Tab:
    """One tab of one browser, talking to `middleware` (an `rx.App` or what stands for it)."""

    def __init__(
        self,
        middleware: Any,
        cookie: str = "",
        *,
        token: str = "tab",
        socket: str = "sid",
        path: str = "/",
        query: Mapping[str, str] | None = None,
    ) -> None:
        self.cookie, self.token, self.socket, self.path = cookie, token, socket, path
        self.query = dict(query or {})
        self.manager = StateManagerMemory()
        self.answer = Answer()
        self.processor = BaseStateEventProcessor(
            middleware=middleware, backend_exception_handler=self._failed, graceful_shutdown_timeout=1
        )
        self.processor._root_context = EventContext(
            token="",
            txid="",
            state_manager=self.manager,
            enqueue_impl=self.processor.enqueue_many,
            emit_delta_impl=self._delta,
            emit_event_impl=self._event,
        )

    async def __aenter__(self) -> "Tab":
        await self.processor.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.processor.stop()

    async def fire(self, handler: Any, **payload: Any) -> Answer:
        """Runs one event and what it chains; `handler` is a handler or a full event name."""
        self.answer = Answer()
        with_chain = await self.start(handler, **payload)
        try:
            await with_chain.wait_all()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001  # tests look at it
            self.answer.error = error
        return self.answer

    async def start(self, handler: Any, **payload: Any) -> Any:
        """Enqueues the event and returns at once, for background work."""
        name = handler if isinstance(handler, str) else format_event_handler(handler)
        headers = {"cookie": self.cookie} if self.cookie else {}
        router = {
            "pathname": self.path,
            **({"asPath": f"http://crm.test{self.path}?{urlencode(self.query)}"} if self.path != "/" else {}),
            "query": self.query,
            "headers": headers,
            "ip": "192.0.2.1",
            "token": self.token,
            "sid": self.socket,
        }
        return await self.processor.enqueue(self.token, Event(name=name, payload=payload, router_data=router))

    async def state(self, cls: type) -> Any:
        """The tab's state as the server holds it."""
        root = await self.manager.get_state(BaseStateToken(ident=self.token, cls=cls))
        return await root.get_state(cls)

    def forget(self) -> None:
        """Throws the tab's states away, as the server does after an hour without an event."""
        self.manager.states.clear()

    async def _delta(self, token: str, delta: Mapping[str, Mapping[str, Any]]) -> None:
        self.answer.deltas.append(delta)

    async def _event(self, token: str, *events: Event) -> None:
        self.answer.events.extend(events)

    def _failed(self, error: Exception) -> None:
        self.answer.error = error


async def until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # the work under test has no event to wait for
            await asyncio.sleep(0)


def handlers() -> dict[str, Any]:
    """The function of every event handler of the app, by the event's full name."""
    found = RegistrationContext.get().event_handlers
    return {
        name: item.handler.fn
        for name, item in found.items()
        if not any(state.__module__.startswith("tests.") for state in item.states)
    }


async def preprocess(guard: Any, middleware: Any, name: str, cookie: str) -> Any:
    """What the guard says to one event; None lets it through."""
    async with Tab(middleware, cookie) as tab:
        owner = RegistrationContext.get().event_handlers[name].states[0]
        state = await tab.manager.get_state(BaseStateToken(ident="tab", cls=owner))
        root = state._get_root_state()
        router = {"headers": {"cookie": cookie}, "ip": "192.0.2.1", "token": "tab", "sid": "sid", "pathname": "/"}
        root._update_router_vars(router, {})
        root.is_hydrated = True
        return await guard.preprocess(middleware, root, Event(name=name))
