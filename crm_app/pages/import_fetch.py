"""The button that fetches the sheet of an import again, and what is said when that fails."""

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.text import T, t
from crm_app.state.import_fetch import ImportFetchState


def fetch_again(import_id: rx.Var, name: rx.Var | None = None, class_name: str = "button") -> rx.Component:
    """`name` tells screen readers which import of a list it is."""
    is_under_way = ImportFetchState.fetching == import_id
    said = {} if name is None else {"aria_label": t("Fetch the sheet of {name} again", name=name)}
    return rx.el.button(
        rx.icon("refresh-cw", size=16),
        rx.cond(is_under_way, T("Fetching …"), T("Fetch again")),
        type="button",
        title=t("Fetches the linked sheet and checks its rows with the same columns and options"),
        class_name=class_name,
        disabled=ImportFetchState.fetching != 0,
        aria_busy=rx.cond(is_under_way, "true", "false"),
        on_click=ImportFetchState.fetch(import_id),
        **said,
    )


def fetch_error() -> rx.Component:
    return rx.cond(ImportFetchState.error, notice(ImportFetchState.error, "danger"))
