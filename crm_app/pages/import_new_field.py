"""The form that makes a new own field from a column: part of the third step of an import."""

from typing import Any

import reflex as rx

from crm_app.components.text import T
from crm_app.state.contact_view import TYPE_LABELS
from crm_app.state.import_columns import ImportColumnsState
from crm_app.state.import_columns_view import ColumnLine
from crm_app.state.import_new_field import ImportNewFieldState


def new_field(line: rx.Var[ColumnLine]) -> rx.Component:
    """Shows under the column that asks for it."""
    return rx.cond(ImportNewFieldState.asking == line.index, _form())


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label(T("Name of the new field"), html_for="new-field-label"),
            rx.el.input(
                id="new-field-label",
                name="label",
                default_value=ImportNewFieldState.label,
                class_name="input",
                max_length=120,
                required=True,
                auto_focus=True,
                auto_complete="off",
                on_key_down=_escape,
                aria_invalid=rx.cond(ImportNewFieldState.error, "true", "false"),
            ),
            class_name="field",
        ),
        rx.el.div(
            rx.el.label(T("What it holds"), html_for="new-field-kind"),
            rx.el.select(
                *[rx.el.option(T(label.msgid), value=kind.value) for kind, label in TYPE_LABELS.items()],
                id="new-field-kind",
                name="kind",
                default_value=ImportNewFieldState.kind,
                class_name="input",
            ),
            rx.cond(ImportNewFieldState.options, rx.el.p(ImportNewFieldState.options, class_name="field-hint")),
            class_name="field",
        ),
        rx.cond(ImportNewFieldState.error, rx.el.p(ImportNewFieldState.error, class_name="field-error", role="alert")),
        rx.el.div(
            rx.el.button(T("Make this field"), type="submit", class_name="button primary"),
            rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=ImportNewFieldState.close),
            class_name="preset-actions",
        ),
        key=ImportNewFieldState.key.to(str),
        on_submit=[ImportNewFieldState.create, ImportColumnsState.take_new_field],
        class_name="new-field",
    )


def _escape(key: rx.Var[str]) -> Any:
    return rx.cond(key == "Escape", ImportNewFieldState.close(), rx.noop())
