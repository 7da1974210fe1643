"""Settings: the user's own, and the installation's."""

import reflex as rx

from crm_app import routes
from crm_app.components.account import account_panel
from crm_app.components.form_guard import form_guard
from crm_app.components.text import N, T
from crm_app.locales import LANGUAGES
from crm_app.pages.settings_first_branch import first_branch
from crm_app.pages.settings_frame import settings_shell
from crm_app.pages.settings_input import setting
from crm_app.pages.settings_rules import rules
from crm_app.state.session import SessionState
from crm_app.state.settings import SettingsState
from crm_app.state.settings_branches import SettingsBranchesState


def settings() -> rx.Component:
    return settings_shell(
        "general",
        account_panel(),
        rx.cond(SettingsState.loaded, _installation()),
        first_branch(),
    )


def _installation() -> rx.Component:
    return rx.el.form(
        form_guard(SettingsState.errors),
        rx.el.section(
            rx.el.h2(T("This installation")),
            rx.el.p(
                T("The country decides how phone numbers without a code are read, and the order of dates in doubt."),
                class_name="field-hint",
            ),
            rx.el.fieldset(
                setting("name", N("Name of the organisation"), rx.el.input, max_length=120),
                setting(
                    "country",
                    N("Country"),
                    rx.el.select,
                    rx.foreach(SettingsState.countries, lambda pair: rx.el.option(pair[1], value=pair[0])),
                ),
                setting(
                    "language",
                    N("Language for new colleagues"),
                    rx.el.select,
                    *[rx.el.option(name, value=key) for key, name in LANGUAGES.items()],
                ),
                setting(
                    "timezone",
                    N("Time zone"),
                    rx.el.select,
                    rx.foreach(SettingsState.timezones, lambda zone: rx.el.option(zone, value=zone)),
                ),
                setting(
                    "currency",
                    N("Currency"),
                    rx.el.select,
                    rx.foreach(SettingsState.currencies, lambda pair: rx.el.option(pair[1], value=pair[0])),
                ),
                disabled=~SettingsState.may_change,
                class_name="fields",
            ),
            class_name="panel",
        ),
        rules(),
        rx.cond(
            SettingsState.may_change,
            rx.el.div(
                rx.el.button(T("Save settings"), type="submit", id="save-settings", class_name="button primary"),
                class_name="form-foot",
            ),
            rx.el.p(T("Only an administrator can change these."), class_name="field-hint"),
        ),
        on_submit=SettingsState.save,
        key=SettingsState.key.to(str),
        no_validate=True,
    )


PAGE = {"route": routes.SETTINGS, "on_load": [SessionState.load, SettingsState.load, SettingsBranchesState.offer]}
