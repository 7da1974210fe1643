"""The rows of an undo: which contact, what happens to it, and its values before the import, from it, and now."""

import reflex as rx

from crm_app.components.text import N, T, t
from crm_app.state.import_undo import ImportUndoState
from crm_app.state.import_undo_view import UndoLine, UndoValue

OUTCOMES = (
    ("reversed", N("Will be taken back"), "undo-2"),
    ("kept", N("Stay, because somebody changed them since"), "user-check"),
    ("impossible", N("Cannot be taken back"), "circle-slash"),
)
_SHORT = {"reversed": N("To be taken back"), "kept": N("Stays"), "impossible": N("No way back")}


def rows() -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(T("Row"), scope="col", class_name="right"),
                    rx.el.th(T("Contact"), scope="col"),
                    rx.el.th(T("What happens"), scope="col"),
                    rx.el.th(
                        rx.el.div(
                            rx.el.span(T("Value")),
                            rx.el.span(T("Before the import")),
                            rx.el.span(T("From the import")),
                            rx.el.span(T("Now")),
                            class_name="undo-value",
                        ),
                        scope="col",
                    ),
                )
            ),
            rx.el.tbody(rx.foreach(ImportUndoState.rows, _row)),
            class_name="table undo",
        ),
        rx.cond(
            ImportUndoState.rows.length() == 0,
            rx.el.p(T("No row matches this filter."), class_name="empty"),
        ),
        class_name="table-frame",
        tab_index=0,
        role="region",
        aria_label=t("Rows of the import with what the undo makes of them"),
        aria_busy=rx.cond(ImportUndoState.waiting, "true", "false"),
    )


def _row(line: rx.Var[UndoLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.span(T("Row"), " ", class_name="undo-label"), line.row.to(str), class_name="number right quiet"),
        rx.el.td(
            rx.cond(
                line.url,
                rx.fragment(
                    rx.link(line.name, href=line.url, underline="none", class_name="link"),
                    rx.el.span(" #", line.number.to(str), class_name="number quiet"),
                ),
                rx.cond(line.name, rx.el.span(line.name, class_name="quiet"), rx.el.span("–", class_name="dash")),
            ),
            class_name="undo-contact",
        ),
        rx.el.td(
            rx.match(
                line.outcome,
                *[
                    (key, rx.el.span(rx.icon(icon, size=14), T(_SHORT[key]), class_name="outcome"))
                    for key, _label, icon in OUTCOMES
                ],
                rx.fragment(),
            ),
            rx.el.p(line.reason, class_name="row-reason"),
            class_name="undo-what",
        ),
        rx.el.td(
            rx.cond(line.wrote.length() > 0, rx.el.ul(rx.foreach(line.wrote, _value))),
            rx.cond(line.edits.length() > 0, rx.el.ul(rx.foreach(line.edits, _edit))),
            class_name="undo-values",
        ),
        class_name="plan-row " + line.outcome,
        key=line.row.to(str),
    )


def _value(value: rx.Var[UndoValue]) -> rx.Component:
    return rx.el.li(
        rx.el.span(value.label, class_name="quiet"),
        _cell(N("Before the import"), value.before, "before"),
        _cell(N("From the import"), value.written, "written"),
        _cell(N("Now"), value.now, "now"),
        rx.cond(value.note, rx.el.p(value.note, title=value.exact, class_name="undo-note")),
        class_name="undo-value " + value.outcome,
    )


def _cell(label: str, words: rx.Var[str], name: str) -> rx.Component:
    return rx.el.span(
        rx.el.span(T(label), ": ", class_name="undo-label"),
        rx.cond(words, words, rx.el.span("–", class_name="dash")),
        class_name=name,
    )


def _edit(value: rx.Var[UndoValue]) -> rx.Component:
    return rx.el.li(
        rx.el.span(value.label, class_name="quiet"),
        rx.el.span(value.note, title=value.exact, class_name="undo-edit"),
        class_name="undo-value",
    )
