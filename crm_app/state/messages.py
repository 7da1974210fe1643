"""The one way a handler tells its user something: `await say(self, text(...))`."""

from time import time_ns

import reflex as rx

from crm_app import locales
from crm_app.locales import Text
from crm_app.state.session import SessionState


class MessageState(rx.State):
    """The last message of this tab; `n` is its moment in milliseconds, also unique after a restart of the server."""

    n: int = 0
    kind: str = "success"
    text: str = ""
    undo: bool = False


async def say(state: rx.State, message: Text, kind: str = "success", *, undo: bool = False) -> int:
    """Shows `message` in the user's language; `kind` is success, info, warning or error. Returns its number.

    `undo` puts a button into it; the page listens to it with `components.message.UndoListener`.
    """
    session = await state.get_state(SessionState)
    return await _show(state, kind, locales.render(message, session.language), undo)


async def show_refusal(state: rx.State, message: Text, language: str) -> None:
    """What the guard calls when it refuses an event."""
    await _show(state, "error", locales.render(message, language))


async def _show(state: rx.State, kind: str, words: str, undo: bool = False) -> int:
    messages = await state.get_state(MessageState)
    messages.kind, messages.text, messages.undo = kind, words, undo
    messages.n = max(messages.n + 1, time_ns() // 1_000_000)
    return messages.n
