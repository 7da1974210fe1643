"""The form of an event."""

from typing import Any

import reflex as rx

from crm_app.components.download import download
from crm_app.components.planned_fields import contact, delete_button, field, notes, reminder, sheet, text_input
from crm_app.components.text import N, T, t


def event_sheet(state: Any, may_edit: rx.Var[bool], opener: str = "new-event") -> rx.Component:
    """`state` is the form's."""
    draft = state.draft
    return sheet(
        state,
        rx.cond(state.id > 0, T("Event"), T("New event")),
        opener,
        state.save,
        [
            rx.cond(may_edit, rx.el.button(T("Save"), type="submit", class_name="button primary", id="save-event")),
            rx.cond(
                state.id > 0,
                download(rx.icon("download", size=16), T("As a file"), href=draft.file_url, class_name="button"),
            ),
            rx.cond(may_edit & (state.id > 0), delete_button(state, t("Delete the event"))),
        ],
        field(
            state,
            "title",
            N("What it is"),
            text_input(state, "title", draft.title, max_length=200, custom_attrs={"data-first": ""}),
        ),
        rx.el.label(
            rx.el.input(type="checkbox", checked=state.all_day, on_change=state.set_all_day),
            T("All day"),
            class_name="tick",
        ),
        rx.el.div(
            field(state, "day", N("Begins"), text_input(state, "day", draft.day, type="date")),
            rx.cond(state.all_day, rx.fragment(), _time(state, "time", N("at"), draft.time)),
            class_name="pair",
        ),
        rx.el.div(
            field(state, "end_day", N("Ends"), text_input(state, "end_day", draft.end_day, type="date")),
            rx.cond(state.all_day, rx.fragment(), _time(state, "end_time", N("at"), draft.end_time)),
            class_name="pair",
        ),
        field(state, "place", N("Place"), text_input(state, "place", draft.place, max_length=200)),
        rx.el.fieldset(
            rx.el.legend(T("Who takes part")),
            rx.el.div(
                rx.foreach(
                    state.colleagues,
                    lambda one: rx.el.label(
                        rx.el.input(
                            type="checkbox",
                            name="person-" + one.value,
                            default_checked=draft.people.contains(one.value),
                        ),
                        one.label,
                        class_name="tick",
                        key=one.value,
                    ),
                ),
                class_name="ticks people",
            ),
            class_name="tick-group",
        ),
        contact(state),
        reminder(state, draft.remind),
        notes(state, draft.description),
    )


def _time(state: Any, name: str, label: str, value: Any) -> rx.Component:
    return field(state, name, label, text_input(state, name, value, type="time"))
