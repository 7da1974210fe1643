"""How a new campaign, template or automation begins: a button that opens a form which asks for its name first."""

from typing import Any

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t


def new_button(state: Any, what: str, label: str) -> rx.Component:
    return rx.el.button(
        rx.icon("plus", size=16),
        T(label),
        type="button",
        id=f"new-{what}",
        class_name="button primary",
        on_click=state.ask,
    )


def new_form(state: Any, what: str, label: str, *fields: rx.Component, most: int, go: str = N("Go on")) -> rx.Component:
    """`state` has `asking`, `error`, `ask` and `make`; `most` is how long a name may be."""
    return Panel.create(
        rx.el.form(
            rx.el.div(
                rx.el.label(T("Name"), html_for=f"{what}-name"),
                rx.el.input(
                    id=f"{what}-name",
                    name="name",
                    class_name="input",
                    max_length=most,
                    required=True,
                    auto_complete="off",
                    aria_invalid=rx.cond(state.error, "true", "false"),
                ),
                class_name="field",
            ),
            *fields,
            rx.cond(state.error, notice(state.error, "danger")),
            rx.el.div(
                rx.el.button(T(go), type="submit", class_name="button primary"),
                rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=state.ask),
                class_name="filter-foot",
            ),
            on_submit=state.make,
            class_name="entry-form",
        ),
        opener=f"new-{what}",
        label=t(label),
        kind="group",
        class_name="entry-panel",
        on_close=state.ask,
    )
