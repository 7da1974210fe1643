"""Settings: one's own account – password, second factor, devices."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.input_field import input_field
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t, tn
from crm_app.pages.settings_copied import copied
from crm_app.pages.settings_devices import devices
from crm_app.pages.settings_frame import settings_shell
from crm_app.state.session import SessionState
from crm_app.state.settings_account import SettingsAccountState

_state, _factor = SettingsAccountState, SettingsAccountState.factor


def account() -> rx.Component:
    return settings_shell(
        "account",
        rx.el.section(
            rx.el.h2(T("Your account")),
            rx.el.p(SessionState.name, " · ", _state.email, class_name="quiet"),
            rx.cond(_state.errors[""].to(str), notice(_state.errors[""].to(str), "danger")),
            rx.cond(_state.open == "password", _password_form(), _opener("password", N("Change your password"))),
            class_name="panel stack",
        ),
        rx.el.section(
            rx.el.h2(T("Second factor")),
            rx.el.p(
                T("Besides your password you type a code that only your phone knows, whenever you sign in."),
                class_name="field-hint",
            ),
            rx.cond(_state.codes.length() > 0, _codes()),
            rx.cond(_state.loaded, rx.cond(_factor.is_on, _on(), _off())),
            class_name="panel stack",
        ),
        rx.el.section(
            rx.el.h2(T("Where you are signed in")),
            devices(_state, N("Sign out everywhere else")),
            class_name="panel stack",
        ),
    )


def _opener(form: str, label: str) -> rx.Component:
    return rx.el.button(T(label), id=f"open-{form}", type="button", class_name="button", on_click=_state.show(form))


def _on() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            t("On since {day}", day=_factor.since),
            " · ",
            tn("{n} recovery code is left", "{n} recovery codes are left", _factor.codes_left),
        ),
        rx.match(
            _state.open,
            ("off", _asked("off", t("Switch off the second factor"), T("Switch it off"), _state.switch_off, "danger")),
            ("renew", _asked("renew", t("New recovery codes"), T("Make new codes"), _state.renew, "primary")),
            rx.el.div(
                _opener("renew", N("New recovery codes")),
                _opener("off", N("Switch off")),
                class_name="filter-foot",
            ),
        ),
        class_name="stack",
    )


def _off() -> rx.Component:
    return rx.match(
        _state.open,
        ("begin", _form("begin", t("Switch on the second factor"), _present("password"), T("Go on"), _state.begin)),
        ("confirm", _set_up()),
        _opener("begin", N("Switch on")),
    )


def _set_up() -> rx.Component:
    return _form(
        "begin",
        t("Switch on the second factor"),
        rx.fragment(
            rx.el.p(T("Scan this with an authenticator app on your phone, or type the secret there.")),
            rx.el.img(src=_factor.picture, alt=t("QR code for the authenticator app"), class_name="qr-code"),
            copied("factor-secret", N("Secret"), _factor.secret),
            _code(_OF_APP),
        ),
        T("Switch on"),
        _state.confirm,
    )


def _asked(form: str, label: Any, act: rx.Component, submit: Any, look: str) -> rx.Component:
    return _form(form, label, rx.fragment(_present("password"), _code(_OF_APP_OR_RECOVERY)), act, submit, look)


def _password_form() -> rx.Component:
    return _form(
        "password",
        t("Change your password"),
        rx.fragment(
            _present("current"),
            _secret("new", N("New password"), "new-password", error="password", hint=N("At least ten characters.")),
            _secret("repeat", N("Repeat the password"), "new-password"),
        ),
        T("Change the password"),
        _state.change_password,
    )


_OF_APP = N("The six digits the app shows now.")
_OF_APP_OR_RECOVERY = N("The six digits the app shows now, or a recovery code.")


def _present(name: str) -> rx.Component:
    return _secret(name, N("Your present password"), "current-password")


def _secret(name: str, label: str, complete: str, *, error: str = "", hint: str = "") -> rx.Component:
    return input_field(
        f"account-{name}", name, label, rx.el.input, error=_state.errors[error or name].to(str), hint=hint,
        type="password", auto_complete=complete, required=True, max_length=200,
    )  # fmt: skip


def _code(hint: str) -> rx.Component:
    return input_field(
        "account-code", "code", N("Code"), rx.el.input, error=_state.errors["code"].to(str), hint=hint,
        auto_complete="one-time-code", auto_capitalize="none", spell_check=False, required=True, max_length=40,
    )  # fmt: skip


def _form(
    opener: str, label: Any, fields: rx.Component, act: rx.Component, submit: Any, look: str = "primary"
) -> rx.Component:
    return Panel.create(
        rx.el.form(
            fields,
            rx.el.div(
                rx.el.button(act, type="submit", class_name=f"button {look}"),
                rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=_state.show("")),
                class_name="filter-foot",
            ),
            on_submit=submit,
            class_name="entry-form",
        ),
        opener=f"open-{opener}",
        label=label,
        kind="group",
        class_name="entry-panel",
        on_close=_state.show(""),
    )


def _codes() -> rx.Component:
    """Recovery codes, this once."""
    return rx.el.div(
        rx.el.h3(T("Your recovery codes")),
        rx.el.p(
            T("Print or write them down: each signs you in once without your phone. They are shown this once."),
            class_name="field-hint",
        ),
        rx.el.ol(rx.foreach(_state.codes, lambda code: rx.el.li(code, key=code)), class_name="recovery-codes"),
        rx.el.div(
            rx.el.button(
                rx.icon("copy", size=16),
                T("Copy"),
                type="button",
                class_name="button",
                on_click=rx.set_clipboard(_state.codes.join("\n")),
            ),
            rx.el.button(
                T("I have kept them"), type="button", id="codes-kept", class_name="button primary",
                on_click=_state.show(""),
            ),
            class_name="filter-foot",
        ),
        class_name="entry-panel stack secrets",
        role="group",
        aria_label=t("Shown this once"),
    )  # fmt: skip


PAGE = {"route": routes.ACCOUNT, "on_load": [SessionState.load, SettingsAccountState.load]}
