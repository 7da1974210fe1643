"""Settings: the programs that come in by the API."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.text import N, T, t
from crm_app.pages import settings_entries as entries
from crm_app.pages.settings_copied import copied
from crm_app.pages.settings_frame import icon_button, settings_shell
from crm_app.pages.settings_webhooks import webhooks
from crm_app.state.choice import Choice
from crm_app.state.session import SessionState
from crm_app.state.settings_integrations import IntegrationLine, SettingsIntegrationsState
from crm_app.state.settings_webhooks import SettingsWebhooksState

_made = SettingsIntegrationsState.made


def integrations() -> rx.Component:
    return settings_shell(
        "integrations",
        rx.el.section(
            entries.head(SettingsIntegrationsState, N("Integrations"), N("Add an integration")),
            rx.el.p(
                T(
                    "Shops, tills and forms elsewhere bring contacts, orders and visits by the API. "
                    "Each has a token of its own that can do only what you allow."
                ),
                " ",
                rx.el.a(
                    T("Description for programs (OpenAPI)"),
                    href="/api/v1/openapi.json",
                    target="_blank",
                    rel="noopener",
                    class_name="link",
                ),
                class_name="field-hint",
            ),
            entries.refusal(SettingsIntegrationsState),
            rx.cond(_made.token, _secrets()),
            rx.cond(SettingsIntegrationsState.editing == "new", _form()),
            rx.cond(
                SettingsIntegrationsState.loaded & (SettingsIntegrationsState.lines.length() == 0),
                empty("plug", T("No program comes in yet"), T("Add one to get a token for it.")),
                entries.lines(SettingsIntegrationsState, _line, ordered=False),
            ),
            class_name="panel stack tall-entries",
        ),
        webhooks(),
    )


def _line(line: rx.Var[IntegrationLine]) -> rx.Component:
    return entries.entry(
        rx.el.span(
            rx.el.span(line.name),
            rx.el.span(line.scopes, class_name="quiet entry-under"),
            rx.el.span(line.made, " · ", line.used, class_name="quiet entry-under"),
            class_name="entry-name",
        ),
        rx.el.span(
            icon_button(
                "trash-2",
                t("Revoke “{name}”", name=line.name),
                id="remove-" + line.key,
                on_click=SettingsIntegrationsState.ask(line.key),
            ),
            class_name="entry-actions",
        ),
        below=[rx.cond(SettingsIntegrationsState.removing.key == line.key, _question(line))],
        key=line.key,
    )


def _form() -> rx.Component:
    return entries.form(
        SettingsIntegrationsState,
        "new",
        t("A new integration"),
        entries.name_field(SettingsIntegrationsState, "integration-name", "", 100),
        rx.el.fieldset(
            rx.el.legend(T("What it may do")),
            rx.el.div(rx.foreach(SettingsIntegrationsState.scopes, _scope), class_name="ticks"),
            class_name="tick-group",
        ),
        save=T("Make a token"),
    )


def _scope(scope: rx.Var[Choice]) -> rx.Component:
    return rx.el.label(rx.el.input(type="checkbox", name=scope.value), scope.label, class_name="tick", key=scope.value)


def _secrets() -> rx.Component:
    """What its program needs, this once."""
    return rx.el.div(
        rx.el.h3(t("“{name}” may come in", name=_made.name)),
        rx.el.p(T("Copy this now: it is shown this once, and stored nowhere."), class_name="field-hint"),
        copied("secret-token", N("Token"), _made.token),
        rx.cond(
            _made.hook,
            rx.fragment(
                rx.el.p(T("For forms elsewhere, such as Google Forms, which sign what they send:"), class_name="quiet"),
                copied("secret-hook", N("Address"), _made.hook),
                copied("secret-signing", N("Signing secret"), _made.signing_secret),
            ),
        ),
        rx.el.div(
            rx.el.button(
                T("I have copied it"),
                id="forget-secrets",
                type="button",
                class_name="button primary",
                on_click=SettingsIntegrationsState.forget,
            ),
            class_name="filter-foot",
        ),
        class_name="entry-panel stack secrets",
        role="group",
        aria_label=t("Shown this once"),
    )


def _question(line: rx.Var[IntegrationLine]) -> rx.Component:
    return entries.question(
        SettingsIntegrationsState,
        line.key,
        t("Revoke an integration"),
        T("Revoke its token"),
        rx.el.p(t("“{name}” does not come in any more, from its next request on.", name=line.name)),
        rx.el.p(T("This cannot be undone; what it brought stays."), class_name="field-hint"),
    )


PAGE = {
    "route": routes.INTEGRATIONS,
    "on_load": [SessionState.load, SettingsIntegrationsState.load, SettingsWebhooksState.load],
}
