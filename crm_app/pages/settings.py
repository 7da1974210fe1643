"""Settings: the user's own, and the installation's."""

import reflex as rx

from crm_app import routes
from crm_app.components.account import account_panel
from crm_app.components.shell import shell
from crm_app.components.text import N, T
from crm_app.locales import LANGUAGES
from crm_app.state.session import SessionState
from crm_app.state.settings import SettingsState


def settings() -> rx.Component:
    return shell(
        account_panel(),
        rx.cond(SettingsState.loaded, _installation()),
        place="settings",
        title=N("Settings"),
        form=True,
    )


def _installation() -> rx.Component:
    return rx.el.form(
        rx.el.section(
            rx.el.h2(T("This installation")),
            rx.el.p(
                T("The country decides how phone numbers without a code are read, and the order of dates in doubt."),
                class_name="field-hint",
            ),
            rx.el.fieldset(
                _field("name", N("Name of the organisation"), rx.el.input, max_length=120),
                _field(
                    "country",
                    N("Country"),
                    rx.el.select,
                    rx.foreach(SettingsState.countries, lambda pair: rx.el.option(pair[1], value=pair[0])),
                ),
                _field(
                    "language",
                    N("Language for new colleagues"),
                    rx.el.select,
                    *[rx.el.option(name, value=key) for key, name in LANGUAGES.items()],
                ),
                _field(
                    "timezone",
                    N("Time zone"),
                    rx.el.select,
                    rx.foreach(SettingsState.timezones, lambda zone: rx.el.option(zone, value=zone)),
                ),
                _field(
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
        rx.cond(
            SettingsState.may_change,
            rx.el.div(
                rx.el.button(T("Save settings"), type="submit", class_name="button primary"), class_name="form-foot"
            ),
            rx.el.p(T("Only an administrator can change these."), class_name="field-hint"),
        ),
        on_submit=SettingsState.save,
        key=SettingsState.key.to(str),
        no_validate=True,
    )


def _field(name: str, label: str, make, *options: rx.Component, **props) -> rx.Component:
    error = SettingsState.errors[name].to(str)
    return rx.el.div(
        rx.el.label(T(label), html_for=f"setting-{name}"),
        make(
            *options,
            id=f"setting-{name}",
            name=name,
            default_value=SettingsState.values[name].to(str),
            aria_invalid=rx.cond(error, "true", "false"),
            class_name="input",
            **props,
        ),
        rx.cond(error, rx.el.p(error, class_name="field-error", role="alert")),
        class_name="field",
    )


PAGE = {"route": routes.SETTINGS, "on_load": [SessionState.load, SettingsState.load]}
