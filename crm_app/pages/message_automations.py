"""The automations."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.notice import notice
from crm_app.components.text import N, T, figure, t
from crm_app.pages.message_frame import messages_shell
from crm_app.pages.message_new import new_button, new_form
from crm_app.state.automations import AutomationLine, AutomationListState
from crm_app.state.session import SessionState

_state = AutomationListState


def automations() -> rx.Component:
    return messages_shell(
        "automations",
        rx.cond(_state.error & ~_state.asking, notice(_state.error, "danger")),
        rx.cond(_state.asking, new_form(_state, "automation", N("New automation"), most=120)),
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
    return new_button(_state, "automation", N("New automation"))


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
