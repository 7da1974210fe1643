"""A request about data noted or changed: who asked for what, until when, about whom."""

from typing import Any

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t
from crm_app.state.privacy import PrivacyState, RequestLine

_state = PrivacyState


def new() -> rx.Component:
    return Panel.create(
        rx.el.form(
            _field(
                "request-kind",
                N("What was asked for"),
                rx.el.select(
                    choice_options(_state.kinds),
                    id="request-kind",
                    name="kind",
                    class_name="input",
                ),
            ),
            _field(
                "request-contact",
                N("Number of the contact, if there is one"),
                rx.el.input(
                    id="request-contact",
                    name="contact",
                    default_value=_state.new_contact,
                    input_mode="numeric",
                    max_length=20,
                    auto_complete="off",
                    aria_invalid=_invalid("contact"),
                    class_name="input",
                ),
                rx.cond(_state.new_name, rx.el.p(_state.new_name, class_name="field-hint")),
            ),
            _field(
                "request-by",
                N("Who asked, and how to reach them"),
                rx.el.input(
                    id="request-by",
                    name="asked_by",
                    max_length=300,
                    auto_complete="off",
                    aria_invalid=_invalid("asked_by"),
                    class_name="input",
                ),
            ),
            _field(
                "request-received",
                N("Came in on"),
                rx.el.input(
                    id="request-received",
                    name="received_on",
                    type="date",
                    default_value=_state.today,
                    max=_state.today,
                    aria_invalid=_invalid("received_on"),
                    class_name="input",
                ),
            ),
            _note(""),
            *_foot(N("Note the request")),
            on_submit=_state.add,
            no_validate=True,
            class_name="entry-form",
        ),
        opener="request-new",
        label=t("Note a request"),
        kind="group",
        class_name="entry-panel",
        on_close=_state.edit(""),
    )


def change(line: rx.Var[RequestLine], key: rx.Var[str]) -> rx.Component:
    return Panel.create(
        rx.el.form(
            _field(
                "request-state",
                N("What became of it"),
                rx.el.select(
                    choice_options(_state.states),
                    id="request-state",
                    name="state",
                    default_value=line.state_raw,
                    class_name="input",
                ),
            ),
            _note(line.note),
            rx.el.label(
                rx.el.input(type="checkbox", name="extended", default_checked=line.extended),
                T("Two months more: the person was told why within the first month"),
                class_name="tick",
            ),
            *_foot(N("Save")),
            on_submit=_state.save,
            no_validate=True,
            class_name="entry-form",
        ),
        opener=rx.Var.create("request-") + key,
        label=t("Change request {id}", id=key),
        kind="group",
        class_name="entry-panel",
        on_close=_state.edit(""),
    )


def _note(value: Any) -> rx.Component:
    return _field(
        "request-note",
        N("Note"),
        rx.el.textarea(
            id="request-note",
            name="note",
            default_value=value,
            rows=3,
            max_length=5000,
            aria_invalid=_invalid("note"),
            class_name="input",
        ),
    )


def _field(id: str, label: str, *content: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.label(T(label), html_for=id), *content, class_name="field")


def _invalid(name: str) -> rx.Var:
    return rx.cond(_state.error_field == name, "true", "false")


def _foot(save: str) -> list[rx.Component]:
    return [
        rx.cond(_state.error, notice(_state.error, "danger")),
        rx.el.div(
            rx.el.button(T(save), type="submit", class_name="button primary"),
            rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=_state.edit("")),
            class_name="filter-foot",
        ),
    ]
