"""My tasks and events: what is to be done, and what is coming."""

import reflex as rx

from crm_app import routes
from crm_app.components.choice_options import choice_options
from crm_app.components.empty import empty
from crm_app.components.planned_forms import planned_forms
from crm_app.components.shell import shell
from crm_app.components.task_lines import event_line, task_line
from crm_app.components.text import N, T, figure, t, tn
from crm_app.state.event_form import EventFormState
from crm_app.state.session import SessionState
from crm_app.state.task_acts import TaskActState
from crm_app.state.task_form import TaskFormState
from crm_app.state.tasks import EventGroup, TaskGroup, TasksState

GROUPS = {
    "overdue": N("Overdue"),
    "today": N("Today"),
    "week": N("Next 7 days"),
    "later": N("Later"),
    "done": N("Done"),
}
_overview = TasksState.overview


def tasks() -> rx.Component:
    return shell(
        rx.el.div(_whose(), _parts(), class_name="planned-bar"),
        rx.cond(TaskActState.ticked.length() > 0, _put_off()),
        rx.cond(
            TasksState.loaded,
            rx.el.div(_tasks(), _events(), class_name="planned-grid", custom_attrs={"data-part": TasksState.part}),
            rx.el.div(*[rx.el.span(class_name="skeleton") for _ in range(6)], class_name="planned-wait"),
        ),
        planned_forms(TaskFormState, EventFormState, TaskActState, TasksState.may_edit),
        place="tasks",
        title=rx.el.h1(
            rx.el.span(T("Tasks and events"), class_name="wide-only"),
            rx.el.span(T("Tasks"), class_name="phones-only"),
        ),
        actions=rx.cond(TasksState.may_edit, _new()),
    )


def _new() -> rx.Component:
    return rx.fragment(
        rx.el.button(
            rx.icon("calendar-plus", size=16),
            rx.el.span(T("New event"), class_name="wide-only"),
            type="button",
            id="new-event",
            class_name="button",
            aria_label=t("New event"),
            on_click=EventFormState.new(0, ""),
        ),
        rx.el.button(
            rx.icon("plus", size=16),
            T("New task"),
            type="button",
            id="new-task",
            class_name="button primary",
            on_click=TaskFormState.new(0, ""),
        ),
    )


def _whose() -> rx.Component:
    """One's own, or those of colleagues for who may see them."""
    return rx.cond(
        TasksState.may_see_all,
        rx.fragment(
            rx.el.nav(
                _tab(T("Mine"), TasksState.mine_url, TasksState.whose == "mine"),
                _tab(T("Colleagues'"), TasksState.colleagues_url, TasksState.whose == "colleagues"),
                aria_label=t("Whose tasks"),
                class_name="tabs",
            ),
            rx.cond(
                TasksState.whose == "colleagues",
                rx.el.select(
                    rx.el.option(T("all colleagues"), value=""),
                    choice_options(_overview.colleagues),
                    value=TasksState.user,
                    on_change=TasksState.choose_user,
                    aria_label=t("Which colleague"),
                    class_name="input who",
                ),
            ),
        ),
    )


def _parts() -> rx.Component:
    """On phones one part at a time."""
    return rx.el.nav(
        _tab(T("Tasks"), TasksState.tasks_url, TasksState.part == "tasks"),
        _tab(T("Events"), TasksState.events_url, TasksState.part == "events"),
        aria_label=t("Tasks or events"),
        class_name="tabs phones-only",
    )


def _tab(label: rx.Component, url: rx.Var[str], is_current: rx.Var[bool]) -> rx.Component:
    return rx.link(
        label, href=url, underline="none", class_name="tab", aria_current=rx.cond(is_current, "true", "false")
    )


def _tasks() -> rx.Component:
    return rx.el.section(
        rx.el.header(
            rx.el.h2(T("Tasks")),
            rx.cond(
                TasksState.show == "done",
                rx.link(T("Show open ones"), href=TasksState.open_url, class_name="link"),
                rx.link(T("Show done ones"), href=TasksState.done_url, class_name="link"),
            ),
            class_name="planned-head",
        ),
        rx.foreach(_overview.tasks, _group),
        rx.cond(_overview.tasks.length() == 0, _no_tasks()),
        class_name="planned-tasks",
    )


def _group(group: rx.Var[TaskGroup]) -> rx.Component:
    tickable = TasksState.may_edit & (TasksState.show == "open")
    return rx.el.section(
        rx.el.h3(_name(group.key), rx.el.span(figure(group.lines.length()), class_name="number quiet")),
        rx.el.ul(
            rx.foreach(
                group.lines,
                lambda line: task_line(line, TaskActState, TaskFormState, TasksState.may_edit, tickable=tickable),
            ),
            class_name="task-list",
        ),
        class_name="task-group",
        custom_attrs={"data-due": group.key},
        key=group.key,
    )


def _name(key: rx.Var[str]) -> rx.Component:
    return rx.match(key, *[(one, T(label)) for one, label in GROUPS.items()], rx.fragment())


def _no_tasks() -> rx.Component:
    return rx.cond(
        TasksState.show == "done",
        empty("circle-check", T("Nothing done yet"), T("Finished tasks stand here, the last one first.")),
        empty(
            "circle-check",
            T("No open task"),
            T("What is to be done stands here by day: a call, an e-mail, a meeting."),
            rx.cond(
                TasksState.may_edit,
                rx.el.button(T("Add a task"), type="button", class_name="button", on_click=TaskFormState.new(0, "")),
            ),
        ),
    )


def _events() -> rx.Component:
    return rx.el.section(
        rx.el.header(
            rx.el.h2(T("Events")),
            rx.link(T("To the calendar"), href=routes.CALENDAR, class_name="link"),
            class_name="planned-head",
        ),
        rx.foreach(_overview.events, _event_group),
        rx.cond(
            _overview.events.length() == 0,
            empty(
                "calendar",
                T("Nothing in the next 60 days"),
                T("Lessons, meetings and trial dates stand here, with who comes and where."),
            ),
        ),
        class_name="planned-events",
    )


def _event_group(group: rx.Var[EventGroup]) -> rx.Component:
    return rx.el.section(
        rx.el.h3(_name(group.key)),
        rx.el.ul(rx.foreach(group.lines, lambda line: event_line(line, EventFormState)), class_name="task-list"),
        class_name="task-group",
        key=group.key,
    )


def _put_off() -> rx.Component:
    """What can be done to the ticked ones."""

    def by(days: int, label: str) -> rx.Component:
        return rx.el.button(T(label), type="button", class_name="button", on_click=TaskActState.put_off_by(days))

    return rx.el.div(
        rx.el.strong(
            tn("{n} task ticked", "{n} tasks ticked", TaskActState.ticked.length()), role="status", class_name="number"
        ),
        rx.el.span(T("Put off to"), class_name="quiet"),
        by(0, N("today")),
        by(1, N("tomorrow")),
        by(7, N("in a week")),
        rx.el.form(
            rx.el.input(type="date", name="day", class_name="input", aria_label=t("Another day")),
            rx.el.button(T("Put off"), type="submit", class_name="button"),
            on_submit=TaskActState.put_off_to,
        ),
        rx.el.button(T("Tick none"), type="button", class_name="button plain", on_click=TaskActState.tick_none),
        class_name="put-off",
    )


PAGE = {
    "route": routes.TASKS,
    "on_load": [SessionState.load, TasksState.load, TaskFormState.load, EventFormState.load],
}
