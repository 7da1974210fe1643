"""Settings: the types of tasks."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.choice_options import choice_options
from crm_app.components.task_icon import TASK_ICONS, task_icon
from crm_app.components.text import N, T, t, tn
from crm_app.pages import settings_entries as entries
from crm_app.pages.settings_frame import removed_list, settings_shell
from crm_app.state.session import SessionState
from crm_app.state.settings_task_types import SettingsTaskTypesState, TypeLine


def task_types() -> rx.Component:
    return settings_shell(
        "task_types",
        rx.el.section(
            entries.head(SettingsTaskTypesState, N("Types of tasks"), N("Add a type")),
            rx.el.p(T("Forms show them in this order; new tasks begin with the first."), class_name="field-hint"),
            entries.refusal(SettingsTaskTypesState),
            rx.cond(SettingsTaskTypesState.editing == "new", _form("new", "", "circle-check")),
            entries.lines(SettingsTaskTypesState, _line),
            class_name="panel stack",
        ),
        removed_list(SettingsTaskTypesState.removed, SettingsTaskTypesState.bring_back),
    )


def _line(line: rx.Var[TypeLine], place: rx.Var[int]) -> rx.Component:
    return entries.entry(
        rx.el.span(task_icon(line.icon), line.name, class_name="status entry-name"),
        rx.el.span(
            rx.cond(line.tasks > 0, tn("{n} open task", "{n} open tasks", line.tasks), t("no open task")),
            class_name="quiet number entry-count",
        ),
        entries.acts(SettingsTaskTypesState, line.key, line.name, place=place),
        below=[
            rx.cond(SettingsTaskTypesState.editing == line.key, _form(line.key, line.name, line.icon)),
            rx.cond(SettingsTaskTypesState.removing.key == line.key, _question(line)),
        ],
        key=line.key,
    )


def _form(key: Any, name: Any, icon: Any) -> rx.Component:
    return entries.form(
        SettingsTaskTypesState,
        key,
        t("A type of tasks"),
        entries.name_field(SettingsTaskTypesState, "type-name", name, 80),
        rx.el.fieldset(
            rx.el.legend(T("Symbol")),
            *[_symbol(one, label, icon) for one, label in TASK_ICONS.items()],
            class_name="swatches",
        ),
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
    return entries.question(
        SettingsTaskTypesState,
        line.key,
        t("Remove a type"),
        T("Remove the type"),
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
            entries.into_field(
                "type-into",
                N("Its place is taken by"),
                N("no type"),
                choice_options(SettingsTaskTypesState.others),
            ),
        ),
        rx.el.p(T("Done tasks keep it."), class_name="field-hint"),
    )


PAGE = {"route": routes.TASK_TYPES, "on_load": [SessionState.load, SettingsTaskTypesState.load]}
