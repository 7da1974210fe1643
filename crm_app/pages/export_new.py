"""A new export: fields ticked and put in order, the format, and how many contacts it is."""

import reflex as rx

from crm_app import routes
from crm_app.components.notice import notice
from crm_app.components.shell import shell
from crm_app.components.text import N, T, figure, t, tn
from crm_app.state.export_new import ExportField, NewExportState
from crm_app.state.session import SessionState


def export_new() -> rx.Component:
    return shell(
        rx.cond(NewExportState.error, notice(NewExportState.error, "danger")),
        _whom(),
        _fields(),
        _foot(),
        place="contacts",
        title=rx.el.h1(
            rx.link(T("Contacts"), href=NewExportState.back_url, underline="none", class_name="quiet"),
            rx.el.span(" / ", class_name="quiet"),
            T("Export"),
        ),
        form=True,
    )


def _whom() -> rx.Component:
    return rx.el.section(
        rx.el.p(
            rx.cond(
                NewExportState.loaded,
                tn("{n} contact goes into the file.", "{n} contacts go into the file.", NewExportState.total),
                rx.el.span(class_name="skeleton"),
            ),
            aria_live="polite",
        ),
        rx.el.label(
            rx.el.input(type="checkbox", checked=NewExportState.inactive, on_change=NewExportState.toggle_inactive),
            T("Inactive contacts too"),
            class_name="tick",
        ),
        rx.el.fieldset(
            rx.el.legend(T("Format")),
            _format("xlsx", N("Excel workbook (.xlsx)")),
            _format("csv", N("Text file (.csv)")),
            class_name="export-formats",
        ),
        class_name="panel",
    )


def _format(kind: str, label: str) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="kind",
            checked=NewExportState.kind == kind,
            on_change=NewExportState.choose_kind(kind),
        ),
        T(label),
        class_name="tick",
    )


def _fields() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Fields, in the order of the file")),
        rx.el.p(T("The choice is remembered for your next export."), class_name="quiet"),
        rx.el.div(
            rx.el.button(T("All fields"), type="button", class_name="button small", on_click=NewExportState.take_all),
            rx.el.button(T("None"), type="button", class_name="button small", on_click=NewExportState.leave_all),
            class_name="card-actions gap",
        ),
        rx.el.ol(rx.foreach(NewExportState.chosen, _chosen), class_name="export-fields"),
        rx.el.div(rx.foreach(NewExportState.others, _other), class_name="ticks gap"),
        class_name="panel",
    )


def _chosen(field: rx.Var[ExportField]) -> rx.Component:
    return rx.el.li(
        rx.el.label(
            rx.el.input(type="checkbox", checked=True, on_change=NewExportState.leave(field.name)),
            field.label,
            class_name="tick",
        ),
        _mover("arrow-up", t("Move {field} up", field=field.label), field.name, -1),
        _mover("arrow-down", t("Move {field} down", field=field.label), field.name, 1),
        key=field.name,
    )


def _mover(icon: str, label: rx.Var, name: rx.Var, by: int) -> rx.Component:
    return rx.el.button(
        rx.icon(icon, size=16),
        type="button",
        aria_label=label,
        class_name="button plain icon",
        on_click=NewExportState.move(name, by),
    )


def _other(field: rx.Var[ExportField]) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", checked=False, on_change=NewExportState.take(field.name)),
        field.label,
        class_name="tick",
        key=field.name,
    )


def _foot() -> rx.Component:
    nobody = (NewExportState.total == 0) | (NewExportState.chosen.length() == 0)
    return rx.el.div(
        rx.el.button(
            rx.icon("download", size=16),
            t("Export {n} contacts", n=figure(NewExportState.total)),
            type="button",
            disabled=nobody,
            class_name="button primary",
            on_click=NewExportState.start,
        ),
        rx.link(T("Cancel"), href=NewExportState.back_url, underline="none", class_name="button plain"),
        class_name="form-foot",
    )


PAGE = {"route": routes.NEW_EXPORT, "on_load": [SessionState.load, NewExportState.load]}
