"""What each change of many asks: a field and its value, a segment, a course, a text."""

from typing import Any

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.text import T, t
from crm_app.state.bulk import BulkState
from crm_app.state.bulk_change import NEW, Settable
from crm_app.state.choice import Choice


def set_input() -> rx.Component:
    return rx.fragment(
        rx.el.select(
            rx.foreach(BulkState.fields, _field),
            value=BulkState.field_name,
            on_change=BulkState.choose_field,
            aria_label=t("Field"),
            class_name="input",
        ),
        rx.match(
            BulkState.field_kind,
            ("choice", select_input(BulkState.field_choices, t("Value"), T("– empty –"))),
            ("choices", _choices()),
            ("date", text_input(t("Value"), "date")),
            text_input(t("Value; leave it blank to empty the field")),
        ),
    )


def _choices() -> rx.Component:
    """Several of them; none empties the field."""
    return rx.el.fieldset(
        rx.el.legend(T("Values; none empties the field"), class_name="quiet"),
        rx.foreach(
            BulkState.field_choices,
            lambda choice: rx.el.label(
                rx.el.input(
                    type="checkbox",
                    checked=BulkState.chosen.contains(choice.value),
                    on_change=BulkState.toggle_choice(choice.value),
                ),
                choice.label,
                class_name="tick",
                key=choice.value,
            ),
        ),
        class_name="bulk-choices",
    )


def pick_input() -> rx.Component:
    return rx.fragment(
        rx.el.select(
            rx.el.option(T("– choose –"), value=""),
            choice_options(BulkState.segments),
            rx.el.option(T("A new segment …"), value=NEW),
            name="value",
            default_value="",
            on_change=BulkState.set_value,
            aria_label=t("Segment"),
            key=BulkState.kind,
            class_name="input",
        ),
        rx.cond(
            BulkState.is_new_segment,
            rx.el.input(
                name="name",
                default_value="",
                placeholder=t("Name of a new segment"),
                aria_label=t("Name of a new segment"),
                on_blur=BulkState.set_name,
                max_length=80,
                auto_complete="off",
                class_name="input filter-text",
            ),
        ),
    )


def enrol_input() -> rx.Component:
    """Course, offer, the first day of access, and a notice to who is enrolled."""
    return rx.fragment(
        _into(T("– choose –"), BulkState.courses, t("Course"), BulkState.choose_course),
        _into(T("Without an offer"), BulkState.offers, t("Offer"), lambda value: BulkState.choose_into("offer", value)),
        rx.el.label(
            T("Access from"),
            rx.el.input(
                type="date",
                default_value="",
                on_blur=lambda value: BulkState.choose_into("from_on", value),
                class_name="input",
            ),
            class_name="bulk-day",
        ),
        _into(
            T("No notice"),
            BulkState.notices,
            t("Notice by e-mail"),
            lambda value: BulkState.choose_into("template", value),
        ),
    )


def _into(nothing: rx.Component, choices: rx.Var[list[Choice]], label: rx.Var[str], on_change: Any) -> rx.Component:
    return rx.el.select(
        rx.el.option(nothing, value=""),
        choice_options(choices),
        default_value="",
        on_change=on_change,
        aria_label=label,
        class_name="input",
    )


def _field(field: rx.Var[Settable]) -> rx.Component:
    return rx.el.option(field.label, value=field.name, key=field.name)


def select_input(choices: rx.Var[list[Choice]], label: rx.Var[str], nothing: rx.Component) -> rx.Component:
    return rx.el.select(
        rx.el.option(nothing, value=""),
        choice_options(choices),
        name="value",
        default_value="",
        on_change=BulkState.set_value,
        aria_label=label,
        key=BulkState.kind + BulkState.field_name,
        class_name="input",
    )


def text_input(label: rx.Var[str], kind: str = "text") -> rx.Component:
    return rx.el.input(
        name="value",
        type=kind,
        default_value="",
        placeholder=label if kind == "text" else "",
        on_blur=BulkState.set_value,
        aria_label=label,
        auto_complete="off",
        max_length=2000,
        key=BulkState.kind + BulkState.field_name,
        class_name="input filter-text",
    )
