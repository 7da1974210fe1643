"""The offers of a course: what it costs, and how that is paid."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.empty import empty
from crm_app.components.input_field import input_field
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t, tn
from crm_app.state.course import CourseState
from crm_app.state.course_offers import NEW, CourseOffersState, OfferLine

_state = CourseOffersState
_draft = CourseOffersState.draft


def course_offers() -> rx.Component:
    return rx.fragment(
        rx.cond(_state.editing, _form()),
        rx.cond(
            _state.loaded & (_state.lines.length() == 0),
            rx.cond(_state.editing, rx.fragment(), _none()),
            rx.el.section(rx.el.ul(rx.foreach(_state.lines, _line), class_name="entries"), class_name="panel"),
        ),
    )


def new_offer(id_: str = "new-offer") -> rx.Component:
    return rx.el.button(
        rx.icon("plus", size=16),
        T("New offer"),
        type="button",
        id=id_,
        class_name="button primary",
        on_click=_state.edit(NEW),
    )


def _none() -> rx.Component:
    return empty(
        "tag",
        T("No offers yet"),
        T(
            "An offer says what the course costs and how it is paid: at once, in instalments, or month by month. "
            "Who is enrolled with one owes what it says."
        ),
        rx.cond(CourseState.may_change, new_offer("first-offer")),
    )


def _line(line: rx.Var[OfferLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                rx.el.strong(line.name),
                rx.el.span(
                    line.plan,
                    rx.cond(
                        line.first_days > 0,
                        tn(
                            " · first due {n} day after enrolment",
                            " · first due {n} days after enrolment",
                            line.first_days,
                        ),
                        rx.fragment(" · ", T("first due at once")),
                    ),
                    class_name="quiet entry-under",
                ),
                class_name="entry-name",
            ),
            rx.el.span(
                rx.el.span(line.price, class_name="number"),
                rx.el.span(line.tax, class_name="quiet entry-under"),
                class_name="entry-count offer-price",
            ),
            rx.el.span(
                tn("{n} enrolment", "{n} enrolments", line.enrolments),
                class_name="quiet number entry-count",
            ),
            rx.cond(CourseState.may_change, _acts(line)),
            class_name="entry offer-entry",
        ),
        key=line.key,
    )


def _acts(line: rx.Var[OfferLine]) -> rx.Component:
    return rx.el.span(
        rx.el.button(
            rx.icon("pencil", size=16),
            type="button",
            id=rx.Var.create("offer-") + line.key,
            class_name="button plain icon",
            aria_label=t("Change “{name}”", name=line.name),
            title=t("Change “{name}”", name=line.name),
            on_click=_state.edit(line.key),
        ),
        rx.el.button(
            rx.icon("trash-2", size=16),
            type="button",
            class_name="button plain icon",
            aria_label=t("Remove “{name}”", name=line.name),
            title=t("Remove “{name}”", name=line.name),
            on_click=_state.remove(line.key),
        ),
        class_name="entry-actions",
    )


def _form() -> rx.Component:
    is_new = _state.editing == NEW
    return Panel.create(
        rx.el.form(
            rx.el.h2(rx.cond(is_new, T("New offer"), T("Change the offer"))),
            rx.cond(_state.errors[""].to(str), notice(_state.errors[""].to(str), "danger")),
            rx.cond(
                ~is_new & (_draft.enrolments > 0),
                notice(
                    tn(
                        "{n} enrolment keeps what was agreed. What you change here holds for the next ones.",
                        "{n} enrolments keep what was agreed. What you change here holds for the next ones.",
                        _draft.enrolments,
                    )
                ),
            ),
            rx.el.div(
                _field("name", N("Name"), rx.el.input, value=_draft.name, wide=True, max_length=120),
                _field(
                    "kind",
                    N("How it is paid"),
                    rx.el.select,
                    choice_options(_state.kinds),
                    value=_draft.kind,
                    on_change=_state.choose_kind,
                ),
                _field(
                    "amount",
                    N("Price, tax included"),
                    rx.el.input,
                    value=_draft.amount,
                    input_mode="decimal",
                    max_length=20,
                ),
                _field(
                    "currency",
                    N("Currency"),
                    rx.el.select,
                    rx.foreach(_state.currencies, lambda code: rx.el.option(code, value=code, key=code)),
                    value=_draft.currency,
                ),
                _field(
                    "tax_rate",
                    N("Tax in it, in percent"),
                    rx.el.input,
                    value=_draft.tax_rate,
                    input_mode="decimal",
                    max_length=6,
                    hint=N("Empty: free of tax."),
                ),
                rx.cond(
                    _state.kind == "instalments",
                    _number("parts", N("Number of instalments"), _draft.parts),
                ),
                rx.cond(
                    _state.kind != "one_off",
                    _number(
                        "every_months",
                        N("Months from one to the next"),
                        _draft.every_months,
                    ),
                ),
                _number("first_days", N("Days from enrolment until the first is due"), _draft.first_days.to(str)),
                class_name="fields",
            ),
            rx.el.div(
                rx.el.button(T("Save"), type="submit", class_name="button primary"),
                rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=_state.edit("")),
                class_name="filter-foot",
            ),
            on_submit=_state.save,
            key=_state.turn.to(str),
            no_validate=True,
            class_name="course-form",
        ),
        opener=rx.cond(is_new, "new-offer", rx.Var.create("offer-") + _state.editing),
        label=t("An offer"),
        kind="group",
        class_name="entry-panel",
        on_close=_state.edit(""),
        key=_state.turn.to(str),
    )


def _number(name: str, label: str, value: Any) -> rx.Component:
    return _field(name, label, rx.el.input, value=value, input_mode="numeric", max_length=3)


def _field(name: str, label: str, make: Callable[..., rx.Component], *options: rx.Component, **props: Any) -> Any:
    if make is rx.el.input:
        props = {"auto_complete": "off", **props}
    return input_field(f"offer-{name}", name, label, make, *options, error=_state.errors[name].to(str), **props)
