"""The start page: what a member of staff needs in the morning, each figure a link to its list."""

import reflex as rx

from crm_app import routes
from crm_app.components.planned_forms import planned_forms
from crm_app.components.shell import shell
from crm_app.components.task_lines import event_line, task_line
from crm_app.components.text import N, T, figure, t, tn
from crm_app.state.event_form import EventFormState
from crm_app.state.session import SessionState
from crm_app.state.start import IDLE_DAYS, WEEKS, Bar, StartState
from crm_app.state.start_day import StartDayState
from crm_app.state.task_acts import TaskActState
from crm_app.state.task_form import TaskFormState

_may_edit = StartDayState.may_edit


def start() -> rx.Component:
    return shell(
        rx.cond(
            StartState.loaded,
            rx.cond(StartState.is_empty, _first_steps(), _overview()),
            rx.el.div(*[rx.el.div(class_name="panel skeleton") for _ in range(4)], class_name="start-grid"),
        ),
        planned_forms(TaskFormState, EventFormState, TaskActState, _may_edit),
        place="start",
        title=N("Start"),
    )


def _overview() -> rx.Component:
    return rx.el.div(
        _day(),
        rx.el.section(
            rx.el.h2(T("Leads")),
            rx.el.ul(
                _tile(StartState.new, t("New in the last 7 days")),
                _tile(StartState.mine, t("Yours")),
                _tile(StartState.loose, t("Without a next step")),
                _tile(StartState.idle, tn("Nothing for {n} day", "Nothing for {n} days", IDLE_DAYS)),
                class_name="start-tiles",
            ),
            class_name="panel start-wide",
        ),
        rx.el.section(
            rx.el.h2(T("Leads by status")),
            _bars(StartState.statuses),
            class_name="panel",
        ),
        rx.el.section(
            rx.el.h2(tn("New contacts, last {n} week", "New contacts, last {n} weeks", WEEKS)),
            rx.el.ol(rx.foreach(StartState.weeks, _week), class_name="weeks"),
            class_name="panel",
        ),
        rx.el.section(
            rx.el.h2(tn("Sources, last {n} week", "Sources, last {n} weeks", WEEKS)),
            rx.cond(
                StartState.sources.length() > 0,
                _bars(StartState.sources),
                rx.el.p(T("No new contact says where it came from."), class_name="quiet"),
            ),
            class_name="panel",
        ),
        rx.el.section(
            rx.el.h2(tn("Became customers, last {n} week", "Became customers, last {n} weeks", WEEKS)),
            _conversion(),
            class_name="panel",
        ),
        class_name="start-grid",
    )


def _day() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(T("Today")),
            rx.cond(
                _may_edit,
                rx.el.button(
                    rx.icon("plus", size=16),
                    T("Task"),
                    type="button",
                    id="new-task",
                    class_name="button",
                    on_click=TaskFormState.new(0, ""),
                ),
            ),
            class_name="entries-head",
        ),
        rx.cond(
            StartDayState.loaded & (StartDayState.tasks.length() + StartDayState.events.length() == 0),
            rx.el.p(T("Nothing is due today, and nothing is overdue."), class_name="quiet"),
            rx.el.ul(
                rx.foreach(StartDayState.events, lambda line: event_line(line, EventFormState)),
                rx.foreach(StartDayState.tasks, lambda line: task_line(line, TaskActState, TaskFormState, _may_edit)),
                class_name="task-list",
            ),
        ),
        rx.link(
            rx.cond(
                StartDayState.more > 0,
                tn("{n} more is due", "{n} more are due", StartDayState.more),
                t("All tasks and events"),
            ),
            href=routes.TASKS,
            class_name="link",
        ),
        class_name="panel start-wide",
    )


def _number(bar: rx.Var[Bar]) -> rx.Var:
    return rx.cond(bar.capped, figure(bar.total).to(str) + "+", figure(bar.total))


def _tile(bar: rx.Var[Bar], label: rx.Var[str]) -> rx.Component:
    return rx.el.li(
        rx.link(
            rx.el.b(_number(bar), class_name="number"),
            rx.el.span(label, class_name="quiet"),
            href=bar.url,
            underline="none",
            class_name="start-tile",
        )
    )


def _bars(bars: rx.Var[list[Bar]]) -> rx.Component:
    return rx.el.ol(rx.foreach(bars, _bar), class_name="bars")


def _bar(bar: rx.Var[Bar]) -> rx.Component:
    return rx.el.li(
        rx.link(
            rx.el.span(rx.cond(bar.label, bar.label, t("without a status")), class_name="bar-label"),
            rx.el.span(
                rx.el.span(class_name="bar-share " + bar.tone, style={"width": bar.share.to(str) + "%"}),
                class_name="bar-track",
                aria_hidden="true",
            ),
            rx.el.span(_number(bar), class_name="number"),
            href=bar.url,
            underline="none",
            class_name="bar-line",
        ),
        key=bar.url,
    )


def _week(bar: rx.Var[Bar]) -> rx.Component:
    return rx.el.li(
        rx.link(
            rx.el.span(_number(bar), class_name="number week-number"),
            rx.el.span(
                rx.el.span(class_name="bar-share", style={"height": bar.share.to(str) + "%"}),
                class_name="week-track",
                aria_hidden="true",
            ),
            rx.el.span(bar.label, class_name="week-label quiet"),
            href=bar.url,
            underline="none",
            title=t("From {day}: {n}", day=bar.label, n=_number(bar)),
            class_name="week",
        ),
        key=bar.url,
    )


def _conversion() -> rx.Component:
    came, won = StartState.came, StartState.won
    return rx.cond(
        came.total > 0,
        rx.fragment(
            rx.el.p(
                rx.link(
                    rx.el.b(won.share.to(str), " %", class_name="number start-share"),
                    href=won.url,
                    underline="none",
                )
            ),
            rx.el.p(
                rx.link(
                    t("{won} of {came} leads and customers", won=_number(won), came=_number(came)),
                    href=came.url,
                    class_name="link",
                ),
                class_name="quiet",
            ),
            rx.el.span(
                rx.el.span(class_name="bar-share", style={"width": won.share.to(str) + "%"}),
                class_name="bar-track",
                aria_hidden="true",
            ),
        ),
        rx.el.p(T("No lead came in these weeks."), class_name="quiet"),
    )


def _first_steps() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Three steps, and the CRM is yours")),
        rx.el.ol(
            _step(
                "file-up",
                t("Bring in your contacts"),
                t("Any CSV or workbook, or rows pasted from one. You see every row before anything is stored."),
                rx.link(T("Import a file"), href=routes.NEW_IMPORT, underline="none", class_name="button primary"),
                SessionState.may_import,
            ),
            _step(
                "target",
                t("Name the statuses of your leads"),
                t("As you speak of them: new, called, trial lesson, enrolled."),
                rx.link(T("Statuses"), href=routes.STATUSES, underline="none", class_name="button"),
                SessionState.may_change_settings,
            ),
            _step(
                "user-plus",
                t("Or begin with one contact"),
                t("A form, and the card is there."),
                rx.link(T("New contact"), href=routes.NEW_CONTACT, underline="none", class_name="button"),
                SessionState.may_edit,
            ),
            class_name="first-steps",
        ),
        class_name="panel first",
    )


def _step(icon: str, title: rx.Var[str], sentence: rx.Var[str], act: rx.Component, may: rx.Var[bool]) -> rx.Component:
    return rx.cond(
        may,
        rx.el.li(
            rx.icon(icon, size=24),
            rx.el.div(rx.el.h3(title), rx.el.p(sentence, class_name="quiet"), class_name="first-words"),
            act,
        ),
    )


PAGE = {
    "route": routes.HOME,
    "on_load": [SessionState.load, StartDayState.load, StartState.load, TaskFormState.load, EventFormState.load],
}
