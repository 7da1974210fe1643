"""Settings: the forms for people who are no users."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.text import N, T, t
from crm_app.pages import settings_entries as entries
from crm_app.pages.settings_frame import settings_shell
from crm_app.state.session import SessionState
from crm_app.state.settings_forms import FormLine, SettingsFormsState


def forms() -> rx.Component:
    return settings_shell(
        "forms",
        rx.el.section(
            entries.head(SettingsFormsState, N("Forms"), N("Add a form")),
            rx.el.p(
                T("People fill them in without an account, on a page of their own or inside your website."),
                class_name="field-hint",
            ),
            entries.refusal(SettingsFormsState),
            rx.cond(SettingsFormsState.editing == "new", _new()),
            rx.cond(
                SettingsFormsState.loaded & (SettingsFormsState.lines.length() == 0),
                empty("clipboard-list", T("No forms yet"), T("Add one, for example for trial lessons.")),
                entries.lines(SettingsFormsState, _line, ordered=False),
            ),
            class_name="panel stack",
        ),
    )


def _line(line: rx.Var[FormLine]) -> rx.Component:
    return entries.entry(
        rx.el.span(rx.link(line.name, href=line.url, class_name="link"), class_name="entry-name"),
        rx.cond(
            line.is_open,
            rx.el.a(
                t("Open “{name}”", name=line.name),
                href=line.address,
                target="_blank",
                rel="noopener",
                class_name="link",
            ),
            rx.el.span(T("closed"), class_name="chip"),
        ),
        below=[],
        key=line.key,
    )


def _new() -> rx.Component:
    return entries.form(
        SettingsFormsState,
        "new",
        t("A new form"),
        entries.name_field(SettingsFormsState, "form-name", "", 100),
        save=T("Add the form"),
    )


PAGE = {"route": routes.WEB_FORMS, "on_load": [SessionState.load, SettingsFormsState.load]}
