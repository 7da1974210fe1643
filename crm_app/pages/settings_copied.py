"""A text that is there to be copied: a token, a secret, an address."""

import reflex as rx

from crm_app.components.text import T


def copied(name: str, label: str, value: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.label(T(label), html_for=name, class_name="field-label"),
        rx.el.div(
            rx.el.input(id=name, value=value, read_only=True, class_name="input"),
            rx.el.button(
                rx.icon("copy", size=16),
                T("Copy"),
                type="button",
                class_name="button",
                on_click=rx.set_clipboard(value),
            ),
            class_name="feed-line",
        ),
    )
