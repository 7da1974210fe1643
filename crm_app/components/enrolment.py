"""What is done to an enrolment wherever it stands: a box to choose its status, the form of its days."""

from typing import Any

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.form_sheet import form_sheet, sheet_field
from crm_app.components.message import UndoListener
from crm_app.components.text import N, T, t


def status_box(state: Any, line: Any, statuses: Any, may_edit: rx.Var[bool], whose: rx.Var[str]) -> rx.Component:
    """`line` has `id`, `status`, `status_raw` and `dot`; `whose` says whom or what it is about."""
    return rx.el.span(
        rx.el.span(class_name="status-dot " + line.dot),
        rx.cond(
            may_edit,
            rx.el.select(
                choice_options(statuses),
                value=line.status_raw,
                on_change=lambda status: state.set_status(line.id, status),
                aria_label=t("Status of {name}", name=whose),
                class_name="input small status-box",
            ),
            line.status,
        ),
        class_name="status enrolment-status",
    )


def days_button(state: Any, line: Any, whose: rx.Var[str]) -> rx.Component:
    """`line` has `id` and `days`."""
    return rx.el.button(
        rx.cond(line.days, line.days, rx.el.span(T("without a limit"), class_name="quiet")),
        rx.icon("pencil", size=14),
        type="button",
        id=rx.Var.create("days-") + line.id.to(str),
        class_name="button plain small days-button",
        aria_label=t("Change the days of {name}", name=whose),
        on_click=state.edit_days(line.id),
    )


def enrolment_forms(state: Any) -> rx.Component:
    """The forms behind them, once a page."""
    return rx.fragment(_days(state), _question(state), UndoListener.create(on_undo=state.take_back))


def _days(state: Any) -> rx.Component:
    return form_sheet(
        state,
        state.form == "days",
        t("Access of {name}", name=state.who),
        rx.Var.create("days-") + state.of.to(str),
        state.save_days,
        [rx.el.button(T("Save"), type="submit", class_name="button primary")],
        sheet_field(
            state,
            "enrolment",
            "from_on",
            N("First day"),
            rx.el.input,
            value=state.first,
            type="date",
            custom_attrs={"data-first": ""},
        ),
        sheet_field(
            state,
            "enrolment",
            "to_on",
            N("Last day"),
            rx.el.input,
            value=state.last,
            type="date",
            hint=N("Empty: without a limit."),
        ),
    )


def _question(state: Any) -> rx.Component:
    return form_sheet(
        state,
        state.form == "ask",
        t("{name}: {status}", name=state.who, status=state.wanted_word),
        rx.Var.create("days-") + state.of.to(str),
        state.confirm,
        [rx.el.button(state.wanted_word, type="submit", class_name="button danger", custom_attrs={"data-first": ""})],
        rx.el.p(T("What is not due yet and not paid is owed no more. What was paid stays as it is.")),
        rx.el.p(T("The place becomes free for somebody else."), class_name="quiet"),
    )
