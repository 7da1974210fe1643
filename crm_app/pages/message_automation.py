"""One automation: when, for whom, what; its dry run and its log."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.choice_options import choice_options
from crm_app.components.empty import empty
from crm_app.components.form_guard import form_guard
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t
from crm_app.pages.message_automation_actions import action
from crm_app.pages.message_automation_log import log, trial
from crm_app.pages.message_automations import switch_button
from crm_app.pages.message_frame import crumb, messages_shell
from crm_app.state.automation import AutomationState
from crm_app.state.choice import Choice
from crm_app.state.session import SessionState

_state = AutomationState


def automation() -> rx.Component:
    return messages_shell(
        "automations",
        rx.cond(
            _state.missing,
            empty(
                "zap",
                T("No such automation"),
                T("It may have been deleted, or you may not see it."),
                rx.link(T("All automations"), href=routes.AUTOMATIONS, underline="none", class_name="button"),
            ),
            rx.cond(_state.loaded, rx.fragment(_form(), trial(), log(), _end())),
        ),
        title=crumb(routes.AUTOMATIONS, N("Automations"), _state.name),
        actions=rx.cond(
            _state.loaded & ~_state.missing,
            switch_button(_state.active, t("“{name}” is on", name=_state.name), _state.flip(~_state.active)),
        ),
    )


def _form() -> rx.Component:
    return rx.el.form(
        form_guard(_state.errors),
        rx.el.section(
            rx.el.div(
                _field(
                    "name",
                    N("Name"),
                    rx.el.input(default_value=_state.name, max_length=120, auto_complete="off", **_named("name")),
                ),
                _field(
                    "segment",
                    N("For whom"),
                    _select("segment", N("All contacts"), _state.choices.segments, _state.segment),
                ),
                _field(
                    "trigger",
                    N("When"),
                    rx.el.select(
                        choice_options(_state.choices.triggers),
                        default_value=_state.trigger,
                        on_change=_state.choose_trigger,
                        **_named("trigger"),
                    ),
                ),
                rx.match(
                    _state.trigger,
                    ("status", _value(N("Status"), N("Choose a status"), _state.choices.statuses)),
                    ("tag", _value(N("Tag"), N("Choose a tag"), _state.choices.tags)),
                    ("task", _value(N("Type of the task"), N("any"), _state.choices.types)),
                    rx.fragment(),
                ),
                class_name="fields",
            ),
            class_name="panel",
        ),
        rx.el.section(
            rx.el.h2(T("What is done")),
            rx.el.p(
                T("In this order. Nobody is written to who did not agree, where agreement is asked for."),
                class_name="field-hint",
            ),
            _error("actions"),
            rx.el.ol(rx.foreach(_state.actions, action), class_name="entries"),
            rx.el.div(
                rx.el.label(T("Add an action"), html_for="automation-actions"),
                rx.el.select(
                    rx.el.option(T("Choose what to do"), value=""),
                    choice_options(_state.choices.kinds),
                    id="automation-actions",
                    value="",
                    on_change=_state.add,
                    class_name="input",
                ),
                class_name="field",
            ),
            class_name="panel stack",
        ),
        rx.el.div(
            rx.el.button(T("Save"), type="submit", id="save-automation", class_name="button primary"),
            class_name="form-foot",
        ),
        on_submit=_state.save,
        key=_state.key.to(str),
        no_validate=True,
    )


def _value(label: str, none: str, choices: rx.Var[list[Choice]]) -> rx.Component:
    return _field("value", label, _select("value", none, choices, _state.value))


def _select(name: str, none: str, choices: rx.Var[list[Choice]], value: rx.Var[str]) -> rx.Component:
    return rx.el.select(rx.el.option(T(none), value=""), choice_options(choices), default_value=value, **_named(name))


def _field(name: str, label: str, made: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.label(T(label), html_for=f"automation-{name}"), made, _error(name), class_name="field", key=name + label
    )


def _named(name: str) -> dict[str, Any]:
    error = _state.errors[name].to(str)
    return {
        "id": f"automation-{name}",
        "name": name,
        "class_name": "input",
        "aria_invalid": rx.cond(error, "true", "false"),
        "aria_describedby": f"error-{name}",
    }


def _error(name: str) -> rx.Component:
    error = _state.errors[name].to(str)
    return rx.cond(error, rx.el.p(error, class_name="field-error", id=f"error-{name}", role="alert"))


def _end() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Delete the automation")),
        rx.el.p(T("Its log goes with it. What it did stays."), class_name="field-hint"),
        rx.cond(
            _state.removing,
            _sure(),
            rx.el.button(
                T("Delete …"),
                id="remove-automation",
                type="button",
                class_name="button danger",
                on_click=_state.ask(True),
            ),
        ),
        class_name="panel stack danger-zone",
    )


def _sure() -> rx.Component:
    return Panel.create(
        rx.el.p(t("Delete “{name}”? This cannot be undone.", name=_state.name)),
        rx.el.div(
            rx.el.button(T("Delete"), type="button", class_name="button danger", on_click=_state.remove),
            rx.el.button(
                T("Cancel"),
                type="button",
                class_name="button plain",
                on_click=_state.ask(False),
                custom_attrs={"data-first": ""},
            ),
            class_name="filter-foot",
        ),
        opener="remove-automation",
        label=t("Delete the automation"),
        kind="alertdialog",
        class_name="entry-panel",
        on_close=_state.ask(False),
    )


PAGE = {"route": routes.AUTOMATION, "on_load": [SessionState.load, AutomationState.load]}
