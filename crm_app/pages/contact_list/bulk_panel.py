"""Ticks before the rows, the bar that counts them, and the panel that says what is done to them. `shown` is the state
of the list: it has its `total`, whether that is `capped`, and the `numbers` of the page.
"""

from typing import Any

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import T, figure, t, tn
from crm_app.pages.contact_list.bulk_inputs import enrol_input, pick_input, select_input, set_input, text_input
from crm_app.state.bulk import BulkState
from crm_app.state.bulk_change import WITHOUT_OPT_IN, ReasonLine

OPENER = "bulk-open"


def tick(line: Any) -> rx.Component:
    """`line` has the `number` and `name` of a contact."""
    return rx.el.td(
        rx.el.input(
            type="checkbox",
            checked=BulkState.everybody | BulkState.numbers.contains(line.number),
            on_change=BulkState.tick(line.number),
            aria_label=t("Tick {name}", name=line.name),
        ),
        class_name="tick",
    )


def tick_page(shown: Any) -> rx.Component:
    return rx.el.th(
        rx.el.input(
            type="checkbox",
            checked=BulkState.everybody,
            on_change=BulkState.tick_page(shown.numbers),
            aria_label=t("Tick all of this page"),
        ),
        scope="col",
        class_name="tick",
    )


def bulk_bar(shown: Any) -> rx.Component:
    """How many are ticked, and what can be done with them. It stands in the place of the toolbar."""
    return rx.el.div(
        _counted(shown),
        rx.el.button(
            rx.icon("list-checks", size=16),
            T("Change …"),
            id=OPENER,
            type="button",
            class_name="button",
            aria_expanded=BulkState.opened.to_string(),
            on_click=BulkState.toggle,
        ),
        rx.cond(
            BulkState.may_export,
            rx.el.button(
                rx.icon("download", size=16),
                T("Export"),
                type="button",
                class_name="button",
                on_click=BulkState.export,
            ),
        ),
        rx.cond(
            BulkState.may_send,
            rx.el.button(
                rx.icon("mail", size=16),
                T("Write to all of them"),
                type="button",
                class_name="button",
                on_click=BulkState.write,
            ),
        ),
        rx.el.button(
            rx.icon("x", size=16),
            type="button",
            class_name="button plain icon",
            aria_label=t("Tick nobody"),
            on_click=BulkState.clear,
        ),
        class_name="bulk-bar",
    )


def _counted(shown: Any) -> rx.Component:
    """How many of how many, and the way to all of them."""
    total, ticked = figure(shown.total), BulkState.numbers.length()
    return rx.fragment(
        rx.el.span(
            rx.cond(
                BulkState.everybody,
                rx.cond(
                    shown.capped,
                    t("All of more than {total} selected", total=total),
                    t("All {total} selected", total=total),
                ),
                rx.cond(
                    shown.capped,
                    t("{n} of more than {total} selected", n=ticked, total=total),
                    t("{n} of {total} selected", n=ticked, total=total),
                ),
            ),
            aria_live="polite",
            class_name="number",
        ),
        rx.cond(
            ~BulkState.everybody & (shown.total > ticked),
            rx.el.button(
                rx.cond(
                    shown.capped,
                    t("Select all of more than {total}", total=total),
                    t("Select all {total}", total=total),
                ),
                type="button",
                class_name="button plain",
                on_click=BulkState.choose_everybody,
            ),
        ),
    )


def bulk_panel() -> rx.Component:
    return rx.cond(
        BulkState.opened,
        Panel.create(
            rx.el.form(
                rx.el.div(
                    _kind(),
                    rx.match(
                        BulkState.kind,
                        ("set", set_input()),
                        ("tag", text_input(t("Tags, with commas between them"))),
                        ("untag", select_input(BulkState.tags, t("Tag"), T("– choose –"))),
                        ("enrol", enrol_input()),
                        ("pick", pick_input()),
                        ("unpick", select_input(BulkState.segments, t("Segment"), T("– choose –"))),
                        rx.fragment(),
                    ),
                    class_name="filter-line",
                ),
                rx.cond(BulkState.error, notice(BulkState.error, "danger")),
                rx.cond(BulkState.told, rx.el.p(BulkState.told, aria_live="polite")),
                rx.cond(
                    BulkState.reasons.length() > 0,
                    rx.el.dl(rx.foreach(BulkState.reasons, _reason), class_name="bulk-reasons", aria_label=t("Why")),
                ),
                rx.el.div(
                    rx.el.button(
                        rx.cond(
                            BulkState.kind == "trash",
                            tn("Move {n} contact to the trash", "Move {n} contacts to the trash", BulkState.changing),
                            tn("Change {n} contact", "Change {n} contacts", BulkState.changing),
                        ),
                        type="submit",
                        disabled=BulkState.changing == 0,
                        class_name="button primary",
                    ),
                    rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=BulkState.close),
                    rx.el.span(T("It can be undone afterwards."), class_name="quiet"),
                    class_name="filter-foot",
                ),
                on_submit=BulkState.start,
                class_name="filter-form",
            ),
            opener=OPENER,
            label=t("Change many contacts"),
            kind="group",
            class_name="panel filter",
            on_close=BulkState.close,
        ),
    )


def _kind() -> rx.Component:
    return rx.el.select(
        rx.el.option(T("Set a field"), value="set"),
        rx.el.option(T("Give tags"), value="tag"),
        rx.el.option(T("Take a tag away"), value="untag"),
        rx.el.option(T("Make inactive"), value="deactivate"),
        rx.el.option(T("Make inactive who did not confirm e-mails"), value=WITHOUT_OPT_IN),
        rx.el.option(T("Make active again"), value="reactivate"),
        rx.el.option(T("Enrol in a course"), value="enrol"),
        rx.el.option(T("Put into a segment"), value="pick"),
        rx.el.option(T("Take out of a segment"), value="unpick"),
        rx.el.option(T("Move to the trash"), value="trash"),
        value=BulkState.kind,
        on_change=BulkState.choose_kind,
        aria_label=t("What to do"),
        class_name="input",
    )


def _reason(line: rx.Var[ReasonLine]) -> rx.Component:
    return rx.fragment(
        rx.el.dt(line.label),
        rx.el.dd(rx.el.span(line.count, class_name="number"), " ", rx.el.span(line.names, class_name="quiet")),
    )
