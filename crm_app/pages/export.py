"""One export: its progress, then its file."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.notice import notice
from crm_app.components.shell import shell
from crm_app.components.text import T, t
from crm_app.state.export import ExportState
from crm_app.state.session import SessionState

_view = ExportState.view


def export() -> rx.Component:
    return shell(
        rx.cond(
            ExportState.missing,
            empty(
                "file-x",
                T("No such export"),
                T("It may belong to a colleague, or the address is wrong."),
                rx.link(T("All contacts"), href=routes.CONTACTS, underline="none", class_name="button"),
            ),
            rx.cond(ExportState.loaded, rx.cond(_view.working, _progress(), _result())),
        ),
        place="contacts",
        title=rx.el.h1(
            rx.link(T("Contacts"), href=routes.CONTACTS, underline="none", class_name="quiet"),
            rx.el.span(" / ", class_name="quiet"),
            T("Export"),
        ),
        form=True,
    )


def _progress() -> rx.Component:
    return rx.el.section(
        rx.el.h2(_view.sentence),
        rx.el.div(
            rx.el.div(class_name="bar-fill", style={"width": _view.percent.to(str) + "%"}),
            class_name="bar",
            role="progressbar",
            aria_valuemin=0,
            aria_valuemax=100,
            aria_valuenow=_view.percent,
            aria_label=t("Progress"),
        ),
        rx.el.p(t("{done} of {total} rows", done=_view.done, total=_view.total), class_name="number"),
        rx.el.p(T("You can close this page; the work goes on."), class_name="quiet"),
        rx.el.button(T("Stop"), type="button", class_name="button", on_click=ExportState.stop),
        class_name="panel progress",
    )


def _result() -> rx.Component:
    return rx.fragment(
        rx.cond(_view.error, notice(_view.error, "danger")),
        rx.cond(_view.error == "", _said()),
        rx.el.section(
            rx.cond(_view.replaced, rx.el.p(_view.replaced)),
            rx.cond(_view.kept, rx.el.p(_view.kept, class_name="quiet")),
            rx.el.div(
                rx.cond(
                    _view.ready,
                    rx.el.button(
                        rx.icon("download", size=16),
                        t("Download the file (.{kind})", kind=_view.kind),
                        type="button",
                        class_name="button primary",
                        on_click=ExportState.fetch,
                    ),
                ),
                rx.link(T("All contacts"), href=routes.CONTACTS, underline="none", class_name="button"),
                rx.link(
                    T("Earlier exports"), href=routes.IMPORTS + "?show=exports", underline="none", class_name="button"
                ),
                class_name="card-actions gap",
            ),
            class_name="panel",
        ),
    )


def _said() -> rx.Component:
    return rx.cond(_view.ready, notice(_view.sentence, "good"), notice(_view.sentence, "info"))


PAGE = {"route": routes.EXPORT, "on_load": [SessionState.load, ExportState.load]}
