"""An act that its message offers to take back: only the newest message's button counts, and only once."""

from typing import Any

import reflex as rx

from crm_app.locales import Text
from crm_app.state.messages import MessageState, say


class Undoable(rx.State, mixin=True):
    """Remembers the way back of the last act: the name of a verb and what it takes, both plain data."""

    _back: tuple[Any, ...] = ()
    _said: int = 0

    async def _offer_undo(self, message: Text, *back: Any) -> None:
        await say(self, message, undo=True)
        self._back, self._said = back, (await self.get_state(MessageState)).n

    async def _way_back(self) -> tuple[Any, ...]:
        """The way back, once; empty when the button belongs to another message."""
        back, self._back = self._back, ()
        return back if (await self.get_state(MessageState)).n == self._said else ()
