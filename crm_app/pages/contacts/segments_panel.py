"""Segments beside the list: one click each, with how many they have; and the form that keeps the list as one."""

from typing import Any

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, figure, t
from crm_app.state.choice import Choice
from crm_app.state.segments import SegmentLine, SegmentsState

OPENER = "segments-open"


def segments_button() -> rx.Component:
    return rx.el.button(
        rx.icon("layers", size=16),
        T("Segments"),
        id=OPENER,
        type="button",
        class_name="button",
        aria_expanded=SegmentsState.opened.to_string(),
        on_click=SegmentsState.toggle,
    )


def segments_panel() -> rx.Component:
    return rx.cond(
        SegmentsState.opened,
        Panel.create(
            rx.el.div(
                _column(N("Ready"), SegmentsState.ready),
                _column(N("By status"), SegmentsState.statuses),
                _column(
                    N("Kept"),
                    SegmentsState.saved,
                    rx.el.p(T("Filter the list, then keep it here under a name."), class_name="quiet"),
                ),
                class_name="segment-columns",
            ),
            opener=OPENER,
            label=t("Segments"),
            kind="group",
            class_name="panel segments",
            on_close=SegmentsState.close,
        ),
    )


def save_button() -> rx.Component:
    """Keeps what the list shows."""
    return _asking("bookmark-plus", T("Save as a segment"), "save")


def remove_button() -> rx.Component:
    return _asking("trash-2", T("Remove the segment"), "remove")


def save_panel() -> rx.Component:
    return rx.match(
        SegmentsState.asking,
        ("save", _panel("save", t("Save as a segment"), _form())),
        ("remove", _panel("remove", t("Remove the segment"), _question(), "alertdialog")),
        rx.fragment(),
    )


def _column(label: str, lines: rx.Var[list[SegmentLine]], nothing: rx.Component | None = None) -> rx.Component:
    return rx.el.section(
        rx.el.h3(T(label)),
        rx.cond(lines.length() > 0, rx.el.ul(rx.foreach(lines, _line)), nothing or rx.fragment()),
    )


def _line(line: rx.Var[SegmentLine]) -> rx.Component:
    return rx.el.li(
        rx.link(
            rx.el.span(line.name, rx.cond(line.who, rx.el.span(" · " + line.who, class_name="quiet"))),
            rx.el.span(
                rx.match(
                    line.total,
                    (-1, "…"),
                    rx.cond(line.capped, figure(line.total).to(str) + "+", figure(line.total)),
                ),
                class_name="number quiet",
            ),
            href=line.url,
            underline="none",
            class_name="segment-link",
            on_click=SegmentsState.close,
        ),
        key=line.key,
    )


def _asking(icon: str, label: rx.Component, what: str) -> rx.Component:
    return rx.el.button(
        rx.icon(icon, size=16),
        label,
        id=f"segment-{what}",
        type="button",
        class_name="button plain",
        on_click=SegmentsState.ask(what),
        aria_expanded=(SegmentsState.asking == what).to_string(),
    )


def _panel(what: str, label: rx.Var[str], content: rx.Component, kind: str = "group") -> rx.Component:
    return Panel.create(
        content,
        opener=f"segment-{what}",
        label=label,
        kind=kind,
        class_name="panel segment-form",
        on_close=SegmentsState.ask(""),
        key=what,
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label(T("Name of the segment"), html_for="segment-name"),
            rx.el.input(
                id="segment-name",
                name="name",
                default_value=rx.cond(SegmentsState.changeable, SegmentsState.current_name, ""),
                class_name="input",
                max_length=80,
                required=True,
                auto_complete="off",
                aria_invalid=rx.cond(SegmentsState.error, "true", "false"),
            ),
            class_name="field",
        ),
        rx.cond(
            SegmentsState.changeable,
            rx.el.label(
                rx.el.input(type="checkbox", name="change", default_checked=True),
                t("Change the segment “{name}”", name=SegmentsState.current_name),
                class_name="switch",
            ),
        ),
        rx.cond(
            SegmentsState.may_share,
            rx.el.div(
                rx.el.label(T("Who sees it"), html_for="segment-sharing"),
                rx.el.select(
                    rx.el.option(T("Only me"), value="me"),
                    rx.el.option(T("Some colleagues"), value="chosen"),
                    rx.el.option(T("Everybody in the branch"), value="all"),
                    id="segment-sharing",
                    value=SegmentsState.sharing,
                    on_change=SegmentsState.choose_sharing,
                    class_name="input",
                ),
                class_name="field",
            ),
        ),
        rx.cond(SegmentsState.sharing == "chosen", rx.foreach(SegmentsState.colleagues, _colleague)),
        rx.cond(SegmentsState.error, notice(SegmentsState.error, "danger")),
        rx.el.div(
            rx.el.button(T("Save"), type="submit", class_name="button primary"),
            _cancel(),
            class_name="filter-foot",
        ),
        on_submit=SegmentsState.save,
    )


def _colleague(choice: rx.Var[Choice]) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            name="with-" + choice.value,
            default_checked=SegmentsState.current_with.contains(choice.value.to(int)),
        ),
        choice.label,
        class_name="switch",
        key=choice.value,
    )


def _question() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            t(
                "Remove the segment “{name}” for everybody who sees it? Its contacts stay.",
                name=SegmentsState.current_name,
            )
        ),
        rx.el.div(
            rx.el.button(T("Remove"), type="button", class_name="button danger", on_click=SegmentsState.remove),
            _cancel(custom_attrs={"data-first": ""}),
            class_name="filter-foot",
        ),
    )


def _cancel(**more: Any) -> rx.Component:
    return rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=SegmentsState.ask(""), **more)
