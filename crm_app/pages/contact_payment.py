"""A payment or a refund of an enrolment, and the question before an entry is taken back."""

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.form_sheet import form_sheet, sheet_field
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t
from crm_app.state.contact_courses_view import PaymentLine
from crm_app.state.contact_payment import ContactPaymentState

_state = ContactPaymentState


def payment_sheet() -> rx.Component:
    is_refund = _state.kind == "refund"
    return form_sheet(
        _state,
        _state.kind != "",
        rx.cond(
            is_refund,
            t("Pay back something of {course}", course=_state.course),
            t("Record a payment for {course}", course=_state.course),
        ),
        _state.kind + "-" + _state.of.to(str),
        _state.save,
        [
            rx.el.button(
                rx.cond(is_refund, T("Pay back"), T("Record")),
                type="submit",
                id="save-payment",
                class_name="button primary",
            )
        ],
        rx.el.div(
            sheet_field(
                _state,
                "payment",
                "amount",
                N("Amount"),
                rx.el.input,
                value=_state.amount,
                input_mode="decimal",
                max_length=20,
                custom_attrs={"data-first": ""},
            ),
            rx.el.span(_state.currency, class_name="quiet money-currency"),
            class_name="money-field",
        ),
        sheet_field(
            _state,
            "payment",
            "on",
            N("Day"),
            rx.el.input,
            value=_state.today,
            type="date",
            max=_state.today,
        ),
        sheet_field(
            _state, "payment", "method", N("How"), rx.el.select, choice_options(_state.methods), value="transfer"
        ),
        sheet_field(_state, "payment", "note", N("Note"), rx.el.input, max_length=500),
    )


def reversing(line: rx.Var[PaymentLine]) -> rx.Component:
    return Panel.create(
        rx.el.p(T("Another entry takes it back; both stay in the history. It counts as if it had never been there.")),
        rx.el.div(
            rx.el.button(T("Take back"), type="button", class_name="button danger", on_click=_state.reverse),
            rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=_state.ask(0)),
            class_name="filter-foot",
        ),
        opener=rx.Var.create("reverse-") + line.id.to(str),
        label=t("Take back: {what} {amount}", what=line.what, amount=line.amount),
        kind="alertdialog",
        class_name="entry-panel money-asked",
        on_close=_state.ask(0),
    )
