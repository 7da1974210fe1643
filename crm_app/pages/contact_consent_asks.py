"""What is asked before a consent is recorded, revoked, or a block lifted."""

from typing import Any

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t
from crm_app.state.contact_consent import ContactConsentState
from crm_app.state.contact_consent_view import ConsentLine

_state = ContactConsentState


def confirming(line: rx.Var[ConsentLine]) -> rx.Component:
    return _asked(
        line,
        "confirm",
        t("Record a consent"),
        _state.confirm,
        rx.el.button(T("Record the consent"), type="submit", class_name="button primary"),
        rx.cond(
            line.is_first & (_state.groups.length() > 0),
            rx.el.div(
                rx.el.label(T("For"), html_for="consent-group"),
                rx.el.select(
                    rx.el.option(T("everything that is sent there"), value=""),
                    choice_options(_state.groups),
                    id="consent-group",
                    name="group",
                    default_value="",
                    class_name="input",
                ),
                class_name="field",
            ),
        ),
        rx.el.div(
            rx.el.label(T("When the person agreed"), html_for="consent-at"),
            rx.el.input(
                id="consent-at",
                name="at",
                type="datetime-local",
                default_value=_state.begins,
                class_name="input",
                aria_invalid=rx.cond(_state.error_field == "at", "true", "false"),
            ),
            class_name="field",
        ),
        _reason(N("How did the person agree?"), N("On paper at the fair on Saturday, form in the folder …")),
    )


def revoking(line: rx.Var[ConsentLine]) -> rx.Component:
    return _asked(
        line,
        "revoke",
        t("Revoke"),
        _state.revoke,
        rx.el.button(
            T("Revoke the consent"), type="submit", class_name="button danger", custom_attrs={"data-first": ""}
        ),
        rx.el.p(
            T("Nothing is sent there from now on, at once. Only a new consent of the person changes that."),
        ),
    )


def lifting(line: rx.Var[ConsentLine]) -> rx.Component:
    return _asked(
        line,
        "lift",
        t("Lift the block"),
        _state.lift,
        rx.el.button(T("Lift the block"), type="submit", class_name="button primary"),
        rx.el.p(T("The address may be written to again as far as its consent allows it."), class_name="quiet"),
        _reason(N("Why may it be written to again?"), N("The person asked for it on the phone …")),
    )


def _reason(label: str, placeholder: str) -> rx.Component:
    return rx.el.div(
        rx.el.label(T(label), html_for="consent-reason"),
        rx.el.textarea(
            id="consent-reason",
            name="reason",
            rows=2,
            max_length=500,
            placeholder=t(placeholder),
            class_name="input",
            aria_invalid=rx.cond(_state.error_field == "reason", "true", "false"),
            custom_attrs={"data-first": ""},
        ),
        class_name="field",
    )


def _asked(
    line: rx.Var[ConsentLine],
    act: str,
    label: rx.Var[str],
    on_submit: Any,
    button: rx.Component,
    *content: rx.Component,
) -> rx.Component:
    """The question below a line."""
    return Panel.create(
        rx.el.form(
            *content,
            rx.cond(_state.error, notice(_state.error, "danger")),
            rx.el.div(
                button,
                rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=_state.ask("", "")),
                class_name="filter-foot",
            ),
            on_submit=on_submit,
            no_validate=True,
            class_name="entry-form",
        ),
        opener=opener(line, act),
        label=label,
        kind="group",
        class_name="entry-panel consent-asked",
        on_close=_state.ask("", ""),
    )


def opener(line: rx.Var[ConsentLine], act: str) -> rx.Var[str]:
    return rx.Var.create(f"consent-{act}-") + line.key
