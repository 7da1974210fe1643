"""The form of a task."""

from typing import Any

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.planned_fields import (
    contact,
    delete_button,
    field,
    notes,
    reminder,
    select,
    sheet,
    text_input,
)
from crm_app.components.text import N, T, t

PRIORITIES = {"3": N("high"), "2": N("normal"), "1": N("low")}
REPEATS = {
    "none": N("not again"),
    "daily": N("every day"),
    "weekly": N("every week"),
    "monthly": N("every month"),
    "yearly": N("every year"),
}


def task_sheet(state: Any, acts: Any, may_edit: rx.Var[bool], opener: str = "new-task") -> rx.Component:
    """`state` is the form's, `acts` what finishes tasks. What is asked rarely stands behind "More"."""
    draft = state.draft
    return sheet(
        state,
        rx.cond(state.id > 0, T("Task"), T("New task")),
        opener,
        state.save,
        [
            rx.cond(may_edit, rx.el.button(T("Save"), type="submit", class_name="button primary", id="save-task")),
            rx.cond(may_edit & (state.id > 0), _acts(state, acts)),
        ],
        field(
            state,
            "title",
            N("What is to be done"),
            text_input(state, "title", draft.title, max_length=200, custom_attrs={"data-first": ""}),
        ),
        rx.el.div(
            field(state, "day", N("Due"), text_input(state, "day", draft.day, type="date")),
            field(state, "time", N("Time"), text_input(state, "time", draft.time, type="time")),
            class_name="pair",
        ),
        rx.el.div(
            field(
                state,
                "type",
                N("Type"),
                select("type", draft.type, rx.el.option(T("no type"), value=""), choice_options(state.types)),
            ),
            field(
                state,
                "assignee",
                N("Who does it"),
                select("assignee", draft.assignee, choice_options(state.colleagues), on_change=state.assign),
            ),
            class_name="pair",
        ),
        rx.cond(
            state.is_mine,
            rx.fragment(),
            rx.el.label(
                rx.el.input(type="checkbox", name="notify", default_checked=True),
                T("Tell them at once"),
                class_name="tick",
            ),
        ),
        contact(state),
        rx.el.details(
            rx.el.summary(T("More: reminder, repetition, priority, notes")),
            rx.el.div(
                rx.el.div(
                    reminder(state, draft.remind),
                    field(state, "repeat", N("Repetition"), select("repeat", draft.repeat, *_options(REPEATS))),
                    class_name="pair",
                ),
                field(state, "priority", N("Priority"), select("priority", draft.priority, *_options(PRIORITIES))),
                notes(state, draft.description),
                class_name="plan-sheet-more",
            ),
            open=(state.id > 0) | (state.error_field == "description"),
            class_name="plan-sheet-details",
        ),
    )


def _acts(state: Any, acts: Any) -> rx.Component:
    return rx.fragment(
        rx.cond(
            state.draft.is_done,
            rx.el.button(
                T("Open again"),
                type="button",
                class_name="button",
                on_click=[acts.reopen(state.id), state.close],
            ),
            rx.el.button(
                rx.icon("check", size=16),
                T("Done"),
                type="button",
                class_name="button",
                on_click=[acts.done(state.id), state.close],
            ),
        ),
        delete_button(state, t("Delete the task")),
    )


def _options(labels: dict[str, str]) -> list[rx.Component]:
    return [rx.el.option(T(label), value=value) for value, label in labels.items()]
