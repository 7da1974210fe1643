"""Files kept with the contact: the button that brings one, and the one that takes it away."""

import reflex as rx

from crm_app import routes
from crm_app.components.attach_button import AttachButton
from crm_app.components.text import T, t
from crm_app.state.contact import ContactState
from crm_app.state.contact_files import ContactFilesState
from crm_app.state.contact_happenings import Happening


def attach_button() -> rx.Component:
    return AttachButton.create(
        url=routes.CONTACTS + "/" + ContactState.card.number.to_string() + "/files",
        accept=ContactFilesState.accept,
        limit=ContactFilesState.limit,
        words={
            "add": t("Add a file"),
            "hint": t("PDF, pictures, office documents and text, up to {n} MB", n=ContactFilesState.megabytes),
            "lost": t("The file did not arrive. Check the connection and try again."),
            "tooLarge": t("This file is too large: {n} MB are allowed.", n=ContactFilesState.megabytes),
            "oneOnly": t("One file at a time, please."),
            "unknown": t("Files of this kind are not kept here: PDF, pictures, office documents and plain text are."),
        },
        on_done=ContactFilesState.added,
    )


def remove_button(happening: rx.Var[Happening]) -> rx.Component:
    return rx.cond(
        ContactState.may_edit & (happening.file_id > 0),
        rx.fragment(
            " · ",
            rx.el.button(
                T("Remove"),
                type="button",
                class_name="link",
                aria_label=t("Remove {name}", name=happening.what),
                on_click=ContactFilesState.remove(happening.file_id),
            ),
        ),
    )
