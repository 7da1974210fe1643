"""How somebody is enrolled: with what offer, from when, and whether they are only invited yet."""

from typing import Any

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.form_sheet import sheet_field
from crm_app.components.text import N, T


def enrolment_fields(state: Any) -> rx.Component:
    """`state` has `offers`, `notices`, `today` and what a form's sheet takes."""
    return rx.fragment(
        sheet_field(
            state,
            "enrol",
            "offer",
            N("Offer"),
            rx.el.select,
            choice_options(state.offers),
            rx.el.option(T("none: nothing is owed"), value=""),
            value=state.offers[0].value,
        ),
        sheet_field(
            state,
            "enrol",
            "from_on",
            N("Access from"),
            rx.el.input,
            value=state.today,
            type="date",
            hint=N("What is owed is due from this day on."),
        ),
        sheet_field(
            state,
            "enrol",
            "status",
            N("Status"),
            rx.el.select,
            rx.el.option(T("Has access"), value="active"),
            rx.el.option(T("Invited"), value="invited"),
            value="active",
        ),
        rx.cond(
            state.notices.length() > 0,
            sheet_field(
                state,
                "enrol",
                "notice",
                N("Notice by e-mail"),
                rx.el.select,
                rx.el.option(T("No notice"), value=""),
                choice_options(state.notices),
                value="",
            ),
        ),
    )
