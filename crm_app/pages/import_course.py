"""The course that the people of a file are enrolled in: part of the third step of an import."""

from typing import Any

import reflex as rx

from crm_app.components.text import N, T
from crm_app.state.import_columns import ImportColumnsState

_state = ImportColumnsState
_options = ImportColumnsState.course_options


def import_course() -> rx.Component:
    """Nothing where there is no course to choose."""
    return rx.cond(
        (_options.courses.length() > 0) | (_state.course != ""),
        rx.el.section(
            rx.el.h2(T("Into a course")),
            rx.el.p(T("Everybody of the file is enrolled; who is in the course already stays as they are.")),
            rx.el.div(
                _choice(N("Course"), "into-course", _state.course, _state.choose_course, _none(), _options.courses),
                rx.cond(_state.course != "", rx.fragment(_offer(), _status(), _from_on(), _notice())),
                class_name="fields gap",
            ),
            class_name="panel gap",
        ),
    )


def _offer() -> rx.Component:
    return _choice(
        N("Offer, where the row names none"),
        "course-offer",
        _state.offer,
        _state.choose_offer,
        rx.el.option(T("– without an offer –"), value=""),
        _options.offers,
        hint=T("If a column says who has which offer, send it to “Offer of the course” above."),
    )


def _status() -> rx.Component:
    return _choice(
        N("As long as there are places, they are"),
        "course-status",
        _state.member_status,
        _state.choose_member_status,
        rx.fragment(),
        _options.statuses,
    )


def _from_on() -> rx.Component:
    return rx.el.div(
        rx.el.label(T("Access from"), html_for="course-from"),
        rx.el.input(
            id="course-from",
            type="date",
            default_value=_state.access_from,
            on_blur=_state.choose_access_from,
            disabled=~_state.changeable,
            class_name="input",
        ),
        rx.el.p(T("Leave it empty for access from now on."), class_name="field-hint"),
        class_name="field",
    )


def _notice() -> rx.Component:
    return rx.fragment(
        _choice(
            N("Tell new members by e-mail"),
            "course-notice",
            _state.notice,
            _state.choose_notice,
            rx.el.option(T("– no, nothing is sent –"), value=""),
            _options.templates,
            hint=T("Service templates with words are listed here. Who is put on the waiting list is not told."),
        ),
        rx.cond(
            _state.notice != "",
            _choice(
                N("Language of the e-mail"),
                "course-language",
                _state.notice_language,
                _state.choose_notice_language,
                rx.el.option(T("each contact’s own"), value=""),
                _options.languages,
            ),
        ),
    )


def _none() -> rx.Component:
    return rx.el.option(T("– none: contacts only –"), value="")


def _choice(
    label: str,
    id: str,
    value: rx.Var,
    choose: Any,
    first: rx.Component,
    choices: rx.Var,
    hint: rx.Component | None = None,
) -> rx.Component:
    return rx.el.div(
        rx.el.label(T(label), html_for=id),
        rx.el.select(
            first,
            rx.foreach(choices, lambda choice: rx.el.option(choice.label, value=choice.value)),
            id=id,
            value=value,
            on_change=choose,
            disabled=~_state.changeable,
            class_name="input",
        ),
        rx.el.p(hint, class_name="field-hint") if hint is not None else rx.fragment(),
        class_name="field",
    )
