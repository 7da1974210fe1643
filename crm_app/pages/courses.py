"""The courses."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.message import UndoListener
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.shell import shell
from crm_app.components.text import N, T, figure, t, tn
from crm_app.pages.course_form import course_fields
from crm_app.state.courses import CourseLine, CourseListState
from crm_app.state.session import SessionState

_state = CourseListState


def courses() -> rx.Component:
    return shell(
        _tabs(),
        rx.cond(_state.asking, _form()),
        rx.cond(
            _state.loaded & (_state.lines.length() == 0),
            rx.cond(_state.over, _none_over(), rx.cond(_state.asking, rx.fragment(), _none())),
            rx.cond(_state.loaded, _table(), _skeleton()),
        ),
        UndoListener.create(on_undo=_state.take_back),
        place="courses",
        title=N("Courses"),
        actions=rx.cond(_state.may_change, _new()),
    )


def _tabs() -> rx.Component:
    return rx.el.nav(
        _tab(routes.COURSES, N("Running and planned"), ~_state.over),
        _tab(routes.COURSES + "?show=over", N("Finished"), _state.over),
        class_name="tabs settings-sections",
        aria_label=t("What is shown"),
    )


def _tab(path: str, label: str, is_current: rx.Var[bool]) -> rx.Component:
    return rx.link(
        T(label), href=path, underline="none", class_name="tab", aria_current=rx.cond(is_current, "true", "false")
    )


def _new(id_: str = "new-course") -> rx.Component:
    return rx.el.button(
        rx.icon("plus", size=16),
        T("New course"),
        type="button",
        id=id_,
        class_name="button primary",
        on_click=_state.ask,
    )


def _form() -> rx.Component:
    return Panel.create(
        rx.el.form(
            rx.el.h2(T("New course")),
            rx.cond(_state.errors[""].to(str), notice(_state.errors[""].to(str), "danger")),
            course_fields(_state),
            rx.el.div(
                rx.el.button(T("Go on"), type="submit", class_name="button primary"),
                rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=_state.ask),
                rx.el.span(T("What it costs comes next."), class_name="quiet"),
                class_name="filter-foot",
            ),
            on_submit=_state.make,
            key=_state.turn.to(str),
            no_validate=True,
            class_name="course-form",
        ),
        opener="new-course",
        label=t("New course"),
        kind="group",
        class_name="entry-panel",
        on_close=_state.ask,
    )


def _none() -> rx.Component:
    return empty(
        "graduation-cap",
        T("No courses yet"),
        T(
            "A course is whatever people take part in: a class, a workshop, a membership. It has places and prices; "
            "whoever is enrolled owes what the price says, and you see who has paid."
        ),
        rx.cond(_state.may_change, _new("first-course")),
    )


def _none_over() -> rx.Component:
    return empty("graduation-cap", T("None is over"), T("Courses that are finished or cancelled are kept here."))


def _table() -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(T("Course"), scope="col"),
                    rx.el.th(T("Status"), scope="col"),
                    rx.el.th(T("Days"), scope="col"),
                    rx.el.th(T("Places taken"), scope="col", class_name="right"),
                    rx.el.th(T("Waiting"), scope="col", class_name="right"),
                    rx.el.th(rx.el.span(T("Actions"), class_name="visually-hidden"), scope="col"),
                )
            ),
            rx.el.tbody(rx.foreach(_state.lines, _row)),
            class_name="table cards course-table",
        ),
        class_name="table-frame",
    )


def _row(line: rx.Var[CourseLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.link(line.name, href=line.url, underline="none", class_name="name-link"), class_name="card-title"),
        rx.el.td(
            rx.el.span(rx.el.span(class_name="status-dot " + line.dot), line.status, class_name="status"),
            class_name="card-line",
        ),
        rx.el.td(
            rx.cond(line.days, line.days, rx.el.span("–", class_name="dash not-on-phones")),
            class_name="card-line number",
        ),
        rx.el.td(_places(line), class_name="card-line number right"),
        rx.el.td(
            rx.cond(
                line.waiting > 0,
                rx.el.span(
                    rx.el.span(figure(line.waiting), class_name="not-on-phones"),
                    rx.el.span(tn("{n} waits", "{n} wait", line.waiting), class_name="only-on-phones"),
                ),
                rx.el.span("–", class_name="dash not-on-phones"),
            ),
            class_name="card-line number right",
        ),
        rx.el.td(
            rx.cond(
                _state.may_change,
                rx.el.div(
                    rx.el.button(
                        rx.icon("trash-2", size=16),
                        type="button",
                        class_name="button plain icon",
                        aria_label=t("Remove “{name}”", name=line.name),
                        title=t("Remove “{name}”", name=line.name),
                        on_click=_state.remove(line.id),
                    ),
                    class_name="row-actions",
                ),
            ),
            class_name="card-side",
        ),
        key=line.id.to(str),
    )


def _places(line: rx.Var[CourseLine]) -> rx.Component:
    taken = figure(line.taken)
    return rx.cond(
        line.places > 0,
        rx.el.span(
            t("{taken} of {places}", taken=taken, places=figure(line.places)),
            rx.cond(line.is_full, rx.el.span(T("full"), class_name="consent-state warn course-full")),
        ),
        rx.el.span(
            rx.el.span(taken, class_name="not-on-phones"),
            rx.el.span(tn("{n} takes part", "{n} take part", line.taken), class_name="only-on-phones"),
        ),
    )


def _skeleton() -> rx.Component:
    return rx.el.ul(*[rx.el.li(class_name="entry skeleton") for _ in range(5)], class_name="entries panel")


PAGE = {"route": routes.COURSES, "on_load": [SessionState.load, CourseListState.load]}
