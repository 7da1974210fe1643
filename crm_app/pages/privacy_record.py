"""The record of processing (Art. 30 GDPR): prefilled with what this program does, completed by people, printed."""

import reflex as rx

from crm_app import routes
from crm_app.components.notice import notice
from crm_app.components.print_button import PrintButton
from crm_app.components.text import T, t
from crm_app.pages.privacy_frame import privacy_shell
from crm_app.state.privacy_record import ActivityView, PrivacyRecordState, TextField
from crm_app.state.session import SessionState

_state = PrivacyRecordState


def privacy_record() -> rx.Component:
    return privacy_shell("record", rx.cond(_state.loaded, rx.fragment(_texts(), _activities())), actions=_actions())


def _actions() -> rx.Component:
    return rx.fragment(
        PrintButton.create(rx.icon("printer", size=16), T("Print"), class_name="button"),
        rx.cond(
            _state.may_change & ~_state.editing,
            rx.el.button(
                rx.icon("pencil", size=16),
                T("Fill in"),
                type="button",
                id="record-edit",
                class_name="button primary",
                on_click=_state.edit(True),
            ),
        ),
    )


def _texts() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Record of processing activities")),
        rx.el.p(_state.organisation, " · ", t("as of {date}", date=_state.as_of), class_name="quiet"),
        rx.cond(_state.editing, _form(), rx.el.dl(rx.foreach(_state.texts, _said), class_name="record-texts")),
        class_name="panel record",
    )


def _said(one: rx.Var[TextField]) -> rx.Component:
    return rx.fragment(
        rx.el.dt(one.label),
        rx.el.dd(rx.cond(one.value, one.value, rx.el.span(T("not filled in yet"), class_name="quiet"))),
        key=one.name,
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.foreach(_state.texts, _field),
        rx.cond(_state.error, notice(_state.error, "danger")),
        rx.el.div(
            rx.el.button(T("Save the record"), type="submit", class_name="button primary"),
            rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=_state.edit(False)),
            class_name="filter-foot",
        ),
        on_submit=_state.save,
        no_validate=True,
        class_name="entry-form record-form",
    )


def _field(one: rx.Var[TextField]) -> rx.Component:
    id_ = rx.Var.create("record-") + one.name
    return rx.el.div(
        rx.el.label(one.label, html_for=id_),
        rx.el.textarea(id=id_, name=one.name, default_value=one.value, rows=2, max_length=4000, class_name="input"),
        rx.el.p(one.hint, class_name="field-hint"),
        class_name="field",
        key=one.name,
    )


def _activities() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("What is processed here")),
        rx.foreach(_state.activities, _activity),
        class_name="panel record",
    )


def _activity(one: rx.Var[ActivityView]) -> rx.Component:
    return rx.el.article(
        rx.el.h3(one.name),
        rx.el.dl(
            rx.el.dt(T("What for")),
            rx.el.dd(one.purpose),
            rx.el.dt(T("Whose data")),
            rx.el.dd(one.people),
            rx.el.dt(T("Which data")),
            rx.el.dd(one.data),
            rx.el.dt(T("How long")),
            rx.el.dd(rx.el.ul(rx.foreach(one.kept, lambda kept: rx.el.li(kept)))),
            class_name="record-texts",
        ),
        key=one.name,
    )


PAGE = {"route": routes.PRIVACY_RECORD, "on_load": [SessionState.load, PrivacyRecordState.load]}
