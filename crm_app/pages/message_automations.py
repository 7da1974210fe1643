"""The automations."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import T, figure, t
from crm_app.pages.message_frame import messages_shell
from crm_app.state.automations import AutomationLine, AutomationListState
from crm_app.state.session import SessionState

_state = AutomationListState


def automations() -> rx.Component:
    return messages_shell(
        "automations",
        rx.cond(_state.error & ~_state.asking, notice(_state.error, "danger")),
        rx.cond(_state.asking, _form()),
        rx.cond(
            _state.loaded & (_state.lines.length() == 0) & ~_state.asking,
            empty(
                "zap",
                T("No automations yet"),
                T("When something happens, something is done: a new contact is greeted, a task is made, a tag given."),
                _new(),
            ),
            rx.cond(
                _state.lines.length() > 0,
                rx.el.section(rx.el.ul(rx.foreach(_state.lines, _line), class_name="entries"), class_name="panel"),
            ),
        ),
        actions=rx.cond(SessionState.may_send, _new()),
    )


def switch_button(active: rx.Var[bool], label: rx.Var[str], on_click) -> rx.Component:
    """On or off, with one click."""
    return rx.el.button(
        rx.el.span(class_name=rx.cond(active, "status-dot dot-green", "status-dot dot-gray")),
        rx.cond(active, T("On"), T("Off")),
        type="button",
        role="switch",
        aria_checked=active.to_string(),
        aria_label=label,
        class_name="button small",
        on_click=on_click,
    )


def _new() -> rx.Component:
    return rx.el.button(
        rx.icon("plus", size=16),
        T("New automation"),
        type="button",
        id="new-automation",
        class_name="button primary",
        on_click=_state.ask,
    )


def _form() -> rx.Component:
    return Panel.create(
        rx.el.form(
            rx.el.div(
                rx.el.label(T("Name"), html_for="automation-name"),
                rx.el.input(
                    id="automation-name",
                    name="name",
                    class_name="input",
                    max_length=120,
                    required=True,
                    auto_complete="off",
                    aria_invalid=rx.cond(_state.error, "true", "false"),
                ),
                class_name="field",
            ),
            rx.cond(_state.error, notice(_state.error, "danger")),
            rx.el.div(
                rx.el.button(T("Go on"), type="submit", class_name="button primary"),
                rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=_state.ask),
                class_name="filter-foot",
            ),
            on_submit=_state.make,
            class_name="entry-form",
        ),
        opener="new-automation",
        label=t("New automation"),
        kind="group",
        class_name="entry-panel",
        on_close=_state.ask,
    )


def _line(line: rx.Var[AutomationLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            switch_button(line.active, t("“{name}” is on", name=line.name), _state.flip(line.key, ~line.active)),
            rx.el.span(
                rx.link(line.name, href=line.url, class_name="link"),
                rx.el.span(line.trigger, class_name="quiet"),
                class_name="entry-name automation-name",
            ),
            rx.el.span(
                t("{n} done", n=figure(line.done)),
                rx.cond(line.skipped > 0, t(" · {n} skipped", n=figure(line.skipped)), ""),
                rx.cond(line.failed > 0, t(" · {n} failed", n=figure(line.failed)), ""),
                class_name="number quiet entry-count",
            ),
            rx.el.time(rx.cond(line.last, line.last, t("never yet")), title=line.exact, class_name="quiet"),
            class_name="entry campaign-entry",
        ),
        key=line.key,
    )


PAGE = {"route": routes.AUTOMATIONS, "on_load": [SessionState.load, AutomationListState.load]}
