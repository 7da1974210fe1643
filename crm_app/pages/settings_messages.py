"""Settings: what messages go out by."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.form_guard import form_guard
from crm_app.components.input_field import input_field
from crm_app.components.notice import notice
from crm_app.components.text import N, T, t, tn
from crm_app.pages.settings_frame import settings_shell
from crm_app.state.session import SessionState
from crm_app.state.settings_messages import SettingsMessagesState

_state = SettingsMessagesState


def message_settings() -> rx.Component:
    return settings_shell(
        "messages",
        rx.cond(_state.loaded, rx.fragment(_standing(), _form())),
    )


def _standing() -> rx.Component:
    return rx.fragment(
        rx.cond(_state.problem, notice(_state.problem, "danger")),
        rx.cond(
            _state.is_set,
            rx.fragment(),
            notice(
                T("No mail server is set: messages land in the folder “mails” of the data folder, nothing leaves."),
                "warn",
            ),
        ),
        rx.cond(
            _state.waiting > 0,
            notice(
                rx.fragment(
                    tn("{n} message waits to go out.", "{n} messages wait to go out.", _state.waiting),
                    " ",
                    rx.link(T("Look into the outbox"), href=routes.OUTBOX, class_name="link"),
                )
            ),
        ),
    )


def _form() -> rx.Component:
    return rx.el.form(
        form_guard(_state.errors),
        rx.cond(_state.errors[""].to(str), notice(_state.errors[""].to(str), "danger")),
        _server(),
        _sender(),
        _returned(),
        _texts(),
        _counting(),
        rx.el.div(
            rx.el.button(T("Save settings"), type="submit", id="save-server", class_name="button primary"),
            rx.cond(
                _state.is_set,
                rx.el.button(
                    rx.icon("send", size=16),
                    T("Send a test to myself"),
                    type="button",
                    class_name="button",
                    disabled=_state.testing,
                    on_click=_state.test,
                ),
            ),
            class_name="form-foot",
        ),
        rx.cond(
            _state.tested,
            rx.cond(_state.test_failed, notice(_state.tested, "danger"), notice(_state.tested, "good")),
        ),
        on_submit=_state.save,
        key=_state.key.to(str),
        no_validate=True,
    )


def _server() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Mail server")),
        rx.el.p(T("Your mail provider names these as “SMTP”."), class_name="field-hint"),
        rx.el.div(
            _field("host", N("Server"), rx.el.input, hint=N("Such as smtp.example.org; empty = none."), max_length=255),
            _field("port", N("Port"), rx.el.input, input_mode="numeric", max_length=5),
            _field(
                "security",
                N("Security"),
                rx.el.select,
                rx.el.option(T("STARTTLS (port 587)"), value="starttls"),
                rx.el.option(T("TLS (port 465)"), value="tls"),
                rx.el.option(T("none: only on this machine"), value="none"),
            ),
            _field("username", N("User"), rx.el.input, max_length=255, auto_complete="off"),
            _secret("password", N("Password"), _state.has_password),
            _field(
                "per_minute",
                N("Messages a minute at most"),
                rx.el.input,
                hint=N("Ask your provider how many it takes."),
                input_mode="numeric",
                max_length=5,
            ),
            class_name="fields",
        ),
        class_name="panel",
    )


def _sender() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Sender")),
        rx.el.div(
            _field("from_name", N("Name"), rx.el.input, max_length=120),
            _field("from_address", N("Address"), rx.el.input, type="email", max_length=254),
            _field(
                "reply_to",
                N("Answers go to"),
                rx.el.input,
                hint=N("Empty: to the same address."),
                type="email",
                max_length=254,
            ),
            _field(
                "imprint",
                N("Under every message"),
                rx.el.textarea,
                hint=N("Who writes and where they are, as the law asks for."),
                rows=3,
                max_length=1000,
                wide=True,
            ),
            class_name="fields",
        ),
        class_name="panel",
    )


def _returned() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Mailbox for returned mails")),
        rx.el.p(
            T("Mails that come back later land in the mailbox of the sender's address. It is only read, by IMAP."),
            class_name="field-hint",
        ),
        rx.cond(_state.bounce_problem, notice(_state.bounce_problem, "danger")),
        rx.el.div(
            _field(
                "bounce_host",
                N("Server"),
                rx.el.input,
                hint=N("Such as imap.example.org; empty = nobody looks."),
                max_length=255,
            ),
            _field(
                "bounce_port",
                N("Port"),
                rx.el.input,
                hint=N("993: always with TLS."),
                input_mode="numeric",
                max_length=5,
            ),
            _field("bounce_username", N("User"), rx.el.input, max_length=255, auto_complete="off"),
            _secret("bounce_password", N("Password"), _state.has_bounce_password),
            _field(
                "bounce_folder",
                N("Folder"),
                rx.el.input,
                hint=N("INBOX, unless a rule moves returned mails elsewhere."),
                max_length=255,
            ),
            class_name="fields",
        ),
        rx.cond(
            _state.has_mailbox,
            rx.el.button(
                rx.icon("mail-search", size=16),
                T("Look now"),
                type="button",
                id="look-now",
                class_name="button",
                disabled=_state.looking,
                on_click=_state.look,
            ),
        ),
        rx.cond(
            _state.looked,
            rx.cond(_state.look_failed, notice(_state.looked, "danger"), notice(_state.looked, "good")),
        ),
        class_name="panel",
    )


def _texts() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Text messages")),
        rx.el.p(
            T("By a service you have an account with: its address as Apprise writes it, with {to} for the number."),
            class_name="field-hint",
        ),
        rx.el.div(
            _secret(
                "sms_url",
                N("Address of the service"),
                _state.has_sms,
                hint=N("Such as clicksend://user:key@{to}. See github.com/caronc/apprise/wiki."),
            ),
            class_name="fields",
        ),
        rx.cond(
            _state.has_sms,
            rx.el.button(
                T("Send no text messages any more"), type="button", class_name="button", on_click=_state.forget_sms
            ),
        ),
        class_name="panel",
    )


def _counting() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Newsletters")),
        rx.el.label(
            rx.el.input(type="checkbox", name="tracks", default_checked=_state.tracks),
            T("Count who opens newsletters and follows their links. Ask who is responsible for data protection."),
            class_name="tick",
        ),
        class_name="panel",
    )


def _field(
    name: str, label: str, make: Callable[..., rx.Component], *options: rx.Component, **props: Any
) -> rx.Component:
    """With what is stored; secrets come as `value=""`."""
    props = {"value": _state.values[name].to(str), **props}
    return input_field(f"server-{name}", name, label, make, *options, error=_state.errors[name].to(str), **props)


def _secret(name: str, label: str, is_there: rx.Var[bool], *, hint: str = "") -> rx.Component:
    kept = rx.cond(is_there, t("kept as it is"), "")
    props = {"type": "password", "auto_complete": "new-password", "placeholder": kept}
    return _field(name, label, rx.el.input, value="", hint=hint, **props)


PAGE = {"route": routes.MESSAGE_SETTINGS, "on_load": [SessionState.load, SettingsMessagesState.load]}
