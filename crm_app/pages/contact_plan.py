"""Another plan for an enrolment: what stays, what goes and what comes is seen before it is saved."""

from typing import Any

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.form_sheet import form_sheet, sheet_field
from crm_app.components.text import N, T, t
from crm_app.state.contact_plan import ContactPlanState, PlanLine

_state = ContactPlanState
_draft = ContactPlanState.draft
_view = ContactPlanState.view


def plan_sheet() -> rx.Component:
    return form_sheet(
        _state,
        _state.is_open,
        T("Change the plan"),
        rx.Var.create("plan-") + _state.of.to(str),
        _state.save,
        [rx.el.button(T("Save"), type="submit", id="save-plan", class_name="button primary")],
        rx.cond(
            _state.offers.length() > 0,
            rx.fragment(_fields(), _preview()),
            rx.el.p(T("This course has no offer to choose. Add one on the page of the course."), class_name="quiet"),
        ),
    )


def _fields() -> rx.Component:
    return rx.fragment(
        sheet_field(
            _state,
            "plan",
            "offer",
            N("Offer"),
            rx.el.select,
            choice_options(_state.offers),
            value=_draft.offer,
            on_change=_state.choose_offer,
        ),
        rx.cond(
            _state.is_subscription,
            _typed("amount", N("Price of a period"), _draft.amount, input_mode="decimal", max_length=20),
            _typed(
                "amount",
                N("Price in all, with what is paid"),
                _draft.amount,
                input_mode="decimal",
                max_length=20,
            ),
        ),
        rx.cond(
            _state.is_subscription,
            _typed("first", N("First period begins"), _draft.first, type="date"),
            rx.fragment(
                rx.el.div(
                    _typed("parts", N("Parts of the open rest"), _draft.parts, input_mode="numeric", max_length=2),
                    _typed(
                        "every_months",
                        N("Months between them"),
                        _draft.every_months,
                        input_mode="numeric",
                        max_length=2,
                    ),
                    class_name="pair",
                ),
                _typed("first", N("First due"), _draft.first, type="date"),
            ),
        ),
    )


def _typed(name: str, label: str, value: Any, **props: Any) -> rx.Component:
    typed = {
        "amount": _state.type_amount,
        "parts": _state.type_parts,
        "every_months": _state.type_every_months,
        "first": _state.type_first,
    }[name]
    return sheet_field(_state, "plan", name, label, rx.el.input, value=value, on_change=typed.debounce(300), **props)


def _preview() -> rx.Component:
    return rx.el.section(
        rx.el.h3(T("What it comes to")),
        rx.cond(
            _view.lines.length() > 0,
            rx.fragment(
                rx.el.dl(
                    rx.el.div(
                        rx.el.dt(T("Price")),
                        rx.el.dd(
                            rx.cond(
                                _view.before == _view.price,
                                rx.fragment(),
                                rx.fragment(rx.el.span(_view.before, class_name="old-value"), " "),
                            ),
                            _view.price,
                            class_name="number",
                        ),
                    ),
                    rx.el.div(rx.el.dt(T("Paid")), rx.el.dd(_view.paid, class_name="number")),
                    rx.cond(
                        _view.credit,
                        rx.el.div(rx.el.dt(T("Credit")), rx.el.dd(_view.credit, class_name="number money-good")),
                        rx.el.div(
                            rx.el.dt(T("Open")), rx.el.dd(rx.cond(_view.rest, _view.rest, "–"), class_name="number")
                        ),
                    ),
                    class_name="ledger-sums",
                ),
                rx.el.ul(rx.foreach(_view.lines, _line), class_name="money-lines plan-lines"),
            ),
            rx.el.p(T("Fill in the plan to see it."), class_name="quiet"),
        ),
        class_name="plan-preview",
        aria_live="polite",
    )


def _line(line: rx.Var[PlanLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(line.what),
            rx.el.span(t("due {date}", date=line.due), class_name="quiet number"),
            class_name="money-what",
        ),
        rx.el.div(
            rx.el.span(line.amount, class_name=rx.cond(line.look == "gone", "number void", "number")),
            rx.match(
                line.look,
                ("kept", rx.el.span(T("stays"), class_name="consent-state")),
                ("paid", rx.el.span(T("paid part"), class_name="consent-state good")),
                ("gone", rx.el.span(T("goes"), class_name="consent-state warn")),
                rx.el.span(T("comes"), class_name="consent-state good"),
            ),
            class_name="money-amount",
        ),
    )
