"""Acts that their messages offer to take back: each button leads back from its own message, and only once."""

from typing import Any

import reflex as rx

from crm_app.locales import Text
from crm_app.state.messages import say

KEPT = 20  # messages whose way back is remembered


class Undoable(rx.State, mixin=True):
    """Remembers ways back: what `_offer_undo` was given, plain data, by the message's number."""

    _ways: dict[int, tuple[Any, ...]] = {}

    async def _offer_undo(self, message: Text, *back: Any) -> None:
        n = await say(self, message, undo=True)
        self._ways = {**dict(list(self._ways.items())[1 - KEPT :]), n: back}

    def _way_back(self, message: int) -> tuple[Any, ...]:
        """The way back of a message, once; empty when it is none of this state's."""
        back = self._ways.get(message, ())
        self._ways = {n: other for n, other in self._ways.items() if n != message}
        return back
