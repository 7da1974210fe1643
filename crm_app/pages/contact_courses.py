"""Courses on the card: access, and the account of each: what is owed, what was paid, what happened."""

import reflex as rx

from crm_app.components.enrolment import days_button, enrolment_forms, status_box
from crm_app.components.message import UndoListener
from crm_app.components.text import T, t
from crm_app.pages.contact_enrol import enrol_button, enrol_sheet
from crm_app.pages.contact_payment import payment_sheet, reversing
from crm_app.pages.contact_plan import plan_sheet
from crm_app.state.contact import ContactState
from crm_app.state.contact_courses import ContactCoursesState
from crm_app.state.contact_courses_view import AccountLine, ChargeLine, HistoryLine, PaymentLine
from crm_app.state.contact_payment import ContactPaymentState
from crm_app.state.contact_plan import ContactPlanState
from crm_app.state.enrolment import EnrolmentState

_state = ContactCoursesState
_money = ContactPaymentState


def courses() -> rx.Component:
    return rx.cond(
        ContactState.may_edit | (_state.lines.length() > 0),
        rx.el.section(
            rx.el.div(rx.el.h2(T("Courses")), rx.cond(ContactState.may_edit, enrol_button()), class_name="panel-head"),
            rx.cond(
                _state.lines.length() > 0,
                rx.el.ul(rx.foreach(_state.lines, _account), class_name="ledgers"),
                rx.el.p(T("Not enrolled in any course."), class_name="quiet"),
            ),
            class_name="panel",
        ),
    )


def courses_forms() -> rx.Component:
    """What opens over the card."""
    return rx.fragment(
        enrol_sheet(),
        payment_sheet(),
        plan_sheet(),
        enrolment_forms(EnrolmentState),
        UndoListener.create(on_undo=_money.take_back),
    )


def _account(line: rx.Var[AccountLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.cond(
                line.url,
                rx.link(line.course, href=line.url, class_name="link ledger-course"),
                rx.el.span(line.course, class_name="ledger-course"),
            ),
            status_box(EnrolmentState, line, _state.statuses, ContactState.may_edit, line.course),
            class_name="ledger-head",
        ),
        rx.el.div(
            rx.cond(line.offer, rx.el.span(line.offer), rx.el.span(T("without an offer"))),
            rx.cond(
                ContactState.may_edit,
                days_button(EnrolmentState, line, line.course),
                rx.cond(line.days, rx.el.span(line.days)),
            ),
            class_name="ledger-sub quiet",
        ),
        rx.cond(line.is_billed, _sums(line)),
        rx.cond(line.charges.length() > 0, _charges(line)),
        rx.cond(_state.may_pay & ~line.is_waiting, _acts(line)),
        rx.cond(line.payments.length() > 0, _payments(line)),
        _history(line),
        class_name="ledger",
        key=line.id.to(str),
    )


def _sums(line: rx.Var[AccountLine]) -> rx.Component:
    return rx.el.dl(
        _sum(T("Price"), line.price),
        _sum(T("Paid"), line.paid),
        rx.cond(line.credit, _sum(T("Credit"), line.credit, "money-good"), _sum(T("Open"), line.open)),
        rx.cond(line.overdue, _sum(T("Overdue"), line.overdue, "money-late")),
        class_name="ledger-sums",
    )


def _sum(label: rx.Component, value: rx.Var[str], look: str = "") -> rx.Component:
    return rx.el.div(rx.el.dt(label), rx.el.dd(value, class_name=f"number {look}"))


def _charges(line: rx.Var[AccountLine]) -> rx.Component:
    return rx.el.ul(
        rx.foreach(line.charges, lambda charge: _charge(charge, line)),
        class_name="money-lines",
        aria_label=t("What is owed"),
    )


def _charge(charge: rx.Var[ChargeLine], line: rx.Var[AccountLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(charge.what),
            rx.el.span(t("due {date}", date=charge.due), class_name="quiet number"),
            class_name="money-what",
        ),
        rx.el.div(
            rx.el.span(charge.amount, class_name="number"),
            rx.el.span(charge.state, class_name="consent-state " + charge.look),
            class_name="money-amount",
        ),
        rx.cond(
            _state.may_pay & charge.can_settle,
            rx.el.button(
                rx.icon("check", size=16),
                type="button",
                class_name="button icon money-settle",
                title=t("Mark as paid"),
                aria_label=t("Mark as paid: {what}, {amount}", what=charge.what, amount=charge.amount),
                on_click=_money.settle(charge.id, line.seen),
            ),
        ),
        key=charge.id.to(str),
    )


def _acts(line: rx.Var[AccountLine]) -> rx.Component:
    return rx.el.div(
        rx.cond(
            line.is_billed,
            rx.el.button(
                rx.icon("banknote", size=16),
                T("Record a payment"),
                type="button",
                id=rx.Var.create("payment-") + line.id.to(str),
                class_name="button small",
                aria_label=t("Record a payment for {course}", course=line.course),
                on_click=_money.open_form("payment", line.id),
            ),
        ),
        rx.cond(
            line.can_refund,
            rx.el.button(
                T("Pay back"),
                type="button",
                id=rx.Var.create("refund-") + line.id.to(str),
                class_name="button small",
                aria_label=t("Pay back something of {course}", course=line.course),
                on_click=_money.open_form("refund", line.id),
            ),
        ),
        rx.el.button(
            T("Change the plan"),
            type="button",
            id=rx.Var.create("plan-") + line.id.to(str),
            class_name="button small",
            aria_label=t("Change the plan of {course}", course=line.course),
            on_click=ContactPlanState.open_form(line.id),
        ),
        class_name="ledger-acts",
    )


def _payments(line: rx.Var[AccountLine]) -> rx.Component:
    return rx.fragment(
        rx.el.h3(T("Payments")),
        rx.el.ul(rx.foreach(line.payments, _payment), class_name="money-lines"),
    )


def _payment(one: rx.Var[PaymentLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                one.what, " ", rx.el.span(one.when, class_name="number"), class_name=rx.cond(one.is_void, "void", "")
            ),
            rx.el.span(
                one.told, rx.cond(one.is_void, rx.fragment(" · ", T("taken back")), rx.fragment()), class_name="quiet"
            ),
            class_name="money-what",
        ),
        rx.el.div(
            rx.el.span(one.amount, class_name=rx.cond(one.is_void, "number void", "number")),
            class_name="money-amount",
        ),
        rx.cond(
            _state.may_pay & one.can_reverse,
            rx.el.button(
                rx.icon("undo-2", size=16),
                type="button",
                id=rx.Var.create("reverse-") + one.id.to(str),
                class_name="button plain icon",
                title=t("Take back: this entry is wrong"),
                aria_label=t("Take back: {what} {amount}", what=one.what, amount=one.amount),
                on_click=_money.ask(one.id),
            ),
        ),
        rx.cond(_money.reversing == one.id, reversing(one)),
        key=one.id.to(str),
    )


def _history(line: rx.Var[AccountLine]) -> rx.Component:
    is_open = _state.history_of == line.id
    return rx.fragment(
        rx.el.button(
            rx.cond(is_open, rx.icon("chevron-down", size=14), rx.icon("chevron-right", size=14)),
            T("History"),
            type="button",
            class_name="button plain small ledger-history",
            aria_expanded=is_open.to_string(),
            on_click=_state.show_history(line.id),
        ),
        rx.cond(is_open, rx.el.ol(rx.foreach(_state.history, _happened), class_name="ledger-entries")),
    )


def _happened(one: rx.Var[HistoryLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            one.what,
            rx.cond(one.detail, rx.el.span(" · ", one.detail, class_name="number")),
        ),
        rx.cond(
            one.new,
            rx.el.div(
                rx.el.span(one.old, class_name="old-value"),
                " ",
                rx.icon("arrow-right", size=12, aria_hidden="true"),
                " ",
                rx.el.span(one.new, class_name="new-value"),
                class_name="event-changes",
            ),
        ),
        rx.el.div(
            rx.el.time(one.when, title=one.exact), rx.cond(one.who, rx.el.span(" · ", one.who)), class_name="event-when"
        ),
        key=one.key,
    )
