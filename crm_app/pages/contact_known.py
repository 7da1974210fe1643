"""Above the foot of a form: contacts that are probably the one in it."""

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.text import T
from crm_app.state.contact_form import ContactFormState
from crm_app.state.contact_known import Known


def probably_known() -> rx.Component:
    return rx.cond(
        ContactFormState.known.length() > 0,
        rx.el.div(
            notice(
                rx.fragment(
                    rx.el.p(rx.el.b(T("Probably stored already:"))),
                    rx.el.ul(rx.foreach(ContactFormState.known, _known)),
                    rx.el.p(T("If it is another person, just save.")),
                ),
                "warn",
            ),
            class_name="form-known",
        ),
    )


def _known(known: rx.Var[Known]) -> rx.Component:
    return rx.el.li(
        rx.el.a(known.name, href=known.url, target="_blank", rel="noopener", class_name="link"),
        " ",
        rx.el.span(known.why, class_name="quiet"),
        key=known.url,
    )
