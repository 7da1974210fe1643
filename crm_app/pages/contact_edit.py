"""Changing a contact."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.shell import shell
from crm_app.components.text import N, T
from crm_app.pages.contact_fields import contact_fields
from crm_app.pages.contact_known import probably_known
from crm_app.state.contact_form import ContactFormState
from crm_app.state.session import SessionState


def contact_edit() -> rx.Component:
    return shell(
        rx.cond(
            ContactFormState.loaded,
            rx.cond(ContactFormState.missing, _missing(), _form()),
        ),
        place="contacts",
        title=N("Change contact"),
        form=True,
    )


def _form() -> rx.Component:
    return rx.el.form(
        contact_fields(),
        probably_known(),
        rx.el.div(
            rx.el.button(T("Save changes"), type="submit", class_name="button primary"),
            rx.link(
                T("Cancel"),
                href=routes.CONTACTS + "/" + ContactFormState.number,
                underline="none",
                class_name="button",
            ),
            class_name="form-foot",
        ),
        on_submit=ContactFormState.change,
        key=ContactFormState.key.to(str),
        no_validate=True,
    )


def _missing() -> rx.Component:
    return empty(
        "user-x",
        T("No such contact"),
        T("It may have been removed, or you may not see it."),
        rx.link(T("All contacts"), href=routes.CONTACTS, underline="none", class_name="button"),
    )


PAGE = {"route": routes.EDIT_CONTACT, "on_load": [SessionState.load, ContactFormState.edit]}
