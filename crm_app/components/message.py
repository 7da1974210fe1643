"""Messages of the server, shown as toasts without any script from the server."""

import reflex as rx

from crm_app.components.text import t
from crm_app.state.messages import MessageState


class MessageRelay(rx.Component):
    library = "$/public/js/message.js"
    tag = "MessageRelay"
    n: rx.Var[int]
    kind: rx.Var[str]
    text: rx.Var[str]
    undo: rx.Var[str]  # what the button is called that takes the act back; empty for none


def _number(n: rx.Var[int]) -> tuple[rx.Var[int]]:
    return (n,)


class UndoListener(rx.Component):
    """Calls `on_undo` with the number of the message whose button is pressed; it may be another state's message."""

    library = "$/public/js/message.js"
    tag = "UndoListener"
    on_undo: rx.EventHandler[_number]  # type: ignore[type-arg,valid-type]


def message_relay() -> rx.Component:
    """Mounted once a page; the toaster itself is the app's."""
    return MessageRelay.create(
        n=MessageState.n, kind=MessageState.kind, text=MessageState.text, undo=rx.cond(MessageState.undo, t("Undo"), "")
    )
