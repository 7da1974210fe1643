"""One automation: when, for whom, what; its dry run and its log."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.form_guard import form_guard
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t, tn
from crm_app.pages.message_automations import switch_button
from crm_app.pages.message_frame import crumb, messages_shell
from crm_app.state.automation import AutomationState
from crm_app.state.automation_view import ActionLine, LogLine, SampleLine
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
                T("It may have been deleted, or it belongs to another branch."),
                rx.link(T("All automations"), href=routes.AUTOMATIONS, underline="none", class_name="button"),
            ),
            rx.cond(_state.loaded, rx.fragment(_form(), _trial(), _log(), _end())),
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
                        rx.foreach(_state.choices.triggers, _option),
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
            rx.el.ol(rx.foreach(_state.actions, _action), class_name="entries"),
            rx.el.div(
                rx.el.label(T("Add an action"), html_for="automation-actions"),
                rx.el.select(
                    rx.el.option(T("Choose what to do"), value=""),
                    rx.foreach(_state.choices.kinds, _option),
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


def _action(line: rx.Var[ActionLine], place: rx.Var[int]) -> rx.Component:
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
            rx.foreach(choices, _option),
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
                rx.foreach(_state.choices.types, _option),
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
                rx.foreach(_state.choices.colleagues, _option),
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


def _value(label: str, none: str, choices: rx.Var[list[Choice]]) -> rx.Component:
    return _field("value", label, _select("value", none, choices, _state.value))


def _select(name: str, none: str, choices: rx.Var[list[Choice]], value: rx.Var[str]) -> rx.Component:
    return rx.el.select(
        rx.el.option(T(none), value=""), rx.foreach(choices, _option), default_value=value, **_named(name)
    )


def _option(one: rx.Var[Choice]) -> rx.Component:
    return rx.el.option(one.label, value=one.value, key=one.value)


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


def _trial() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(T("Dry run")),
            rx.el.button(
                rx.icon("flask-conical", size=16),
                T("Try it out"),
                type="button",
                id="try-out",
                class_name="button",
                on_click=_state.try_out,
            ),
            class_name="panel-head",
        ),
        rx.el.p(
            T("What it would do now, as it was saved, with the contacts there are. Nothing is changed."),
            class_name="field-hint",
        ),
        rx.cond(
            _state.tried,
            rx.el.div(
                rx.el.p(
                    rx.el.strong(tn("It is for {n} contact.", "It is for {n} contacts.", _state.total)),
                    " ",
                    rx.cond(_state.samples.length() > 0, T("The newest of them:")),
                ),
                rx.el.ul(rx.foreach(_state.samples, _sample), class_name="entries"),
                aria_live="polite",
            ),
        ),
        class_name="panel stack",
    )


def _sample(one: rx.Var[SampleLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.link(one.name, href=one.url, class_name="entry-name link"),
            rx.el.span(one.said, class_name="quiet automation-said"),
            class_name="entry campaign-entry automation-entry",
        ),
        key=one.key,
    )


def _log() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(T("What came of it")),
            rx.el.button(
                rx.icon("refresh-cw", size=16),
                T("Refresh"),
                type="button",
                id="refresh-log",
                class_name="button plain",
                on_click=_state.refresh,
            ),
            class_name="panel-head",
        ),
        rx.cond(
            _state.lines.length() == 0,
            rx.el.p(T("Nothing yet."), class_name="quiet"),
            rx.el.ul(rx.foreach(_state.lines, _entry), class_name="entries", id="automation-log"),
        ),
        rx.cond(
            _state.is_more,
            rx.el.button(T("Show more"), type="button", class_name="button", on_click=_state.show_more),
        ),
        class_name="panel stack",
    )


def _entry(one: rx.Var[LogLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.link(one.name, href=one.url, class_name="entry-name link"),
            rx.el.span(rx.el.span(class_name="status-dot " + one.dot), one.state, class_name="status"),
            rx.el.span(one.said, class_name="quiet automation-said"),
            rx.el.time(one.when, title=one.exact, class_name="quiet"),
            class_name="entry campaign-entry automation-entry",
        ),
        key=one.key,
    )


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
