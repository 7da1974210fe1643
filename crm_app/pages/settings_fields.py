"""Settings: the own fields of contacts, and making a new one."""

import reflex as rx

from crm_app import routes
from crm_app.components.choice_options import choice_options
from crm_app.components.empty import empty
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import T, t, tn
from crm_app.pages.settings_frame import icon_button, removed_list, settings_shell
from crm_app.state.session import SessionState
from crm_app.state.settings_fields import FieldSettingLine, SettingsFieldsState

OPENER = "add-field"


def fields() -> rx.Component:
    return settings_shell(
        "fields",
        rx.el.section(
            rx.el.div(
                rx.el.h2(T("Own fields")),
                rx.el.button(
                    rx.icon("plus", size=16),
                    T("Add a field"),
                    id=OPENER,
                    type="button",
                    class_name="button",
                    on_click=SettingsFieldsState.toggle,
                ),
                class_name="entries-head",
            ),
            rx.el.p(
                T("What you want to know of contacts beside the fields there are. They are asked for in this order."),
                class_name="field-hint",
            ),
            rx.cond(
                SettingsFieldsState.error & ~SettingsFieldsState.adding,
                notice(SettingsFieldsState.error, "danger"),
            ),
            rx.cond(SettingsFieldsState.adding, _form()),
            _lines(),
            class_name="panel stack",
        ),
        removed_list(SettingsFieldsState.removed, SettingsFieldsState.bring_back),
    )


def _lines() -> rx.Component:
    return rx.cond(
        SettingsFieldsState.loaded,
        rx.cond(
            SettingsFieldsState.lines.length() > 0,
            rx.el.ol(rx.foreach(SettingsFieldsState.lines, _line), class_name="entries"),
            empty(
                "text-cursor-input",
                T("No own fields yet"),
                T("Add one here, or make one from a column of a file while importing."),
            ),
        ),
        rx.el.ol(*[rx.el.li(class_name="entry skeleton") for _ in range(4)], class_name="entries"),
    )


def _line(line: rx.Var[FieldSettingLine], place: rx.Var[int]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                rx.link(line.label, href=line.url, class_name="link"),
                rx.el.span(line.type, " · ", rx.el.code(line.key), class_name="quiet entry-under"),
                class_name="entry-name",
            ),
            rx.cond(line.required, rx.el.span(T("required"), class_name="chip")),
            rx.cond(line.is_key, rx.el.span(T("key"), class_name="chip")),
            rx.cond(line.is_personal, rx.el.span(T("personal"), class_name="chip")),
            rx.el.span(
                rx.cond(line.filled < 0, "…", tn("{n} filled in", "{n} filled in", line.filled)),
                class_name="quiet number entry-count",
            ),
            rx.el.span(
                icon_button(
                    "arrow-up",
                    t("Move “{name}” up", name=line.label),
                    on_click=SettingsFieldsState.move(line.key, -1),
                    aria_disabled=(place == 0).to_string(),
                ),
                icon_button(
                    "arrow-down",
                    t("Move “{name}” down", name=line.label),
                    on_click=SettingsFieldsState.move(line.key, 1),
                    aria_disabled=(place == SettingsFieldsState.lines.length() - 1).to_string(),
                ),
                class_name="entry-actions",
            ),
            class_name="entry",
        ),
        key=line.key,
    )


def _form() -> rx.Component:
    return Panel.create(
        rx.el.form(
            rx.el.div(
                rx.el.label(T("Name"), html_for="new-field-label"),
                rx.el.input(
                    id="new-field-label",
                    name="label",
                    class_name="input",
                    max_length=120,
                    required=True,
                    auto_complete="off",
                    aria_invalid=rx.cond(SettingsFieldsState.error, "true", "false"),
                ),
                class_name="field",
            ),
            rx.el.div(
                rx.el.label(T("Type"), html_for="new-field-type"),
                rx.el.select(
                    choice_options(SettingsFieldsState.types),
                    id="new-field-type",
                    name="type",
                    value=SettingsFieldsState.type,
                    on_change=SettingsFieldsState.choose_type,
                    class_name="input",
                ),
                class_name="field",
            ),
            rx.cond(
                SettingsFieldsState.type.contains("choice"),
                rx.el.div(
                    rx.el.label(T("Choices, one a line"), html_for="new-field-options"),
                    rx.el.textarea(id="new-field-options", name="options", rows=4, class_name="input"),
                    class_name="field",
                ),
            ),
            rx.cond(SettingsFieldsState.error, notice(SettingsFieldsState.error, "danger")),
            rx.el.div(
                rx.el.button(T("Add the field"), type="submit", class_name="button primary"),
                rx.el.button(
                    T("Cancel"), type="button", class_name="button plain", on_click=SettingsFieldsState.toggle
                ),
                class_name="filter-foot",
            ),
            on_submit=SettingsFieldsState.add,
            class_name="entry-form",
        ),
        opener=OPENER,
        label=t("A new field"),
        kind="group",
        class_name="entry-panel",
        on_close=SettingsFieldsState.toggle,
    )


PAGE = {"route": routes.OWN_FIELDS, "on_load": [SessionState.load, SettingsFieldsState.load]}
