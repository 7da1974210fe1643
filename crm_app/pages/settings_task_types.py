"""Settings: the types of tasks."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.task_icon import TASK_ICONS, task_icon
from crm_app.components.text import T, t, tn
from crm_app.pages.settings_frame import icon_button, removed_list, settings_shell
from crm_app.state.session import SessionState
from crm_app.state.settings_task_types import SettingsTaskTypesState, TypeLine


def task_types() -> rx.Component:
    return settings_shell(
        "task_types",
        rx.el.section(
            rx.el.div(
                rx.el.h2(T("Types of tasks")),
                rx.el.button(
                    rx.icon("plus", size=16),
                    T("Add a type"),
                    id="edit-new",
                    type="button",
                    class_name="button",
                    on_click=SettingsTaskTypesState.edit("new"),
                ),
                class_name="entries-head",
            ),
            rx.el.p(T("Forms show them in this order; new tasks begin with the first."), class_name="field-hint"),
            rx.cond(
                SettingsTaskTypesState.error & (SettingsTaskTypesState.editing == ""),
                notice(SettingsTaskTypesState.error, "danger"),
            ),
            rx.cond(SettingsTaskTypesState.editing == "new", _form("new", "", "circle-check")),
            rx.cond(
                SettingsTaskTypesState.loaded,
                rx.el.ol(rx.foreach(SettingsTaskTypesState.lines, _line), class_name="entries"),
                rx.el.ol(*[rx.el.li(class_name="entry skeleton") for _ in range(4)], class_name="entries"),
            ),
            class_name="panel stack",
        ),
        removed_list(SettingsTaskTypesState.removed, SettingsTaskTypesState.bring_back),
    )


def _line(line: rx.Var[TypeLine], place: rx.Var[int]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(task_icon(line.icon), line.name, class_name="status entry-name"),
            rx.el.span(
                rx.cond(line.tasks > 0, tn("{n} open task", "{n} open tasks", line.tasks), t("no open task")),
                class_name="quiet number entry-count",
            ),
            rx.el.span(
                icon_button(
                    "arrow-up",
                    t("Move “{name}” up", name=line.name),
                    on_click=SettingsTaskTypesState.move(line.key, -1),
                    aria_disabled=(place == 0).to_string(),
                ),
                icon_button(
                    "arrow-down",
                    t("Move “{name}” down", name=line.name),
                    on_click=SettingsTaskTypesState.move(line.key, 1),
                    aria_disabled=(place == SettingsTaskTypesState.lines.length() - 1).to_string(),
                ),
                icon_button(
                    "pencil",
                    t("Change “{name}”", name=line.name),
                    id="edit-" + line.key,
                    on_click=SettingsTaskTypesState.edit(line.key),
                ),
                icon_button(
                    "trash-2",
                    t("Remove “{name}”", name=line.name),
                    id="remove-" + line.key,
                    on_click=SettingsTaskTypesState.ask(line.key),
                ),
                class_name="entry-actions",
            ),
            class_name="entry",
        ),
        rx.cond(SettingsTaskTypesState.editing == line.key, _form(line.key, line.name, line.icon)),
        rx.cond(SettingsTaskTypesState.removing.key == line.key, _question(line)),
        key=line.key,
    )


def _form(key: Any, name: Any, icon: Any) -> rx.Component:
    return Panel.create(
        rx.el.form(
            rx.el.div(
                rx.el.label(T("Name"), html_for="type-name"),
                rx.el.input(
                    id="type-name",
                    name="name",
                    default_value=name,
                    class_name="input",
                    max_length=80,
                    required=True,
                    auto_complete="off",
                    aria_invalid=rx.cond(SettingsTaskTypesState.error, "true", "false"),
                ),
                class_name="field",
            ),
            rx.el.fieldset(
                rx.el.legend(T("Symbol")),
                *[_symbol(one, label, icon) for one, label in TASK_ICONS.items()],
                class_name="swatches",
            ),
            rx.cond(SettingsTaskTypesState.error, notice(SettingsTaskTypesState.error, "danger")),
            rx.el.div(
                rx.el.button(T("Save"), type="submit", class_name="button primary"),
                rx.el.button(
                    T("Cancel"), type="button", class_name="button plain", on_click=SettingsTaskTypesState.edit("")
                ),
                class_name="filter-foot",
            ),
            on_submit=SettingsTaskTypesState.save,
            class_name="entry-form",
        ),
        opener=rx.Var.create("edit-") + key,
        label=t("A type of tasks"),
        kind="group",
        class_name="entry-panel",
        on_close=SettingsTaskTypesState.edit(""),
    )


def _symbol(one: str, label: str, current: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="icon", value=one, default_checked=current == one),
        rx.icon(one, size=18),
        rx.el.span(T(label), class_name="visually-hidden"),
        title=t(label),
        class_name="swatch",
    )


def _question(line: rx.Var[TypeLine]) -> rx.Component:
    return Panel.create(
        rx.el.form(
            rx.el.p(
                rx.cond(
                    line.tasks > 0,
                    tn(
                        "{n} open task has the type “{name}”. What does it get instead?",
                        "{n} open tasks have the type “{name}”. What do they get instead?",
                        line.tasks,
                        name=line.name,
                    ),
                    t("No open task has the type “{name}”.", name=line.name),
                )
            ),
            rx.cond(
                line.tasks > 0,
                rx.el.div(
                    rx.el.label(T("Its place is taken by"), html_for="type-into"),
                    rx.el.select(
                        rx.el.option(T("no type"), value=""),
                        rx.foreach(
                            SettingsTaskTypesState.others,
                            lambda other: rx.el.option(other.label, value=other.value, key=other.value),
                        ),
                        id="type-into",
                        name="into",
                        default_value="",
                        class_name="input",
                    ),
                    class_name="field",
                ),
            ),
            rx.el.p(T("Done tasks keep it."), class_name="field-hint"),
            rx.cond(SettingsTaskTypesState.error, notice(SettingsTaskTypesState.error, "danger")),
            rx.el.div(
                rx.el.button(T("Remove the type"), type="submit", class_name="button danger"),
                rx.el.button(
                    T("Cancel"), type="button", class_name="button plain", on_click=SettingsTaskTypesState.ask("")
                ),
                class_name="filter-foot",
            ),
            on_submit=SettingsTaskTypesState.remove,
            class_name="entry-form",
        ),
        opener=rx.Var.create("remove-") + line.key,
        label=t("Remove a type"),
        kind="alertdialog",
        class_name="entry-panel",
        on_close=SettingsTaskTypesState.ask(""),
    )


PAGE = {"route": routes.TASK_TYPES, "on_load": [SessionState.load, SettingsTaskTypesState.load]}
