"""Work that goes on behind a page, followed to its end: looked at again and again, from the database."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import reflex as rx

from crm_app.services.actor import Actor
from crm_app.services.errors import NotPermitted
from crm_app.state.session import current_actor

POLL_SECONDS = 0.4

Key = TypeVar("Key")
Seen = TypeVar("Seen")


async def follow(
    state: rx.State,
    key: Callable[[], Key],
    look: Callable[[Actor, Key], Seen | None],
    show: Callable[[Seen], Any],
    goes_on: Callable[[Seen], bool],
    *,
    seconds: float = POLL_SECONDS,
) -> Seen | None:
    """For a background handler of `state`: shows what `look` sees of what `key` names, until it goes on no more.

    The last look; None when there is nothing to see any more, the page shows something else, or the session ended.
    """
    while True:
        async with state:
            try:
                actor = await current_actor(state)
            except NotPermitted:
                return None
            wanted = key()
        seen = await asyncio.to_thread(look, actor, wanted)
        async with state:
            if seen is None or key() != wanted:
                return None
            show(seen)
        if not goes_on(seen):
            return seen
        await asyncio.sleep(seconds)
