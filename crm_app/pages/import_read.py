"""The second step of an import: the file as the machine sees it."""

import reflex as rx

from crm_app import routes
from crm_app.components.notice import notice
from crm_app.components.text import N, T, t, tn
from crm_app.pages.import_frame import foot, frame
from crm_app.pages.import_return import import_return, return_foot
from crm_app.state.import_entering import ENTER
from crm_app.state.import_read import FirstRow, ImportReadState
from crm_app.state.import_return import ImportReturnState
from crm_app.state.import_wizard import ImportWizardState

_view = ImportReadState.view


def import_read() -> rx.Component:
    return frame(
        rx.cond(
            ImportReadState.ready,
            rx.fragment(
                import_return(),
                _settings(),
                rx.foreach(_view.problems, lambda problem: notice(problem, "warn")),
                _first_rows(),
            ),
        ),
        step="read",
        foot=rx.cond(
            ImportReadState.ready & (ImportWizardState.error == ""),
            rx.cond(ImportReturnState.rows > 0, return_foot(), _foot()),
        ),
    )


def _foot() -> rx.Component:
    return foot(
        rx.el.span(
            tn("{n} row", "{n} rows", _view.rows),
            " · ",
            tn("{n} column", "{n} columns", _view.columns),
            class_name="number",
        ),
        rx.cond(
            ImportWizardState.belongs,
            rx.link(
                T("Continue: check"),
                rx.icon("arrow-right", size=16),
                href=ImportWizardState.step_urls["check"].to(str),
                underline="none",
                class_name="button primary",
            ),
            rx.link(
                T("Continue: columns"),
                rx.icon("arrow-right", size=16),
                href=ImportWizardState.step_urls["columns"].to(str),
                underline="none",
                class_name="button primary",
            ),
        ),
    )


def _settings() -> rx.Component:
    return rx.el.section(
        rx.cond(_view.has_choices, _choices()),
        rx.el.p(
            rx.el.span(_view.format, class_name="chip"),
            " ",
            _view.sure,
            " ",
            rx.cond(
                _view.has_choices,
                rx.el.button(
                    T("Recognise again"), type="button", class_name="link-button", on_click=ImportReadState.detect_again
                ),
            ),
            class_name="field-hint",
        ),
        rx.cond(ImportReadState.link, _link()),
        class_name="panel",
    )


def _choices() -> rx.Component:
    """What may be read otherwise: of vCards at most the encoding, because their columns are named by us."""
    return rx.el.div(
        rx.cond(_view.asks_encoding, _select("encoding", N("Encoding"), _view.encoding, _plain(_view.encodings))),
        rx.cond(
            _view.is_text,
            rx.fragment(
                _select("delimiter", N("Columns are separated by"), _view.delimiter, _pairs(_view.delimiters)),
                _select("quotechar", N("Quotes"), _view.quotechar, _pairs(_view.quotes)),
            ),
        ),
        rx.cond(_view.is_workbook, _select("sheet", N("Sheet"), _view.sheet, _plain(_view.sheets))),
        rx.cond(
            ~_view.is_cards,
            _select(
                "header_row",
                N("Headings stand in row"),
                _view.header_row.to(str),
                rx.fragment(
                    rx.el.option(T("none"), value="0"),
                    rx.foreach(_view.header_rows, lambda row: rx.el.option(row.to(str), value=row.to(str))),
                ),
            ),
        ),
        class_name="fields narrow",
    )


def _link() -> rx.Component:
    """Where the file was fetched."""
    link = ImportReadState.link
    return rx.el.p(
        T("Fetched from"),
        " ",
        rx.el.a(link, href=link, target="_blank", rel="noreferrer", class_name="link"),
        class_name="field-hint sheet-link",
    )


def _select(key: str, label: str, value: rx.Var, options: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.label(T(label), html_for=f"read-{key}"),
        rx.el.select(
            options,
            id=f"read-{key}",
            value=value,
            on_change=lambda chosen: ImportReadState.choose(key, chosen),
            disabled=~ImportReadState.changeable,
            class_name="input",
        ),
        class_name="field",
    )


def _plain(values: rx.Var) -> rx.Component:
    return rx.foreach(values, lambda value: rx.el.option(value, value=value))


def _pairs(values: rx.Var) -> rx.Component:
    return rx.foreach(values, lambda pair: rx.el.option(pair[1], value=pair[0]))


def _first_rows() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            rx.cond(
                _view.is_cards,
                T("The first contact cards, each in a row of its own."),
                T("The first rows. Click the row that holds the headings."),
            ),
            class_name="field-hint gap",
        ),
        rx.el.div(
            rx.el.table(
                rx.cond(_view.is_cards, _headings()),
                rx.el.tbody(rx.foreach(_view.first, _row)),
                class_name="table sheet",
            ),
            class_name="table-frame",
            tab_index=0,
            role="region",
            aria_label=t("First rows of the file"),
        ),
        rx.cond(
            _view.hidden_columns > 0,
            rx.el.p(
                tn("{n} more column is not shown here.", "{n} more columns are not shown here.", _view.hidden_columns),
                class_name="field-hint gap",
            ),
        ),
    )


def _headings() -> rx.Component:
    """Names of the columns, where no row of the file holds them."""
    return rx.el.thead(
        rx.el.tr(
            rx.el.td(class_name="row-number"),
            rx.foreach(_view.headings, lambda heading: rx.el.th(heading, scope="col")),
        )
    )


def _row(row: rx.Var[FirstRow]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.cond(
                _view.is_cards,
                rx.el.span(row.number.to(str)),
                rx.el.button(
                    row.number.to(str),
                    type="button",
                    title=t("Row {row} holds the headings", row=row.number),
                    aria_label=t("Row {row} holds the headings", row=row.number),
                    aria_pressed=row.header,
                    disabled=~ImportReadState.changeable,
                    on_click=ImportReadState.choose("header_row", row.number.to(str)),
                ),
            ),
            scope="row",
            class_name="row-number",
        ),
        rx.foreach(row.cells, lambda cell: rx.el.td(cell)),
        class_name=rx.cond(row.header, "header-row", ""),
    )


PAGE = {
    "route": routes.IMPORT_READ,
    "on_load": [*ENTER, ImportReadState.load, ImportReturnState.load],
}
