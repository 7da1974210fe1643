"""A new contact."""

import reflex as rx

from crm_app import routes
from crm_app.components.shell import shell
from crm_app.components.text import N, T
from crm_app.pages.contact_fields import contact_fields
from crm_app.pages.contact_known import probably_known
from crm_app.state.contact_form import ContactFormState
from crm_app.state.session import SessionState


def contact_new() -> rx.Component:
    return shell(
        rx.cond(
            ContactFormState.loaded,
            rx.el.form(
                contact_fields(),
                probably_known(),
                rx.el.div(
                    rx.el.button(T("Save contact"), type="submit", class_name="button primary"),
                    rx.link(T("Cancel"), href=routes.CONTACTS, underline="none", class_name="button"),
                    class_name="form-foot",
                ),
                on_submit=ContactFormState.create,
                key=ContactFormState.key.to(str),
                no_validate=True,
            ),
        ),
        place="contacts",
        title=N("New contact"),
        form=True,
    )


PAGE = {"route": routes.NEW_CONTACT, "on_load": [SessionState.load, ContactFormState.new]}
