"""Bodies are counted before anything reads them, with and without Content-Length."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FORM_LIMIT = 64 * 1024
_DRAIN_SECONDS = 5

Refuse = Callable[[Scope, Receive, Send], Awaitable[None]]


async def limited(app: ASGIApp, scope: Scope, receive: Receive, send: Send, *, limit: int, refuse: Refuse) -> None:
    """Runs `app` with a body of at most `limit` bytes; `refuse` answers in its place when there are more.

    The app is told that the client left (an exception there would leave its handler hanging and its file behind),
    its own answer to that is swallowed, and the refusal is sent after it has cleaned up.
    """
    declared = Headers(scope=scope).get("content-length")
    if declared is not None and (not declared.isdecimal() or int(declared) > limit):
        return await refuse(scope, receive, send)
    seen, is_over, has_started = 0, False, False

    async def counted() -> Message:
        nonlocal seen, is_over
        if is_over:
            return {"type": "http.disconnect"}
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            is_over = True
            return {"type": "http.disconnect"}
        return message

    async def watched(message: Message) -> None:
        nonlocal has_started
        if is_over and not has_started:
            return
        has_started = has_started or message["type"] == "http.response.start"
        await send(message)

    try:
        await app(scope, counted, watched)
    except ClientDisconnect:
        if not is_over:
            raise
    if is_over and not has_started:
        await refuse(scope, receive, send)
        await _drain(receive, limit)
    return None


async def _drain(receive: Receive, limit: int) -> None:
    """Reads on for a moment and keeps nothing: a connection cut while its client sends loses the answer as well."""
    seen = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_DRAIN_SECONDS):
            while seen <= limit:
                message = await receive()
                seen += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    return
