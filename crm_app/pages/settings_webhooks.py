"""Settings: who is told what happens here, a part of the integrations' page."""

import reflex as rx

from crm_app.components.text import N, T, t
from crm_app.pages import settings_entries as entries
from crm_app.pages.settings_copied import copied
from crm_app.pages.settings_frame import icon_button
from crm_app.state.choice import Choice
from crm_app.state.settings_webhooks import NEW, SettingsWebhooksState, WebhookLine


def webhooks() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(T("Webhooks")),
            rx.el.button(
                rx.icon("plus", size=16),
                T("Add a webhook"),
                id=f"edit-{NEW}",
                type="button",
                class_name="button",
                on_click=SettingsWebhooksState.edit(NEW),
            ),
            class_name="entries-head",
        ),
        rx.el.p(
            T(
                "Other systems are told at once when something happens here: which event, and the number of the "
                "contact. They read the rest by the API."
            ),
            class_name="field-hint",
        ),
        entries.refusal(SettingsWebhooksState),
        rx.cond(SettingsWebhooksState.secret, _secret()),
        rx.cond(SettingsWebhooksState.editing == NEW, _form()),
        rx.cond(
            SettingsWebhooksState.lines.length() > 0,
            rx.el.ul(rx.foreach(SettingsWebhooksState.lines, _line), class_name="entries"),
        ),
        class_name="panel stack tall-entries",
    )


def _line(line: rx.Var[WebhookLine]) -> rx.Component:
    return entries.entry(
        rx.el.span(
            rx.el.span(line.url),
            rx.el.span(line.events, class_name="quiet entry-under"),
            rx.el.span(line.told, class_name="quiet entry-under"),
            class_name="entry-name",
        ),
        rx.el.span(
            icon_button(
                "trash-2",
                t("Remove “{name}”", name=line.url),
                id="remove-" + line.key,
                on_click=SettingsWebhooksState.ask(line.key),
            ),
            class_name="entry-actions",
        ),
        below=[rx.cond(SettingsWebhooksState.removing.key == line.key, _question(line))],
        key=line.key,
    )


def _form() -> rx.Component:
    return entries.form(
        SettingsWebhooksState,
        NEW,
        t("A new webhook"),
        rx.el.div(
            rx.el.label(T("Address"), html_for="webhook-url"),
            rx.el.input(
                id="webhook-url",
                name="url",
                class_name="input",
                max_length=500,
                placeholder="https://example.org/hook",
                auto_complete="off",
                aria_invalid=rx.cond(SettingsWebhooksState.error, "true", "false"),
            ),
            class_name="field",
        ),
        rx.el.fieldset(
            rx.el.legend(T("What it is told of")),
            rx.el.div(rx.foreach(SettingsWebhooksState.events, _event), class_name="ticks"),
            class_name="tick-group",
        ),
        save=T("Add the webhook"),
    )


def _event(event: rx.Var[Choice]) -> rx.Component:
    return rx.el.label(rx.el.input(type="checkbox", name=event.value), event.label, class_name="tick", key=event.value)


def _secret() -> rx.Component:
    return rx.el.div(
        rx.el.p(T("Copy this now: it is shown this once, and stored nowhere."), class_name="field-hint"),
        copied("secret-webhook", N("Signing secret"), SettingsWebhooksState.secret),
        rx.el.div(
            rx.el.button(
                T("I have copied it"), type="button", class_name="button primary", on_click=SettingsWebhooksState.forget
            ),
            class_name="filter-foot",
        ),
        class_name="entry-panel stack secrets",
        role="group",
        aria_label=t("Shown this once"),
    )


def _question(line: rx.Var[WebhookLine]) -> rx.Component:
    return entries.question(
        SettingsWebhooksState,
        line.key,
        t("Remove a webhook"),
        T("Remove the webhook"),
        rx.el.p(t("“{name}” is told nothing more, not even what waits.", name=line.url)),
    )
