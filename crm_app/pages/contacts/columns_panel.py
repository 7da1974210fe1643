"""What the list shows: columns, their order and widths, the height of rows; and by what it is sorted."""

import reflex as rx

from crm_app.components.panel import Panel
from crm_app.components.text import T, t
from crm_app.state.contact_columns import ColumnChoice, ContactColumnsState
from crm_app.state.contacts import ContactListState

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


def sort_menu() -> rx.Component:
    """By what the list is sorted, also where there are no heads to click on."""
    return rx.el.details(
        rx.el.summary(
            rx.icon("arrow-up-down", size=16), rx.el.span(T("Sort"), class_name="wide-text"), class_name="button"
        ),
        rx.el.div(
            _key(
                1, t("Sort by"), ContactListState.first_key, ContactListState.first_falling, ContactListState.second_key
            ),
            _key(
                2,
                t("Then by"),
                ContactListState.second_key,
                ContactListState.second_falling,
                ContactListState.first_key,
            ),
            class_name="panel sort",
        ),
        class_name="menu",
    )


def _key(place: int, label: rx.Var[str], key: rx.Var[str], falling: rx.Var[bool], other: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=f"sort-{place}"),
        rx.el.div(
            rx.el.select(
                rx.el.option(T("– nothing –"), value="") if place == 2 else rx.fragment(),
                rx.foreach(
                    ContactListState.sortable,
                    lambda one: rx.cond(one.key != other, rx.el.option(one.label, value=one.key, key=one.key)),
                ),
                id=f"sort-{place}",
                value=key,
                on_change=lambda chosen: ContactListState.order_by(place, chosen),
                class_name="input",
            ),
            rx.el.button(
                rx.cond(falling, rx.icon("arrow-down", size=16), rx.icon("arrow-up", size=16)),
                type="button",
                class_name="button icon",
                disabled=key == "",
                aria_label=rx.cond(falling, t("Falling; turn the order round"), t("Rising; turn the order round")),
                on_click=ContactListState.turn_round(place),
            ),
            class_name="sort-line",
        ),
        class_name="field",
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
