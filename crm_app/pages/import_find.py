"""Find and replace in the preview of an import, and the filter by what stands in one column."""

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import T, t, tn
from crm_app.state.import_check import ImportCheckState
from crm_app.state.import_check_view import ColumnHead
from crm_app.state.import_find import ImportFindState

_OPENER = "find-open"


def column_filter() -> rx.Component:
    """One select for all columns, beside the search."""
    return rx.el.select(
        rx.el.option(T("Any cells"), value=""),
        rx.foreach(ImportCheckState.heads, _cells_of),
        value=ImportCheckState.cells,
        on_change=ImportCheckState.choose_cells,
        aria_label=t("Filter by the cells of a column"),
        class_name=rx.cond(ImportCheckState.cells, "input cell-filter on", "input cell-filter"),
    )


def _cells_of(head: rx.Var[ColumnHead]) -> rx.Component:
    index = head.index.to(str)
    return rx.el.optgroup(
        rx.el.option(t("{column}: blank", column=head.header), value=index + ".blank"),
        rx.el.option(t("{column}: not blank", column=head.header), value=index + ".something"),
        rx.el.option(t("{column}: changed by hand", column=head.header), value=index + ".changed"),
        label=head.header,
        key=index,
    )


def find_button() -> rx.Component:
    return rx.cond(
        ImportCheckState.editable,
        rx.el.button(
            rx.icon("replace", size=16),
            T("Find and replace"),
            id=_OPENER,
            type="button",
            class_name="button",
            aria_expanded=ImportFindState.opened.to_string(),
            on_click=ImportFindState.toggle,
        ),
    )


def find_panel() -> rx.Component:
    return rx.cond(
        ImportFindState.opened & ImportCheckState.editable,
        Panel.create(
            rx.el.form(
                _column(),
                _find(),
                rx.el.div(
                    rx.el.label(T("Replace with"), html_for="find-new"),
                    rx.el.input(id="find-new", name="new", class_name="input", auto_complete="off", spell_check=False),
                    class_name="field",
                ),
                rx.el.div(
                    _switch("whole", T("Whole cell"), ImportFindState.whole, ImportFindState.choose_whole),
                    _switch("case", T("Match case"), ImportFindState.case, ImportFindState.choose_case),
                    _rows(),
                    class_name="find-how",
                ),
                rx.el.div(
                    rx.el.button(
                        rx.cond(ImportFindState.busy, T("Replacing …"), T("Replace")),
                        type="submit",
                        class_name="button primary",
                        disabled=ImportFindState.busy,
                    ),
                    rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=ImportFindState.close),
                    class_name="preset-actions",
                ),
                rx.cond(ImportFindState.error, notice(ImportFindState.error, "danger")),
                on_submit=ImportFindState.replace,
                class_name="find-form",
            ),
            opener=_OPENER,
            label=t("Find and replace"),
            kind="group",
            class_name="panel find",
            on_close=ImportFindState.close,
        ),
    )


def _column() -> rx.Component:
    return rx.el.div(
        rx.el.label(T("In the column"), html_for="find-column"),
        rx.el.select(
            rx.foreach(
                ImportCheckState.heads,
                lambda head: rx.el.option(head.header, value=head.index.to(str), key=head.index.to(str)),
            ),
            id="find-column",
            name="column",
            default_value=ImportFindState.column,
            on_change=ImportFindState.choose_column,
            class_name="input",
        ),
        class_name="field",
    )


def _find() -> rx.Component:
    return rx.el.div(
        rx.el.label(T("Find"), html_for="find-text"),
        rx.el.input(
            id="find-text",
            name="find",
            default_value=ImportFindState.find,
            custom_attrs={"data-first": ""},
            class_name="input",
            auto_complete="off",
            spell_check=False,
            on_change=ImportFindState.type_find.debounce(250),
            placeholder=rx.cond(ImportFindState.whole, t("Empty: blank cells"), ""),
        ),
        class_name="field",
    )


def _switch(name: str, label: rx.Component, checked: rx.Var[bool], choose: rx.EventHandler) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, default_checked=checked, on_change=choose), label, class_name="switch"
    )


def _rows() -> rx.Component:
    return rx.el.span(
        rx.cond(ImportFindState.rows >= 0, tn("in {n} row", "in {n} rows", ImportFindState.rows), ""),
        class_name="number quiet find-rows",
        role="status",
    )
