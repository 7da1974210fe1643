"""Ticks before the rows, the bar that counts them, and the panel that says what is done to them."""

from typing import Any

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import T, figure, t, tn
from crm_app.state.bulk import BulkState
from crm_app.state.bulk_change import NEW, WITHOUT_OPT_IN, ReasonLine, Settable
from crm_app.state.choice import Choice
from crm_app.state.contact_rows import ContactLine
from crm_app.state.contacts import ContactListState

OPENER = "bulk-open"


def tick(line: rx.Var[ContactLine]) -> rx.Component:
    return rx.el.td(
        rx.el.input(
            type="checkbox",
            checked=BulkState.everybody | BulkState.numbers.contains(line.number),
            on_change=BulkState.tick(line.number),
            aria_label=t("Tick {name}", name=line.name),
        ),
        class_name="tick",
    )


def tick_page() -> rx.Component:
    return rx.el.th(
        rx.el.input(
            type="checkbox",
            checked=BulkState.everybody,
            on_change=BulkState.tick_page(ContactListState.numbers),
            aria_label=t("Tick all of this page"),
        ),
        scope="col",
        class_name="tick",
    )


def bulk_bar() -> rx.Component:
    """How many are ticked, and what can be done with them. It stands in the place of the toolbar."""
    total = figure(ContactListState.total)
    ticked = BulkState.numbers.length()
    return rx.el.div(
        rx.el.span(
            rx.cond(
                BulkState.everybody,
                rx.cond(
                    ContactListState.capped,
                    t("All of more than {total} selected", total=total),
                    t("All {total} selected", total=total),
                ),
                rx.cond(
                    ContactListState.capped,
                    t("{n} of more than {total} selected", n=ticked, total=total),
                    t("{n} of {total} selected", n=ticked, total=total),
                ),
            ),
            aria_live="polite",
            class_name="number",
        ),
        rx.cond(
            ~BulkState.everybody & (ContactListState.total > ticked),
            rx.el.button(
                rx.cond(
                    ContactListState.capped,
                    t("Select all of more than {total}", total=total),
                    t("Select all {total}", total=total),
                ),
                type="button",
                class_name="button plain",
                on_click=BulkState.choose_everybody,
            ),
        ),
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


def bulk_panel() -> rx.Component:
    return rx.cond(
        BulkState.opened,
        Panel.create(
            rx.el.form(
                rx.el.div(
                    rx.el.select(
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
                    ),
                    rx.match(
                        BulkState.kind,
                        ("set", _set()),
                        ("tag", _text(t("Tags, with commas between them"))),
                        ("untag", _select(BulkState.tags, t("Tag"), T("– choose –"))),
                        ("enrol", _enrol()),
                        ("pick", _pick()),
                        ("unpick", _select(BulkState.segments, t("Segment"), T("– choose –"))),
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


def _set() -> rx.Component:
    return rx.fragment(
        rx.el.select(
            rx.foreach(BulkState.fields, _field),
            value=BulkState.field_name,
            on_change=BulkState.choose_field,
            aria_label=t("Field"),
            class_name="input",
        ),
        rx.match(
            BulkState.field_kind,
            ("choice", _select(BulkState.field_choices, t("Value"), T("– empty –"))),
            ("choices", _choices()),
            ("date", _text(t("Value"), "date")),
            _text(t("Value; leave it blank to empty the field")),
        ),
    )


def _choices() -> rx.Component:
    """Several of them; none empties the field."""
    return rx.el.fieldset(
        rx.el.legend(T("Values; none empties the field"), class_name="quiet"),
        rx.foreach(
            BulkState.field_choices,
            lambda choice: rx.el.label(
                rx.el.input(
                    type="checkbox",
                    checked=BulkState.chosen.contains(choice.value),
                    on_change=BulkState.toggle_choice(choice.value),
                ),
                choice.label,
                class_name="tick",
                key=choice.value,
            ),
        ),
        class_name="bulk-choices",
    )


def _pick() -> rx.Component:
    return rx.fragment(
        rx.el.select(
            rx.el.option(T("– choose –"), value=""),
            choice_options(BulkState.segments),
            rx.el.option(T("A new segment …"), value=NEW),
            name="value",
            default_value="",
            on_change=BulkState.set_value,
            aria_label=t("Segment"),
            key=BulkState.kind,
            class_name="input",
        ),
        rx.cond(
            BulkState.is_new_segment,
            rx.el.input(
                name="name",
                default_value="",
                placeholder=t("Name of a new segment"),
                aria_label=t("Name of a new segment"),
                on_blur=BulkState.set_name,
                max_length=80,
                auto_complete="off",
                class_name="input filter-text",
            ),
        ),
    )


def _enrol() -> rx.Component:
    """Course, offer, the first day of access, and a notice to who is enrolled."""
    return rx.fragment(
        _into(T("– choose –"), BulkState.courses, t("Course"), BulkState.choose_course),
        _into(T("Without an offer"), BulkState.offers, t("Offer"), lambda value: BulkState.choose_into("offer", value)),
        rx.el.label(
            T("Access from"),
            rx.el.input(
                type="date",
                default_value="",
                on_blur=lambda value: BulkState.choose_into("from_on", value),
                class_name="input",
            ),
            class_name="bulk-day",
        ),
        _into(
            T("No notice"),
            BulkState.notices,
            t("Notice by e-mail"),
            lambda value: BulkState.choose_into("template", value),
        ),
    )


def _into(nothing: rx.Component, choices: rx.Var[list[Choice]], label: rx.Var[str], on_change: Any) -> rx.Component:
    return rx.el.select(
        rx.el.option(nothing, value=""),
        choice_options(choices),
        default_value="",
        on_change=on_change,
        aria_label=label,
        class_name="input",
    )


def _reason(line: rx.Var[ReasonLine]) -> rx.Component:
    return rx.fragment(
        rx.el.dt(line.label),
        rx.el.dd(rx.el.span(line.count, class_name="number"), " ", rx.el.span(line.names, class_name="quiet")),
    )


def _field(field: rx.Var[Settable]) -> rx.Component:
    return rx.el.option(field.label, value=field.name, key=field.name)


def _select(choices: rx.Var[list[Choice]], label: rx.Var[str], nothing: rx.Component) -> rx.Component:
    return rx.el.select(
        rx.el.option(nothing, value=""),
        choice_options(choices),
        name="value",
        default_value="",
        on_change=BulkState.set_value,
        aria_label=label,
        key=BulkState.kind + BulkState.field_name,
        class_name="input",
    )


def _text(label: rx.Var[str], kind: str = "text") -> rx.Component:
    return rx.el.input(
        name="value",
        type=kind,
        default_value="",
        placeholder=label if kind == "text" else "",
        on_blur=BulkState.set_value,
        aria_label=label,
        auto_complete="off",
        max_length=2000,
        key=BulkState.kind + BulkState.field_name,
        class_name="input filter-text",
    )
