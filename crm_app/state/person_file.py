"""The address of everything held of a person, good for five minutes in this session."""

import reflex as rx

from crm_app import cookies, routes
from crm_app.services import tickets
from crm_app.services.privacy import exporting


def person_file(state: rx.State, number: int) -> str:
    token = cookies.session_token(state.router.headers.cookie)
    return f"{routes.person_export(number)}?ticket={tickets.make(token, exporting.ticket_of(number))}"
