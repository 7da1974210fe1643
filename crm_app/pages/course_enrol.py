"""Somebody is enrolled in a course: found as one types, with an offer and a first day."""

from types import SimpleNamespace

import reflex as rx

from crm_app.components.enrolment_fields import enrolment_fields
from crm_app.components.form_sheet import form_sheet
from crm_app.components.planned_fields import contact
from crm_app.components.text import T
from crm_app.state.course_enrol import CourseEnrolState

_state = CourseEnrolState


def enrol_sheet() -> rx.Component:
    error = _state.errors["contact"].to(str)
    found = SimpleNamespace(
        contact=_state.contact,
        contact_name=_state.contact_name,
        hits=_state.hits,
        find=_state.find,
        choose=_state.choose,
        error=error,
        error_field=rx.cond(error, "contact", ""),
    )
    return form_sheet(
        _state,
        _state.is_open,
        T("Enrol someone"),
        "enrol-open",
        _state.save,
        [rx.el.button(T("Enrol"), type="submit", class_name="button primary")],
        contact(found),
        enrolment_fields(_state),
    )
