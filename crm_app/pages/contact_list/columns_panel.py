"""What a list shows: columns, their order and widths, the height of rows."""

import reflex as rx

from crm_app.components.panel import Panel
from crm_app.components.text import T, t
from crm_app.state.contact_columns import ColumnChoice, ContactColumnsState

OPENER = "columns-open"


def columns_button() -> rx.Component:
    return rx.el.button(
        rx.icon("columns-3", size=16),
        T("Columns"),
        id=OPENER,
        type="button",
        class_name="button wide-only",
        aria_expanded=ContactColumnsState.opened.to_string(),
        on_click=ContactColumnsState.toggle,
    )


def columns_panel() -> rx.Component:
    return rx.cond(
        ContactColumnsState.opened,
        Panel.create(
            rx.el.div(
                rx.el.label(
                    rx.el.input(
                        type="checkbox",
                        checked=ContactColumnsState.dense,
                        on_change=ContactColumnsState.set_dense(~ContactColumnsState.dense),
                    ),
                    T("Compact rows"),
                    class_name="switch",
                ),
                rx.el.button(
                    T("Back to the usual columns"),
                    type="button",
                    class_name="button plain",
                    disabled=ContactColumnsState.is_usual,
                    on_click=ContactColumnsState.reset_columns,
                ),
                class_name="filter-foot",
            ),
            rx.el.ul(rx.foreach(ContactColumnsState.choices, _choice), class_name="column-choices"),
            opener=OPENER,
            label=t("Columns"),
            kind="group",
            class_name="panel columns",
            on_close=ContactColumnsState.close,
        ),
    )


def _choice(choice: rx.Var[ColumnChoice]) -> rx.Component:
    return rx.el.li(
        rx.el.label(
            rx.el.input(
                type="checkbox", checked=choice.shown, on_change=ContactColumnsState.tick(choice.name), id=choice.name
            ),
            rx.el.span(choice.label),
            class_name="switch",
        ),
        rx.cond(
            choice.shown,
            rx.el.span(
                _move(choice, -1, "arrow-up", t("Move {name} to the left", name=choice.label), choice.is_first),
                _move(choice, 1, "arrow-down", t("Move {name} to the right", name=choice.label), choice.is_last),
                rx.el.input(
                    type="number",
                    default_value=choice.width,
                    min=64,
                    max=640,
                    step=8,
                    on_blur=lambda width: ContactColumnsState.resize(choice.name, width.to(int)),
                    aria_label=t("Width of {name} in pixels", name=choice.label),
                    class_name="input width",
                    key=choice.name + choice.width.to_string(),
                ),
                class_name="column-tools",
            ),
        ),
        key=choice.name,
    )


def _move(choice: rx.Var[ColumnChoice], by: int, icon: str, label: rx.Var[str], at_end: rx.Var[bool]) -> rx.Component:
    return rx.el.button(
        rx.icon(icon, size=14),
        type="button",
        class_name="button plain icon",
        aria_label=label,
        disabled=at_end,
        on_click=ContactColumnsState.shift(choice.name, by),
    )
