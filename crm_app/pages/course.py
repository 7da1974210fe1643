"""One course: who takes part, what it costs, what it is."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.enrolment import enrolment_forms
from crm_app.components.form_guard import form_guard
from crm_app.components.here import here
from crm_app.components.message import UndoListener
from crm_app.components.notice import notice
from crm_app.components.shell import shell
from crm_app.components.text import N, T, figure, t, tn
from crm_app.pages.course_enrol import enrol_sheet
from crm_app.pages.course_form import Begun, course_fields
from crm_app.pages.course_members import course_members, member_actions
from crm_app.pages.course_offers import course_offers, new_offer
from crm_app.state.bulk import BulkState
from crm_app.state.contact_columns import ContactColumnsState
from crm_app.state.contact_filter import ContactFilterState
from crm_app.state.course import CourseState
from crm_app.state.course_enrol import CourseEnrolState
from crm_app.state.course_members import CourseMembersState
from crm_app.state.course_offers import CourseOffersState
from crm_app.state.enrolment import EnrolmentState
from crm_app.state.session import SessionState

_state = CourseState
_course = CourseState.course
_is_here = CourseState.shown == here()


def course() -> rx.Component:
    return shell(
        rx.cond(
            ~_is_here,
            rx.el.div(rx.el.span(class_name="skeleton"), class_name="card-head"),
            rx.cond(
                _state.missing,
                _missing(),
                rx.fragment(
                    _standing(),
                    _tabs(),
                    rx.match(
                        _state.tab,
                        ("offers", course_offers()),
                        ("details", _details()),
                        course_members(),
                    ),
                    enrol_sheet(),
                    enrolment_forms(EnrolmentState),
                ),
            ),
        ),
        *[UndoListener.create(on_undo=state.take_back) for state in (CourseState, CourseOffersState)],
        place="courses",
        title=rx.el.h1(
            rx.link(T("Courses"), href=routes.COURSES, underline="none", class_name="quiet"),
            rx.cond(_is_here & ~_state.missing, rx.fragment(rx.el.span(" / ", class_name="quiet"), _course.name)),
        ),
        actions=rx.cond(
            _is_here & ~_state.missing,
            rx.match(
                _state.tab,
                ("offers", rx.cond(_state.may_change, new_offer())),
                ("members", member_actions()),
                rx.fragment(),
            ),
        ),
    )


def _standing() -> rx.Component:
    """What one wants to know first."""
    return rx.el.div(
        rx.el.span(rx.el.span(class_name="status-dot " + _course.dot), _course.status, class_name="status"),
        rx.cond(_course.days, rx.el.span(_course.days, class_name="number")),
        rx.cond(
            _course.places > 0,
            rx.el.span(
                t("{taken} of {places} places taken", taken=figure(_course.taken), places=figure(_course.places)),
                class_name="number",
            ),
            rx.el.span(tn("{n} takes part", "{n} take part", _course.taken), class_name="number"),
        ),
        rx.cond(_course.waiting > 0, rx.el.span(tn("{n} waits", "{n} wait", _course.waiting), class_name="number")),
        class_name="course-standing",
    )


def _tabs() -> rx.Component:
    return rx.el.nav(
        _tab("members", N("Members")),
        _tab("offers", N("Offers")),
        _tab("details", N("Details")),
        class_name="tabs settings-sections",
        aria_label=t("Parts of the course"),
    )


def _tab(key: str, label: str) -> rx.Component:
    return rx.link(
        T(label),
        href=_state.tab_urls[key],
        underline="none",
        class_name="tab",
        aria_current=rx.cond(_state.tab == key, "true", "false"),
    )


def _details() -> rx.Component:
    return rx.cond(_state.may_change, _form(), _read())


def _form() -> rx.Component:
    begun = Begun(
        _course.name,
        _course.description,
        _course.starts_on,
        _course.ends_on,
        _course.capacity,
        _course.status_raw,
    )
    return rx.el.form(
        form_guard(_state.errors),
        rx.el.section(
            rx.cond(_state.errors[""].to(str), notice(_state.errors[""].to(str), "danger")),
            course_fields(_state, begun),
            class_name="panel course-form",
        ),
        rx.el.div(
            rx.el.button(T("Save"), type="submit", id="save-course", class_name="button primary"),
            rx.el.button(
                rx.icon("trash-2", size=16),
                T("Remove the course"),
                type="button",
                class_name="button plain",
                on_click=_state.remove,
            ),
            class_name="form-foot",
        ),
        on_submit=_state.save,
        key=_state.turn.to(str),
        no_validate=True,
        class_name="course-details",
    )


def _read() -> rx.Component:
    return rx.el.section(
        rx.cond(
            _course.description,
            rx.el.p(_course.description, class_name="comment-text"),
            rx.el.p(T("Nothing is written about this course."), class_name="quiet"),
        ),
        class_name="panel",
    )


def _missing() -> rx.Component:
    return empty(
        "search-x",
        T("No such course"),
        T("It may have been removed, or it belongs to another branch."),
        rx.link(T("All courses"), href=routes.COURSES, underline="none", class_name="button"),
    )


PAGE = {
    "route": routes.COURSE,
    "on_load": [
        SessionState.load,
        CourseMembersState.load,
        ContactFilterState.load,
        ContactColumnsState.load,
        BulkState.load,
        CourseOffersState.load,
        CourseEnrolState.load,
        EnrolmentState.load,
        CourseState.load,  # last: it opens the page when everything is there
    ],
}
