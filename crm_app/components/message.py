"""Messages of the server, shown as toasts without any script from the server."""

import reflex as rx

from crm_app.state.messages import MessageState


class MessageRelay(rx.Component):
    library = "$/public/js/message.js"
    tag = "MessageRelay"
    n: rx.Var[int]
    kind: rx.Var[str]
    text: rx.Var[str]


def message_relay() -> rx.Component:
    """Mounted once a page; the toaster itself is the app's."""
    return MessageRelay.create(n=MessageState.n, kind=MessageState.kind, text=MessageState.text)
