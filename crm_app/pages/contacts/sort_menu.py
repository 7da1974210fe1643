"""By what the list is sorted."""

import reflex as rx

from crm_app.components.text import T, t
from crm_app.state.contacts import ContactListState


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
