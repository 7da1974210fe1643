"""The calendar: month, week, or what comes as a list."""

import reflex as rx

from crm_app import routes
from crm_app.components.calendar import CalendarGrid
from crm_app.components.empty import empty
from crm_app.components.panel import Panel
from crm_app.components.planned_forms import planned_forms
from crm_app.components.shell import shell
from crm_app.components.task_lines import event_line, task_line
from crm_app.components.text import N, T, t
from crm_app.state.calendar import AgendaDay, CalendarState
from crm_app.state.calendar_feed import CalendarFeedState
from crm_app.state.event_form import EventFormState
from crm_app.state.session import SessionState
from crm_app.state.task_acts import TaskActState
from crm_app.state.task_form import TaskFormState

_shown = CalendarState.shown
VIEWS = (
    ("month", N("Month"), CalendarState.month_url),
    ("week", N("Week"), CalendarState.week_url),
    ("agenda", N("List"), CalendarState.agenda_url),
)


def calendar() -> rx.Component:
    return shell(
        rx.el.div(_steps(), rx.el.div(_whose(), _views(), class_name="cal-choices"), class_name="cal-bar"),
        _feed(),
        rx.cond(
            CalendarState.loaded,
            rx.fragment(
                rx.cond(
                    CalendarState.view != "agenda",
                    rx.el.div(_grid(), class_name=rx.cond(CalendarState.view == "", "cal-desktop", "")),
                ),
                rx.cond(
                    (CalendarState.view == "agenda") | (CalendarState.view == ""),
                    rx.el.div(_agenda(), class_name=rx.cond(CalendarState.view == "", "cal-phone", "")),
                ),
            ),
            rx.el.div(*[rx.el.span(class_name="skeleton") for _ in range(6)], class_name="planned-wait"),
        ),
        planned_forms(TaskFormState, EventFormState, TaskActState, CalendarState.may_edit),
        place="calendar",
        title=N("Calendar"),
        actions=_actions(),
    )


def _actions() -> rx.Component:
    return rx.fragment(
        rx.el.button(
            rx.icon("rss", size=16),
            rx.el.span(T("Subscribe"), class_name="wide-only"),
            type="button",
            id="subscribe",
            class_name="button plain",
            aria_label=t("Subscribe to this calendar"),
            on_click=CalendarFeedState.toggle,
        ),
        rx.cond(
            CalendarState.may_edit,
            rx.fragment(
                rx.el.button(
                    rx.icon("plus", size=16),
                    rx.el.span(T("New task"), class_name="wide-only"),
                    type="button",
                    id="new-task",
                    class_name="button wide-only",
                    on_click=TaskFormState.new(0, ""),
                ),
                rx.el.button(
                    rx.icon("calendar-plus", size=16),
                    T("New event"),
                    type="button",
                    id="new-event",
                    class_name="button primary",
                    on_click=EventFormState.new(0, ""),
                ),
            ),
        ),
    )


def _steps() -> rx.Component:
    return rx.el.nav(
        rx.link(T("Today"), href=CalendarState.today_url, underline="none", class_name="button"),
        _step("chevron-left", t("Earlier"), CalendarState.previous_url),
        _step("chevron-right", t("Later"), CalendarState.next_url),
        rx.el.h2(_shown.title, class_name="cal-span", aria_live="polite"),
        aria_label=t("Another time"),
        class_name="cal-steps",
    )


def _step(icon: str, label: rx.Var[str], url: rx.Var[str]) -> rx.Component:
    return rx.link(
        rx.icon(icon, size=18),
        href=url,
        underline="none",
        class_name="button plain icon",
        aria_label=label,
        title=label,
    )


def _views() -> rx.Component:
    return rx.el.nav(
        *[
            rx.link(
                T(label),
                href=url,
                underline="none",
                class_name=rx.cond(CalendarState.view == "", f"tab by-default-{key}", "tab"),
                aria_current=rx.cond(CalendarState.view == key, "true", "false"),
            )
            for key, label, url in VIEWS
        ],
        aria_label=t("View"),
        class_name="tabs",
    )


def _whose() -> rx.Component:
    return rx.cond(
        CalendarState.may_see_all,
        rx.el.nav(
            _tab(T("Mine"), CalendarState.mine_url, ~CalendarState.everybody),
            _tab(T("Everybody's"), CalendarState.everybody_url, CalendarState.everybody),
            aria_label=t("Whose calendar"),
            class_name="tabs",
        ),
    )


def _tab(label: rx.Component, url: rx.Var[str], is_current: rx.Var[bool]) -> rx.Component:
    return rx.link(
        label, href=url, underline="none", class_name="tab", aria_current=rx.cond(is_current, "true", "false")
    )


def _grid() -> rx.Component:
    return CalendarGrid.create(
        days=_shown.days,
        weekdays=_shown.weekdays,
        view=rx.cond(CalendarState.view == "week", "week", "month"),
        seen=CalendarState.seen,
        may_move=CalendarState.may_edit,
        labels=rx.Var.create(
            {
                "calendar": t("Calendar"),
                "add": t("New event on {name}", name="{name}"),
                "more": t("{n} more", n="{n}"),
            }
        ),
        day_url=CalendarState.agenda_day_url,
        on_move=TaskActState.move,
        on_open=CalendarState.open,
        on_add=CalendarState.add,
    )


def _agenda() -> rx.Component:
    return rx.cond(
        _shown.agenda.length() > 0,
        rx.el.div(rx.foreach(_shown.agenda, _day), class_name="agenda"),
        empty(
            "calendar",
            T("Nothing in these 30 days"),
            T("Lessons, meetings and tasks with a day stand here."),
            rx.cond(
                CalendarState.may_edit,
                rx.el.button(T("Add an event"), type="button", class_name="button", on_click=EventFormState.new(0, "")),
            ),
        ),
    )


def _day(day: rx.Var[AgendaDay]) -> rx.Component:
    return rx.el.section(
        rx.el.h3(day.name, rx.cond(day.is_today, rx.el.span(T("today"), class_name="chip"))),
        rx.el.ul(
            rx.foreach(day.events, lambda line: event_line(line, EventFormState)),
            rx.foreach(day.tasks, lambda line: task_line(line, TaskActState, TaskFormState, CalendarState.may_edit)),
            class_name="task-list",
        ),
        class_name=rx.cond(day.is_today, "task-group today", "task-group"),
        key=day.iso,
    )


def _feed() -> rx.Component:
    """The secret address for the calendar of a phone or a mail program."""
    return rx.cond(
        CalendarFeedState.is_open,
        Panel.create(
            rx.el.h2(T("This calendar on your phone or in your mail program")),
            rx.el.p(
                T(
                    "A secret address shows your tasks and events there; it is for reading only. Whoever has the "
                    "address can read them too, so give it to nobody."
                ),
                class_name="quiet",
            ),
            rx.cond(CalendarFeedState.url, _once(), _standing()),
            rx.el.button(T("Close"), type="button", class_name="button plain", on_click=CalendarFeedState.toggle),
            opener="subscribe",
            label=t("Subscribe to this calendar"),
            kind="group",
            class_name="panel stack feed",
            on_close=CalendarFeedState.toggle,
        ),
    )


def _once() -> rx.Component:
    return rx.fragment(
        rx.el.label(T("Your address, shown this once"), html_for="feed-url", class_name="field-label"),
        rx.el.div(
            rx.el.input(id="feed-url", value=CalendarFeedState.url, read_only=True, class_name="input"),
            rx.el.button(
                rx.icon("copy", size=16),
                T("Copy"),
                type="button",
                class_name="button",
                on_click=rx.set_clipboard(CalendarFeedState.url),
            ),
            class_name="feed-line",
        ),
    )


def _standing() -> rx.Component:
    return rx.cond(
        CalendarFeedState.made,
        rx.fragment(
            rx.el.p(t("You have an address, made on {day}.", day=CalendarFeedState.made)),
            rx.el.div(
                rx.el.button(
                    T("New address, the old one stops"),
                    type="button",
                    class_name="button",
                    on_click=CalendarFeedState.make,
                ),
                rx.el.button(
                    T("Switch it off"), type="button", class_name="button danger", on_click=CalendarFeedState.revoke
                ),
                class_name="card-actions",
            ),
        ),
        rx.el.button(T("Make an address"), type="button", class_name="button primary", on_click=CalendarFeedState.make),
    )


PAGE = {
    "route": routes.CALENDAR,
    "on_load": [SessionState.load, CalendarState.load, EventFormState.load, TaskFormState.load],
}
