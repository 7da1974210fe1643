"""Open tabs and the sessions they belong to; closing them when their session ends, here or in another process."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import reflex as rx
from reflex.state import StateUpdate
from reflex_base.event import Event

from crm_app import routes
from crm_app.models import Permission
from crm_app.services import database, sessions
from crm_app.services.sessions import SignedIn

log = logging.getLogger(__name__)

WATCH_SECONDS = 2.0
_FAREWELL_SECONDS = 0.3  # for the redirect to reach the tab before its socket is cut
threads = ThreadPoolExecutor(4, thread_name_prefix="guard")


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: its session, the rights it was served with, its socket and its user."""

    session_id: int
    permissions: frozenset[Permission]
    socket: str
    user_id: int


_tabs: dict[str, Tab] = {}  # by Reflex's client token


class TabState(rx.State):
    """Server-side only: whose data this tab's state holds, the page that was loaded last, and how many events wait
    for it.
    """

    _session_id: int = 0
    _page: str = ""
    _waiting: int = 0


def remember(token: str, socket: str, signed_in: SignedIn) -> None:
    """Notes that the tab is served for this session. The guard calls it at each event."""
    actor = signed_in.actor
    _tabs[token] = Tab(signed_in.session_id, actor.permissions, socket, actor.user_id or 0)


def of_session(session_id: int) -> dict[str, Tab]:
    """The tabs of a session, by token."""
    return {token: tab for token, tab in _tabs.items() if tab.session_id == session_id}


def users() -> dict[str, int]:
    """Whose each tab is, by token."""
    return {token: tab.user_id for token, tab in _tabs.items()}


async def push_out(app: Any, session_id: int) -> int:
    """Stops the running work of the session's tabs, sends them to the sign-in page and cuts their sockets.

    Returns how many tabs there were.
    """
    tabs = of_session(session_id)
    for token in tabs:
        _tabs.pop(token, None)
        cancel_work(app, token)
    await asyncio.gather(*(_close(app, token, tab) for token, tab in tabs.items()))
    return len(tabs)


async def watch_once(app: Any) -> int:
    """Looks once at the sessions of all open tabs and pushes out what has no right to be there. Returns how many."""
    _sweep(app)
    served: dict[int, frozenset[Permission]] = {}
    for tab in _tabs.values():
        served[tab.session_id] = served.get(tab.session_id, frozenset()) | tab.permissions
    if not served:
        return 0
    living = await asyncio.get_running_loop().run_in_executor(threads, _living, frozenset(served))
    ended = [
        session_id
        for session_id, permissions in served.items()
        if session_id not in living or not permissions <= living[session_id].actor.permissions
    ]
    closed = [await push_out(app, session_id) for session_id in ended]
    return sum(closed)


async def watch(app: Any) -> None:
    """`watch_once` every two seconds, for as long as the server runs."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            await watch_once(app)
        except Exception:  # the watch must outlive a busy database
            log.exception("open tabs could not be checked")


def _living(session_ids: frozenset[int]) -> dict[int, SignedIn]:
    with database.reading() as session:
        return sessions.living(session, session_ids)


def _sweep(app: Any) -> None:
    """Forgets tabs that are gone; one that comes back is known again with its first event."""
    for token in _tabs.keys() - app.event_namespace.token_to_sid.keys():
        del _tabs[token]


def cancel_work(app: Any, token: str) -> None:
    """Cancels the tab's running events but the one that asks: background ones too, and what they would chain."""
    processor = app.event_processor
    own = asyncio.current_task()
    for txid, task in list(processor._tasks.items()):
        if task is not own and task.get_name().endswith(f"|{token}|{txid}"):
            if (future := processor._futures.get(txid)) is not None:
                future.cancel()
            task.cancel()


async def _close(app: Any, token: str, tab: Tab) -> None:
    farewell = StateUpdate(events=Event.from_event_type(rx.redirect(routes.SIGNED_OUT, replace=True)))
    try:
        if token in app.event_namespace.token_to_sid:
            await app.event_namespace.emit_update(farewell, token)
            await asyncio.sleep(_FAREWELL_SECONDS)
        await app.sio.disconnect(tab.socket, namespace="/_event")
    except Exception:  # one socket that is gone already must not keep the others open
        log.exception("a tab could not be closed")
