"""How long the file of an import and its undo are kept: part of the last step."""

import reflex as rx

from crm_app.components.text import T
from crm_app.state.import_done import ImportDoneState

_view = ImportDoneState.view


def import_kept() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("What is kept")),
        rx.el.p(_view.kept),
        rx.cond(_view.undo_kept, rx.el.p(_view.undo_kept)),
        rx.cond(_view.file_deletable, rx.cond(ImportDoneState.asking, _question(), _ask())),
        class_name="panel kept",
    )


def _ask() -> rx.Component:
    return rx.el.button(
        rx.icon("trash-2", size=16),
        T("Delete the file now"),
        type="button",
        class_name="button gap",
        on_click=ImportDoneState.ask(True),
    )


def _question() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            T(
                "Delete the file with its rows? Contacts, counts and the undo stay as they are. The rows can no longer "
                "be looked at or downloaded."
            ),
            rx.cond(
                _view.state == "cancelled",
                rx.fragment(" ", T("The import was stopped; without its file it cannot go on.")),
            ),
            id="delete-file",
        ),
        rx.el.div(
            rx.el.button(
                T("Delete the file"),
                type="button",
                class_name="button danger",
                auto_focus=True,
                on_click=ImportDoneState.delete_file,
            ),
            rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=ImportDoneState.ask(False)),
            class_name="card-actions gap",
        ),
        role="alertdialog",
        aria_labelledby="delete-file",
        class_name="gap",
    )
