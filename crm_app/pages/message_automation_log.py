"""What an automation would do, and what it did."""

import reflex as rx

from crm_app.components.text import T, tn
from crm_app.state.automation import AutomationState
from crm_app.state.automation_view import LogLine, SampleLine

_state = AutomationState


def trial() -> rx.Component:
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


def log() -> rx.Component:
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
