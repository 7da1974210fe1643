"""Settings: who works here."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.choice_options import choice_options
from crm_app.components.message import UndoListener
from crm_app.components.text import N, T, t
from crm_app.locales import LANGUAGES
from crm_app.pages import settings_entries as entries
from crm_app.pages.settings_copied import copied
from crm_app.pages.settings_devices import devices
from crm_app.pages.settings_frame import icon_button, settings_shell
from crm_app.state.session import SessionState
from crm_app.state.settings_users import SettingsUsersState, UserLine

_state, _link = SettingsUsersState, SettingsUsersState.link


def users() -> rx.Component:
    return settings_shell(
        "users",
        UndoListener.create(on_undo=_state.take_back),
        rx.el.section(
            entries.head(_state, N("Users"), N("Invite a colleague")),
            rx.el.p(
                T(
                    "Colleagues get a link and choose their password themselves. Other rights and disabled accounts "
                    "count at once, on open pages too."
                ),
                class_name="field-hint",
            ),
            entries.refusal(_state),
            rx.cond(_link.url, _made()),
            rx.cond(_state.editing == "new", _invitation()),
            entries.lines(_state, _line, ordered=False),
            class_name="panel stack tall-entries",
        ),
    )


def _line(line: rx.Var[UserLine]) -> rx.Component:
    return entries.entry(
        rx.el.span(
            rx.el.span(line.name),
            " ",
            rx.el.span(line.role_name, class_name="chip"),
            rx.cond(line.is_self, rx.fragment(" ", rx.el.span(T("you"), class_name="chip"))),
            rx.cond(~line.is_active, rx.fragment(" ", rx.el.span(T("disabled"), class_name="chip"))),
            rx.cond(line.is_active & ~line.has_password, rx.fragment(" ", rx.el.span(T("invited"), class_name="chip"))),
            rx.el.span(line.email, class_name="quiet entry-under"),
            rx.el.span(
                rx.cond(line.belongs, line.belongs + " · ", ""),
                rx.el.span(line.last, title=line.exact),
                " · ",
                rx.cond(line.has_second_factor, T("second factor on"), T("second factor off")),
                class_name="quiet entry-under",
            ),
            class_name="entry-name",
        ),
        rx.el.span(
            rx.cond(
                line.may_change | line.is_self,
                icon_button(
                    "pencil",
                    t("Change “{name}”", name=line.name),
                    id="edit-" + line.key,
                    on_click=_state.edit(line.key),
                ),
            ),
            rx.cond(line.may_change, _switch(line)),
            class_name="entry-actions",
        ),
        below=[
            rx.cond(_state.editing == line.key, _form(line)),
            rx.cond(_state.removing.key == line.key, _question(line)),
        ],
        key=line.key,
    )


def _switch(line: rx.Var[UserLine]) -> rx.Component:
    return rx.cond(
        line.is_active,
        icon_button(
            "user-x", t("Disable “{name}”", name=line.name), id="remove-" + line.key, on_click=_state.ask(line.key)
        ),
        icon_button("user-check", t("Enable “{name}”", name=line.name), on_click=_state.enable(line.key)),
    )


def _invitation() -> rx.Component:
    return entries.form(
        _state,
        "new",
        t("A new colleague"),
        entries.name_field(_state, "user-name", "", 120),
        _email(),
        _role("staff"),
        _team(""),
        rx.el.div(
            rx.el.label(T("Language"), html_for="user-language"),
            rx.el.select(
                *[rx.el.option(name, value=key) for key, name in LANGUAGES.items()],
                id="user-language",
                name="language",
                default_value=_state.language,
                class_name="input",
            ),
            class_name="field",
        ),
        save=T("Make an invitation"),
    )


def _email() -> rx.Component:
    return rx.el.div(
        rx.el.label(T("E-mail"), html_for="user-email"),
        rx.el.input(
            id="user-email",
            name="email",
            type="email",
            class_name="input",
            max_length=254,
            required=True,
            auto_complete="off",
            aria_invalid=rx.cond(_state.error, "true", "false"),
        ),
        class_name="field",
    )


def _role(value: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(T("Role"), html_for="user-role"),
        rx.el.select(
            choice_options(_state.roles), id="user-role", name="role", default_value=value, class_name="input"
        ),
        class_name="field",
    )


def _team(value: Any) -> rx.Component:
    return rx.cond(
        _state.teams.length() > 0,
        rx.el.div(
            rx.el.label(T("Team"), html_for="user-team"),
            rx.el.select(
                rx.el.option(T("no team"), value=""),
                choice_options(_state.teams),
                id="user-team",
                name="team",
                default_value=value,
                class_name="input",
            ),
            class_name="field",
        ),
    )


def _form(line: rx.Var[UserLine]) -> rx.Component:
    return rx.fragment(
        entries.form(
            _state,
            line.key,
            t("Account of {name}", name=line.name),
            entries.name_field(_state, "user-name", line.name, 120),
            rx.cond(line.may_change, rx.fragment(_role(line.role), _team(line.team))),
        ),
        rx.el.div(
            rx.cond(line.may_change & line.is_active & ~line.is_self, _help(line)),
            rx.el.h3(T("Devices")),
            devices(_state),
            class_name="entry-panel stack secrets",
        ),
    )


def _help(line: rx.Var[UserLine]) -> rx.Component:
    return rx.el.div(
        rx.el.button(
            rx.icon("link", size=16),
            rx.cond(line.has_password, T("Link to a new password"), T("New invitation link")),
            id="link-" + line.key,
            type="button",
            class_name="button",
            on_click=_state.make_link(line.key),
        ),
        rx.cond(
            line.has_second_factor,
            rx.el.button(
                rx.icon("shield-off", size=16),
                T("Switch off the second factor"),
                type="button",
                class_name="button",
                on_click=_state.switch_off_factor(line.key),
            ),
        ),
        class_name="filter-foot",
    )


def _made() -> rx.Component:
    """The link, this once."""
    return rx.el.div(
        rx.el.h3(
            rx.cond(
                _link.is_invitation,
                t("Invitation for {name}", name=_link.name),
                t("New password for {name}", name=_link.name),
            )
        ),
        rx.el.p(
            rx.cond(
                _link.is_invitation,
                T("Hand this link on. It is shown this once and works once, within seven days."),
                T("Hand this link on. It is shown this once and works once, within 24 hours."),
            ),
            class_name="field-hint",
        ),
        rx.cond(_link.is_mailed, rx.el.p(T("A mail with a link is on its way as well."), class_name="field-hint")),
        copied("user-link", N("Link"), _link.url),
        rx.el.div(
            rx.el.button(
                T("I have copied it"), type="button", id="forget-link", class_name="button primary",
                on_click=_state.forget,
            ),
            class_name="filter-foot",
        ),
        class_name="entry-panel stack secrets",
        role="group",
        aria_label=t("Shown this once"),
    )  # fmt: skip


def _question(line: rx.Var[UserLine]) -> rx.Component:
    return entries.question(
        _state,
        line.key,
        t("Disable an account"),
        T("Disable the account"),
        rx.el.p(t("{name} is signed out everywhere at once and cannot sign in any more.", name=line.name)),
        rx.el.p(T("What belongs to them stays. You can enable the account again."), class_name="field-hint"),
    )  # fmt: skip


PAGE = {"route": routes.USERS, "on_load": [SessionState.load, SettingsUsersState.load]}
