"""Asks before unsaved changes of a form are left; stops a form with half a date."""

import reflex as rx

from crm_app.components.text import t


class FormGuard(rx.Component):
    """Stands inside the form; `refused` are the server's messages by field."""

    library = "$/public/js/formguard.js"
    tag = "FormGuard"
    title: rx.Var[str]
    keep: rx.Var[str]
    leave: rx.Var[str]
    refused: rx.Var[dict]


def form_guard(refused: rx.Var) -> rx.Component:
    return FormGuard.create(
        title=t("Your changes are not saved yet."),
        keep=t("Keep editing"),
        leave=t("Leave without saving"),
        refused=refused,
    )
