"""Rows of the preview that probably are stored contacts: which one it is, or a new one, by one click each."""

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.text import T, t, tn
from crm_app.state.import_check import ImportCheckState
from crm_app.state.import_check_view import ANOTHER, RowLine
from crm_app.state.import_known_view import KnownLine


def probably_known(row: rx.Var[RowLine]) -> rx.Component:
    return rx.el.div(
        rx.foreach(row.known, lambda known: _one(row, known)),
        rx.cond(
            ImportCheckState.editable,
            rx.el.button(
                T("Create anyway"),
                type="button",
                class_name="button small plain",
                aria_label=t("Row {row}: create anyway", row=row.row),
                on_click=ImportCheckState.resolve(row.row, ANOTHER),
            ),
        ),
        class_name="known",
    )


def decided(row: rx.Var[RowLine]) -> rx.Component:
    """Somebody said who a row is; that can be taken back."""
    return rx.el.button(
        rx.icon("rotate-ccw", size=14),
        rx.cond(row.chosen == ANOTHER, T("Chosen: a new contact"), t("Chosen: #{number}", number=row.chosen)),
        type="button",
        class_name="button small plain who",
        title=t("Decide again"),
        aria_label=t("Decide again about row {row}", row=row.row),
        on_click=ImportCheckState.resolve(row.row, ""),
    )


def too_many() -> rx.Component:
    return rx.cond(
        ImportCheckState.not_compared > 0,
        notice(
            tn(
                "{n} new row was too many to be compared with all contacts. Look for duplicates after the import.",
                "{n} new rows were too many to be compared with all contacts. Look for duplicates after the import.",
                ImportCheckState.not_compared,
            )
        ),
    )


def _one(row: rx.Var[RowLine], known: rx.Var[KnownLine]) -> rx.Component:
    return rx.el.div(
        rx.el.a(known.name, href=known.url, target="_blank", rel="noopener", class_name="link"),
        rx.el.p(known.why, class_name="row-reason", title=known.why),
        rx.cond(
            ImportCheckState.editable,
            rx.el.button(
                T("Update this contact instead"),
                type="button",
                class_name="button small",
                aria_label=t("Row {row}: update {contact} instead", row=row.row, contact=known.name),
                on_click=ImportCheckState.resolve(row.row, known.number),
            ),
        ),
        key=known.number,
    )
