"""Hand-picked segments on the card: ticked is in."""

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import T, t
from crm_app.state.contact_segments import ContactSegmentsState, SegmentTick

OPENER = "card-segments-open"


def segments_button() -> rx.Component:
    return rx.el.button(
        rx.icon("layers", size=16),
        T("Segments"),
        id=OPENER,
        type="button",
        class_name="button",
        aria_expanded=ContactSegmentsState.opened.to_string(),
        on_click=ContactSegmentsState.toggle,
    )


def segments_panel() -> rx.Component:
    return rx.cond(
        ContactSegmentsState.opened,
        Panel.create(
            rx.cond(
                ContactSegmentsState.lines.length() > 0,
                rx.el.div(rx.foreach(ContactSegmentsState.lines, _line), class_name="ticks"),
                rx.el.p(T("There is no hand-picked segment yet."), class_name="quiet"),
            ),
            rx.el.form(
                rx.el.input(
                    name="name",
                    placeholder=t("New segment"),
                    aria_label=t("Name of a new segment"),
                    max_length=80,
                    auto_complete="off",
                    class_name="input filter-text",
                ),
                rx.el.button(T("Add"), type="submit", class_name="button"),
                on_submit=ContactSegmentsState.make,
                key=ContactSegmentsState.key.to(str),
                class_name="segment-new",
            ),
            rx.cond(ContactSegmentsState.error, notice(ContactSegmentsState.error, "danger")),
            opener=OPENER,
            label=t("Segments"),
            kind="group",
            class_name="panel card-segments",
            on_close=ContactSegmentsState.close,
        ),
    )


def _line(line: rx.Var[SegmentTick]) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            checked=line.is_in,
            disabled=~line.changeable,
            on_change=ContactSegmentsState.put(line.id, ~line.is_in),
        ),
        line.name,
        class_name="tick",
        key=line.id.to(str),
    )
