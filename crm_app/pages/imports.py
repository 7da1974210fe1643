"""The history of imports: finished ones with what they did, unfinished ones with a way on."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.shell import shell
from crm_app.components.text import N, T, figure, t
from crm_app.pages.import_fetch import fetch_again, fetch_error
from crm_app.pages.import_frame import for_importers
from crm_app.state.import_fetch import ImportFetchState
from crm_app.state.imports import ExportLine, ImportLine, ImportListState
from crm_app.state.session import SessionState


def imports() -> rx.Component:
    return shell(
        for_importers(
            rx.fragment(
                _tabs(),
                rx.cond(
                    ImportListState.show == "exports",
                    rx.cond(
                        ImportListState.loaded & (ImportListState.exports.length() == 0),
                        empty(
                            "download",
                            T("No exports yet"),
                            T("Contacts are exported from their list, as it is filtered or ticked there."),
                            rx.link(T("All contacts"), href=routes.CONTACTS, underline="none", class_name="button"),
                        ),
                        rx.fragment(_exports(), _more()),
                    ),
                    _history(),
                ),
            ),
        ),
        place="imports",
        title=N("Imports and changes"),
        actions=rx.cond(SessionState.may_import, _new()),
    )


def _history() -> rx.Component:
    return rx.cond(
        ImportListState.loaded & (ImportListState.rows.length() == 0),
        rx.cond(
            ImportListState.show == "changes",
            empty(
                "list-checks",
                T("No changes of many yet"),
                T("Tick contacts in their list, or select all of them, and say what is to be done."),
                rx.link(T("All contacts"), href=routes.CONTACTS, underline="none", class_name="button"),
            ),
            empty(
                "file-up",
                T("No imports yet"),
                T("Excel, CSV and other lists are read as they are. Nothing is written before you have seen it."),
                _new(),
            ),
        ),
        rx.fragment(fetch_error(), _table(), _more()),
    )


def _tabs() -> rx.Component:
    return rx.el.nav(
        _tab("", N("All")),
        _tab("imports", N("Imports")),
        _tab("changes", N("Changes")),
        rx.cond(ImportListState.may_export, _tab("exports", N("Exports"))),
        class_name="tabs history-tabs",
        aria_label=t("What is shown"),
    )


def _tab(key: str, label: str) -> rx.Component:
    return rx.link(
        T(label),
        href=routes.IMPORTS + (f"?show={key}" if key else ""),
        underline="none",
        class_name="tab",
        aria_current=rx.cond(ImportListState.show == key, "true", "false"),
    )


def _exports() -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(T("Export"), scope="col"),
                    rx.el.th(T("State"), scope="col"),
                    rx.el.th(T("Contacts"), scope="col", class_name="right"),
                    rx.el.th(T("Fields"), scope="col", class_name="right"),
                    rx.el.th(T("When"), scope="col"),
                )
            ),
            rx.el.tbody(rx.foreach(ImportListState.exports, _export)),
            class_name="table cards",
        ),
        class_name="table-frame",
    )


def _export(line: rx.Var[ExportLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.link(line.kind, href=line.url, underline="none", class_name="name-link"), class_name="card-title"),
        rx.el.td(
            rx.el.span(rx.el.span(class_name="status-dot " + line.dot), line.state, class_name="status"),
            class_name="card-line",
        ),
        rx.el.td(figure(line.rows), class_name="number right"),
        rx.el.td(figure(line.fields), class_name="number right"),
        rx.el.td(rx.el.time(line.when, title=line.exact), class_name="quiet card-line"),
        key=line.id.to(str),
    )


def _new() -> rx.Component:
    return rx.link(
        rx.icon("file-up", size=16),
        T("Import a file"),
        href=routes.NEW_IMPORT,
        underline="none",
        class_name="button primary",
    )


def _table() -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(T("Import"), scope="col"),
                    rx.el.th(T("State"), scope="col"),
                    rx.el.th(T("Rows"), scope="col", class_name="right"),
                    rx.el.th(T("New"), scope="col", class_name="right"),
                    rx.el.th(T("Updated"), scope="col", class_name="right"),
                    rx.el.th(T("Left out"), scope="col", class_name="right"),
                    rx.el.th(T("By"), scope="col"),
                    rx.el.th(T("When"), scope="col"),
                    rx.el.th(rx.el.span(T("Actions"), class_name="visually-hidden"), scope="col"),
                )
            ),
            rx.el.tbody(rx.foreach(ImportListState.rows, _row)),
            class_name="table cards",
        ),
        class_name="table-frame",
    )


def _row(line: rx.Var[ImportLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.link(line.name, href=line.url, underline="none", class_name="name-link"),
            rx.cond(line.kept, rx.el.span(line.kept, class_name="kept-line")),
            class_name="card-title kept-cell",
        ),
        rx.el.td(
            rx.el.span(rx.el.span(class_name="status-dot " + line.dot), line.state, class_name="status"),
            class_name="card-line",
        ),
        rx.el.td(figure(line.rows), class_name="number right"),
        rx.el.td(figure(line.created), class_name="number right"),
        rx.el.td(figure(line.updated), class_name="number right"),
        rx.el.td(figure(line.left), class_name="number right"),
        rx.el.td(rx.cond(line.who, line.who, "–")),
        rx.el.td(rx.el.time(line.when, title=line.exact), class_name="quiet card-line"),
        rx.el.td(
            rx.el.div(
                rx.cond(
                    line.unfinished,
                    rx.link(T("Continue"), href=line.url, underline="none", class_name="button small"),
                ),
                rx.cond(line.readable, _read_again(line)),
                rx.cond(line.fetchable, fetch_again(line.id, line.name, "button plain small")),
                rx.cond(line.undo_url, _undo(line)),
                rx.cond(line.deletable, _delete(line)),
                class_name="row-actions",
            ),
            class_name="card-side",
        ),
        key=line.id.to(str),
    )


def _read_again(line: rx.Var[ImportLine]) -> rx.Component:
    return rx.el.button(
        T("Read again"),
        type="button",
        aria_label=t("Read the file of {name} again", name=line.name),
        class_name="button small",
        on_click=ImportListState.read_again(line.id),
    )


def _undo(line: rx.Var[ImportLine]) -> rx.Component:
    return rx.link(
        rx.icon("undo-2", size=16),
        T("Undo"),
        href=line.undo_url,
        title=t("Undo this import"),
        aria_label=t("Undo the import {name}", name=line.name),
        underline="none",
        class_name="button plain small",
    )


def _delete(line: rx.Var[ImportLine]) -> rx.Component:
    return rx.el.button(
        rx.icon("trash-2", size=16),
        type="button",
        title=t("Remove this unfinished import"),
        aria_label=t("Remove the unfinished import {name}", name=line.name),
        class_name="button plain small",
        on_click=ImportListState.delete(line.id),
    )


def _more() -> rx.Component:
    return rx.cond(
        ImportListState.next_url,
        rx.el.nav(
            rx.link(T("Older ones"), href=ImportListState.next_url, underline="none", class_name="button"),
            class_name="pager",
        ),
    )


PAGE = {"route": routes.IMPORTS, "on_load": [SessionState.load, ImportListState.load, ImportFetchState.load]}
