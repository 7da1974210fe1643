"""The contact is enrolled in a course."""

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.enrolment_fields import enrolment_fields
from crm_app.components.form_sheet import form_sheet, sheet_field
from crm_app.components.text import N, T, t
from crm_app.state.contact_enrol import ContactEnrolState

OPENER = "enrol-open"
_state = ContactEnrolState


def enrol_button() -> rx.Component:
    return rx.el.button(
        rx.icon("plus", size=14),
        T("Enrol"),
        id=OPENER,
        type="button",
        class_name="button small plain",
        aria_label=t("Enrol in a course"),
        on_click=_state.open_form,
    )


def enrol_sheet() -> rx.Component:
    return form_sheet(
        _state,
        _state.is_open,
        T("Enrol in a course"),
        OPENER,
        _state.save,
        [
            rx.cond(
                _state.courses.length() > 0,
                rx.el.button(T("Enrol"), type="submit", class_name="button primary"),
            )
        ],
        rx.cond(
            _state.courses.length() > 0,
            rx.fragment(
                sheet_field(
                    _state,
                    "enrol",
                    "course",
                    N("Course"),
                    rx.el.select,
                    choice_options(_state.courses),
                    value=_state.chosen,
                    on_change=_state.choose,
                    custom_attrs={"data-first": ""},
                ),
                rx.el.div(enrolment_fields(_state), key=_state.chosen, class_name="plan-sheet-more"),
            ),
            rx.el.p(T("There is no course that people can be enrolled in."), class_name="quiet"),
        ),
    )
