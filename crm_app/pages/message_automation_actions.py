"""What an automation does: its actions in their order, each with what it needs."""

from typing import Any

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.text import N, T, t
from crm_app.state.automation import AutomationState
from crm_app.state.automation_view import ActionLine
from crm_app.state.choice import Choice

_state = AutomationState


def action(line: rx.Var[ActionLine], place: rx.Var[int]) -> rx.Component:
    last = _state.actions.length() - 1
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.match(
                    line.kind,
                    ("send", _chosen(line, N("Choose a template"), _state.choices.templates)),
                    ("tag", _chosen(line, N("Choose a tag"), _state.choices.tags)),
                    ("status", _chosen(line, N("Choose a status"), _state.choices.statuses)),
                    _task(line),
                ),
                class_name="entry-name question-words",
            ),
            rx.el.span(
                _icon(
                    "arrow-up",
                    t("Move “{name}” up", name=line.label),
                    on_click=_state.move(line.key, -1),
                    aria_disabled=(place == 0).to_string(),
                ),
                _icon(
                    "arrow-down",
                    t("Move “{name}” down", name=line.label),
                    on_click=_state.move(line.key, 1),
                    aria_disabled=(place == last).to_string(),
                ),
                _icon("x", t("Remove “{name}”", name=line.label), on_click=_state.drop(line.key)),
                class_name="entry-actions",
            ),
            class_name="entry automation-action",
        ),
        key=line.key,
    )


def _icon(icon: str, label: rx.Var[str], **props: Any) -> rx.Component:
    return rx.el.button(
        rx.icon(icon, size=16), type="button", aria_label=label, title=label, class_name="button plain icon", **props
    )


def _chosen(line: rx.Var[ActionLine], none: str, choices: rx.Var[list[Choice]]) -> rx.Component:
    return _part(
        line,
        "chosen",
        line.label,
        rx.el.select(
            rx.el.option(T(none), value=""),
            choice_options(choices),
            default_value=line.chosen,
            **_of(line, "chosen"),
        ),
    )


def _task(line: rx.Var[ActionLine]) -> rx.Component:
    return rx.el.div(
        _part(
            line,
            "title",
            line.label,
            rx.el.input(
                default_value=line.title,
                placeholder=t("What is to be done"),
                max_length=200,
                auto_complete="off",
                **_of(line, "title"),
            ),
        ),
        _part(
            line,
            "type",
            T("Type"),
            rx.el.select(
                rx.el.option(T("none"), value=""),
                choice_options(_state.choices.types),
                default_value=line.type,
                **_of(line, "type"),
            ),
        ),
        _part(
            line,
            "days",
            T("Days from then"),
            rx.el.input(default_value=line.days, input_mode="numeric", max_length=3, **_of(line, "days")),
        ),
        _part(
            line,
            "assignee",
            T("Who does it"),
            rx.el.select(
                rx.el.option(T("Whoever is responsible"), value="owner"),
                choice_options(_state.choices.colleagues),
                default_value=line.assignee,
                **_of(line, "assignee"),
            ),
        ),
        class_name="fields",
    )


def _part(line: rx.Var[ActionLine], name: str, label: Any, made: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.label(label, html_for=line.key + "-" + name), made, class_name="field")


def _of(line: rx.Var[ActionLine], name: str) -> dict[str, Any]:
    return {"id": line.key + "-" + name, "name": line.key + "-" + name, "class_name": "input"}
