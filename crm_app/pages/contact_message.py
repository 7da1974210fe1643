"""A message to the contact, written on its card."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.form_guard import form_guard
from crm_app.components.input_field import input_field
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t
from crm_app.state.contact_message import ContactMessageState

_state = ContactMessageState
_is_mail = ContactMessageState.channel == "email"


def message_panel() -> rx.Component:
    return rx.cond(_state.channel, _panel())


def _panel() -> rx.Component:
    mail, text = t("E-mail to {address}", address=_state.to), t("Text message to {address}", address=_state.to)
    return Panel.create(
        rx.el.form(
            form_guard(_state.errors),
            rx.el.h2(rx.cond(_is_mail, mail, text)),
            rx.cond(_state.errors[""].to(str), notice(_state.errors[""].to(str), "danger")),
            rx.cond(_state.templates.length() > 0, _begin()),
            rx.cond(_is_mail, _subject()),
            _body(),
            rx.el.div(
                rx.el.button(rx.icon("send", size=16), T("Send"), type="submit", class_name="button primary"),
                rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=_state.write("")),
                class_name="filter-foot",
            ),
            on_submit=_state.send,
            key=_state.key.to(str),
            no_validate=True,
            class_name="entry-form",
        ),
        opener="card-write",
        label=t("A message"),
        kind="group",
        class_name="panel message-panel",
        on_close=_state.write(""),
    )


def _begin() -> rx.Component:
    return rx.el.div(
        rx.el.label(T("Begin with"), html_for="message-template"),
        rx.el.select(
            rx.el.option(T("an empty page"), value=""),
            choice_options(_state.templates),
            id="message-template",
            name="template",
            class_name="input",
            on_change=_state.begin_with,
        ),
        class_name="field",
    )


def _subject() -> rx.Component:
    return _field(
        "subject",
        N("Subject"),
        rx.el.input,
        value=_state.subject,
        max_length=200,
        auto_complete="off",
        custom_attrs={"data-first": "true"},
    )


def _body() -> rx.Component:
    return _field("body", N("Message"), rx.el.textarea, value=_state.body, rows=8, max_length=20_000)


def _field(name: str, label: str, make: Callable[..., rx.Component], **props: Any) -> rx.Component:
    error = _state.errors[name].to(str)
    return input_field(f"message-{name}", name, label, make, error=error, wide=True, **props)
