"""The bell of the top line: how many notices are unread, and their list."""

import reflex as rx

from crm_app.components.panel import Panel
from crm_app.components.text import T, figure, t, tn
from crm_app.state.bell import BellState, NoticeLine


def bell() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            rx.icon("bell", size=18),
            rx.cond(
                BellState.unread > 0,
                rx.el.span(
                    rx.cond(BellState.unread > 99, "99+", figure(BellState.unread)), class_name="bell-count number"
                ),
            ),
            type="button",
            id="bell",
            class_name="button plain icon",
            aria_label=rx.cond(
                BellState.unread > 0,
                tn("{n} unread notice", "{n} unread notices", BellState.unread),
                t("Notices"),
            ),
            aria_expanded=BellState.is_open.to_string(),
            on_click=BellState.toggle,
        ),
        rx.cond(BellState.is_open, _list()),
        on_mount=BellState.load,
        class_name="bell",
    )


def _list() -> rx.Component:
    return rx.fragment(
        rx.el.div(class_name="bell-veil", on_click=BellState.close),
        Panel.create(
            rx.el.header(
                rx.el.h2(T("Notices")),
                rx.cond(
                    BellState.unread > 0,
                    rx.el.button(T("All read"), type="button", class_name="button plain", on_click=BellState.read_all),
                ),
                rx.el.button(
                    rx.icon("x", size=16),
                    type="button",
                    class_name="button plain icon",
                    aria_label=t("Close"),
                    on_click=BellState.close,
                ),
                class_name="bell-head",
            ),
            rx.cond(
                BellState.lines.length() > 0,
                rx.el.ul(rx.foreach(BellState.lines, _line)),
                rx.el.p(T("Nothing new. Reminders and tasks from colleagues come here."), class_name="quiet bell-none"),
            ),
            opener="bell",
            label=t("Notices"),
            kind="dialog",
            class_name="bell-panel",
            on_close=BellState.close,
        ),
    )


def _line(line: rx.Var[NoticeLine]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.match(
                line.icon,
                ("user-check", rx.icon("user-check", size=16)),
                ("alarm-clock", rx.icon("alarm-clock", size=16)),
                ("calendar-clock", rx.icon("calendar-clock", size=16)),
                ("at-sign", rx.icon("at-sign", size=16)),
                rx.icon("bell", size=16),
            ),
            rx.el.span(
                rx.el.span(line.said),
                rx.el.time(line.when, class_name="quiet"),
                class_name="bell-said",
            ),
            rx.cond(line.is_unread, rx.el.span(T("unread"), class_name="bell-unread")),
            type="button",
            class_name=rx.cond(line.is_unread, "bell-line unread", "bell-line"),
            on_click=BellState.read(line.id),
        ),
        key=line.id,
    )
