"""Which session a request belongs to, asked of the database off the event loop and kept for a second."""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from starlette.datastructures import Headers
from starlette.types import Scope

from crm_app import cookies
from crm_app.services import database, sessions
from crm_app.services.errors import Busy
from crm_app.services.sessions import SignedIn

log = logging.getLogger(__name__)

KEEP_SECONDS = 1.0
_MOST_KEPT = 2000


class Visitors:
    """Looks sessions up. One of these per process; `forget` makes an ended session count at once."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, SignedIn | None]] = {}
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="visitors")
        self._touches: set[asyncio.Future[Any]] = set()

    async def of(self, scope: Scope) -> SignedIn | None:
        """Who asks; None for a stranger. Notes the visit, at most once a minute, without making anybody wait."""
        token = token_of(scope)
        if not token:
            return None
        key = sessions.hash_of(token)
        until, found = self._kept.get(key, (0.0, None))
        if until < time.monotonic():
            loop = asyncio.get_running_loop()
            found = await loop.run_in_executor(self._threads, sessions.look_up, token)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (time.monotonic() + KEEP_SECONDS, found)
            if found is not None and found.is_touch_due():
                touching = loop.run_in_executor(self._threads, partial(_touch, found.session_id))
                self._touches.add(touching)
                touching.add_done_callback(self._touches.discard)
        return found

    def forget(self, token: str) -> None:
        """The next request with this cookie asks the database."""
        self._kept.pop(sessions.hash_of(token), None)


def token_of(scope: Scope) -> str:
    """The session's secret a request carries, or empty."""
    return cookies.session_token("; ".join(Headers(scope=scope).getlist("cookie")))


def _touch(session_id: int) -> None:
    try:
        with database.transaction() as session:
            sessions.touch(session, session_id)
    except Busy:
        log.info("a visit could not be noted: the database was busy")
