"""An empty place: one sentence and the next action."""

import reflex as rx


def empty(icon: str, title: rx.Component, sentence: rx.Component, *actions: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.icon(icon, size=32),
        rx.el.h2(title),
        rx.el.p(sentence),
        rx.el.div(*actions, class_name="empty-actions"),
        class_name="empty",
    )
