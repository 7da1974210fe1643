"""The one way a handler tells its user something: `await say(self, text(...))`."""

import reflex as rx

from crm_app import locales
from crm_app.locales import Text
from crm_app.state.session import SessionState


class MessageState(rx.State):
    """The last message of this tab; `n` counts them."""

    n: int = 0
    kind: str = "success"
    text: str = ""


async def say(state: rx.State, message: Text, kind: str = "success") -> None:
    """Shows `message` in the user's language; `kind` is success, info, warning or error."""
    session = await state.get_state(SessionState)
    messages = await state.get_state(MessageState)
    messages.kind = kind
    messages.text = locales.render(message, session.language)
    messages.n += 1


async def show_refusal(state: rx.State, message: Text, language: str) -> None:
    """What the guard calls when it refuses an event."""
    messages = await state.get_state(MessageState)
    messages.kind, messages.text = "error", locales.render(message, language)
    messages.n += 1
