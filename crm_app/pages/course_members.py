"""Who takes part in a course: search, status, offer; what each owes and has paid."""

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.empty import empty
from crm_app.components.enrolment import days_button, status_box
from crm_app.components.filter_chip import filter_chip
from crm_app.components.notice import notice
from crm_app.components.pager import pager
from crm_app.components.search_box import search_box
from crm_app.components.text import T, figure, t, tn
from crm_app.pages.contact_list.bulk_panel import bulk_bar, bulk_panel, tick, tick_page
from crm_app.pages.contact_list.cell import cell
from crm_app.pages.contact_list.columns_panel import columns_button, columns_panel
from crm_app.pages.contact_list.filter_panel import filter_button, filter_panel
from crm_app.pages.contact_list.keys import keys
from crm_app.state.bulk import BulkState
from crm_app.state.contacts import Head
from crm_app.state.course import CourseState
from crm_app.state.course_enrol import CourseEnrolState
from crm_app.state.course_members import CourseMembersState, MemberLine, StatusChip
from crm_app.state.enrolment import EnrolmentState

_state = CourseMembersState
_course = CourseState.course


def course_members() -> rx.Component:
    return rx.fragment(
        rx.cond(_course.waiting > 0, _waiting()),
        rx.cond(BulkState.everybody | (BulkState.numbers.length() > 0), bulk_bar(_state), _toolbar()),
        rx.cond(
            _state.conditions.length() > 0,
            rx.el.div(
                rx.foreach(_state.conditions, lambda one: filter_chip(one.words, one.words, one.off_url)),
                class_name="filter-chips",
            ),
        ),
        filter_panel(),
        columns_panel(),
        bulk_panel(),
        keys(CourseState.may_enrol, looks=False),
        rx.cond(
            _state.error,
            notice(_state.error, "danger"),
            rx.cond(
                _state.loaded & (_state.rows.length() == 0),
                rx.cond(_state.narrowed, _no_hits(), _nobody()),
                rx.fragment(_table(), pager(_state.previous_url, _state.next_url)),
            ),
        ),
    )


def member_actions() -> rx.Component:
    """Enrol somebody, or many by a file."""
    can_enrol = CourseState.may_enrol & ~_course.is_over
    return rx.cond(
        can_enrol,
        rx.el.div(
            _enrol("enrol-open"),
            rx.cond(
                CourseState.may_import,
                rx.dropdown_menu.root(
                    rx.dropdown_menu.trigger(
                        rx.el.button(
                            rx.icon("chevron-down", size=16),
                            type="button",
                            aria_label=t("More"),
                            class_name="button primary",
                        )
                    ),
                    rx.dropdown_menu.content(
                        rx.dropdown_menu.item(
                            rx.icon("file-up", size=16),
                            T("Import a file"),
                            on_select=rx.redirect(_course.import_url),
                        ),
                    ),
                ),
            ),
            class_name=rx.cond(CourseState.may_import, "split", ""),
        ),
    )


def _enrol(id_: str) -> rx.Component:
    return rx.el.button(
        rx.icon("user-plus", size=16),
        T("Enrol someone"),
        type="button",
        id=id_,
        class_name="button primary",
        on_click=CourseEnrolState.open_form,
    )


def _waiting() -> rx.Component:
    return notice(
        rx.fragment(
            tn("{n} person waits for a place.", "{n} people wait for a place.", _course.waiting),
            " ",
            rx.cond(
                _course.places > 0,
                rx.cond(
                    _course.free > 0,
                    tn("{n} place is free.", "{n} places are free.", _course.free),
                    T("No place is free."),
                ),
                T("There is a place for each of them."),
            ),
            " ",
            rx.link(T("Show the waiting list"), href=_state.waiting_url, class_name="link"),
        ),
        "info",
    )


def _toolbar() -> rx.Component:
    return rx.el.div(
        search_box(t("Search members"), t("Name, e-mail, phone, number")),
        rx.cond(
            _state.chips.length() > 0,
            rx.el.nav(
                rx.foreach(_state.chips, _chip), class_name="tabs status-chips", aria_label=t("Status of the members")
            ),
        ),
        rx.cond(
            _state.offers.length() > 0,
            rx.el.select(
                rx.el.option(T("Every offer"), value=""),
                choice_options(_state.offers),
                value=_state.offer,
                on_change=_state.narrow,
                aria_label=t("Offer"),
                class_name="input small offer-box",
            ),
        ),
        rx.link(
            rx.cond(_state.overdue, rx.icon("square-check", size=16), rx.icon("square", size=16)),
            T("Overdue"),
            href=_state.overdue_url,
            underline="none",
            class_name="button plain",
            aria_current=rx.cond(_state.overdue, "true", "false"),
        ),
        filter_button(_state.conditions.length() > 0),
        columns_button(),
        rx.link(
            rx.icon("users", size=16),
            T("Open as contact list"),
            href=_state.contacts_url,
            underline="none",
            class_name="button plain",
        ),
        class_name="toolbar",
    )


def _chip(chip: rx.Var[StatusChip]) -> rx.Component:
    return rx.link(
        rx.cond(chip.dot, rx.el.span(class_name="status-dot " + chip.dot)),
        chip.label,
        rx.el.span(figure(chip.count), class_name="number quiet"),
        href=chip.url,
        underline="none",
        class_name="tab",
        aria_current=rx.cond(chip.is_chosen, "true", "false"),
        key=chip.key,
    )


def _no_hits() -> rx.Component:
    return empty(
        "search-x",
        T("Nobody like that takes part"),
        T("Change the search, or show everybody."),
        rx.link(T("Show everybody"), href=_state.plain_url, underline="none", class_name="button"),
    )


def _nobody() -> rx.Component:
    return empty(
        "users",
        T("Nobody takes part yet"),
        T("Enrol somebody, or bring in a whole list by a file."),
        rx.cond(CourseState.may_enrol & ~_course.is_over, _enrol("enrol-first")),
    )


def _table() -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.cond(_state.may_bulk, tick_page(_state)),
                    rx.el.th(T("Name"), scope="col"),
                    rx.el.th(T("Status"), scope="col"),
                    rx.el.th(T("Offer"), scope="col"),
                    rx.el.th(T("Days of access"), scope="col"),
                    rx.el.th(T("Price"), scope="col", class_name="right"),
                    rx.el.th(T("Paid"), scope="col", class_name="right"),
                    rx.el.th(T("Open"), scope="col", class_name="right"),
                    rx.foreach(_state.heads, _head),
                )
            ),
            rx.el.tbody(rx.foreach(_state.rows, _row)),
            class_name=rx.cond(_state.dense, "table cards member-table dense", "table cards member-table"),
        ),
        class_name="table-frame",
    )


def _head(head: rx.Var[Head]) -> rx.Component:
    return rx.el.th(
        head.label,
        scope="col",
        class_name=rx.cond(head.look == "number", "right", ""),
        style={"min_width": head.width.to_string() + "px"},
        key=head.name,
    )


def _row(line: rx.Var[MemberLine]) -> rx.Component:
    dash = rx.el.span("–", class_name="dash not-on-phones")
    return rx.el.tr(
        rx.cond(_state.may_bulk, tick(line)),
        rx.el.td(
            rx.link(line.name, href=line.url, underline="none", class_name="name-link"),
            rx.cond(line.more, rx.el.span(line.more, class_name="quiet member-more")),
            class_name="card-title",
        ),
        rx.el.td(
            rx.el.div(
                status_box(EnrolmentState, line, _state.statuses, CourseState.may_enrol, line.name),
                rx.cond(line.is_waiting & CourseState.may_enrol, _give_place(line)),
                class_name="member-acts",
            ),
            class_name="card-line",
        ),
        rx.el.td(rx.cond(line.offer, line.offer, dash), class_name="card-line"),
        rx.el.td(
            rx.cond(
                CourseState.may_enrol,
                rx.el.div(days_button(EnrolmentState, line, line.name), class_name="member-acts"),
                rx.cond(line.days, line.days, dash),
            ),
            class_name="card-line number",
        ),
        rx.el.td(rx.cond(line.price, line.price, dash), class_name="number right"),
        rx.el.td(rx.cond(line.paid, line.paid, dash), class_name="number right"),
        rx.el.td(
            rx.cond(
                line.open,
                rx.fragment(
                    rx.el.span(line.open, class_name="not-on-phones"),
                    rx.el.span(
                        t("{open} open of {price}", open=line.open, price=line.price), class_name="only-on-phones"
                    ),
                ),
                dash,
            ),
            rx.cond(
                line.overdue,
                rx.el.span(t("{amount} overdue", amount=line.overdue), class_name="money-late"),
            ),
            class_name="card-line number right",
        ),
        rx.foreach(line.cells, lambda parts, place: cell(parts, _state.heads[place], line.contact_dot)),
        id="contact-" + line.number.to_string(),
        custom_attrs={"data-row": ""},
        tab_index=-1,
        key=line.id.to(str),
    )


def _give_place(line: rx.Var[MemberLine]) -> rx.Component:
    return rx.el.button(
        T("Give a place"),
        type="button",
        class_name="button small",
        aria_label=t("Give {name} a place", name=line.name),
        on_click=EnrolmentState.set_status(line.id, "active"),
    )
