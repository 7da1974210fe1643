"""The panel of the columns step for presets: choose one, keep the choices as one, rename and remove."""

from typing import Any

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import T, t
from crm_app.state.import_columns import ImportColumnsState
from crm_app.state.import_presets import ImportPresetsState, PresetLine


def import_presets() -> rx.Component:
    """Nothing while the columns are not there, or cannot be changed any more."""
    return rx.cond(
        ImportColumnsState.ready & ImportColumnsState.changeable,
        rx.el.section(
            rx.cond(
                ImportPresetsState.program,
                rx.el.p(
                    t("Recognised as an export of {program}.", program=ImportPresetsState.program),
                    class_name="recognised",
                ),
            ),
            rx.el.div(
                _choice(),
                rx.el.div(
                    rx.cond(
                        ImportPresetsState.changeable,
                        rx.fragment(
                            _button("pencil", T("Rename"), "rename"),
                            _button("trash-2", T("Remove"), "remove"),
                        ),
                    ),
                    _button("bookmark-plus", T("Save these choices as a preset"), "save"),
                    class_name="preset-actions",
                ),
                class_name="preset-line",
            ),
            rx.match(
                ImportPresetsState.asking,
                ("save", _panel("save", t("Save these choices as a preset"), _form(T("Save"), "", _shared()))),
                ("rename", _panel("rename", t("Rename"), _form(T("Rename"), ImportPresetsState.chosen_name))),
                ("remove", _panel("remove", t("Remove"), _question(), "alertdialog")),
                rx.fragment(),
            ),
            class_name="panel presets",
            aria_label=t("Presets"),
            on_mount=ImportPresetsState.load,
        ),
    )


def _choice() -> rx.Component:
    return rx.el.div(
        rx.el.label(T("Preset"), html_for="preset"),
        rx.el.select(
            rx.el.option(T("– choose –"), value=""),
            _group(t("Your own"), ImportPresetsState.own),
            _group(t("Shared"), ImportPresetsState.shared),
            _group(t("Other programs"), ImportPresetsState.shipped),
            id="preset",
            value=ImportPresetsState.chosen,
            on_change=ImportPresetsState.choose,
            class_name="input",
        ),
        class_name="field",
    )


def _group(label: rx.Var[str], lines: rx.Var[list[PresetLine]]) -> rx.Component:
    return rx.cond(
        lines.length() > 0,
        rx.el.optgroup(
            rx.foreach(lines, lambda line: rx.el.option(line.shown, value=line.key, key=line.key)), label=label
        ),
    )


def _button(icon: str, label: rx.Component, what: str) -> rx.Component:
    return rx.el.button(
        rx.icon(icon, size=16),
        label,
        id=f"preset-{what}",
        type="button",
        class_name="button",
        on_click=ImportPresetsState.ask(what),
        aria_expanded=(ImportPresetsState.asking == what).to_string(),
    )


def _panel(what: str, label: rx.Var[str], content: rx.Component, kind: str = "group") -> rx.Component:
    return Panel.create(
        content, opener=f"preset-{what}", label=label, kind=kind, on_close=ImportPresetsState.ask(""), key=what
    )


def _form(label: rx.Component, name: rx.Var[str] | str, *more: rx.Component) -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label(T("Name of the preset"), html_for="preset-name"),
            rx.el.input(
                id="preset-name",
                name="name",
                default_value=name,
                class_name="input",
                max_length=100,
                required=True,
                auto_focus=True,
                auto_complete="off",
                aria_invalid=rx.cond(ImportPresetsState.error, "true", "false"),
            ),
            class_name="field",
        ),
        *more,
        rx.el.div(
            rx.el.button(label, type="submit", class_name="button primary"),
            _cancel(),
            class_name="preset-actions",
        ),
        rx.cond(ImportPresetsState.error, notice(ImportPresetsState.error, "danger")),
        class_name="preset-form",
        on_submit=ImportPresetsState.keep,
    )


def _shared() -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name="shared"), T("Everybody in the branch may use it"), class_name="switch"
    )


def _question() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            t(
                "Remove the preset “{name}”? Imports that used it stay as they are.",
                name=ImportPresetsState.chosen_name,
            )
        ),
        rx.el.div(
            rx.el.button(T("Remove"), type="button", class_name="button danger", on_click=ImportPresetsState.remove),
            _cancel(custom_attrs={"data-first": ""}),
            class_name="preset-actions",
        ),
        class_name="preset-form",
    )


def _cancel(**more: Any) -> rx.Component:
    return rx.el.button(
        T("Cancel"), type="button", class_name="button plain", on_click=ImportPresetsState.ask(""), **more
    )
