"""Tasks and events as lines of a list."""

from typing import Any

import reflex as rx

from crm_app.components.download import download
from crm_app.components.task_icon import task_icon
from crm_app.components.text import T, t


def task_line(
    line: rx.Var, acts: Any, form: Any, may_edit: rx.Var[bool], *, tickable: Any = None, with_contact: bool = True
) -> rx.Component:
    """A task: done with one touch on the circle, opened with one on its title. `tickable` shows boxes as well."""
    return rx.el.li(
        _tick(line, acts, tickable) if tickable is not None else rx.fragment(),
        rx.cond(may_edit, _circle(line, acts), rx.el.span(class_name="task-circle still", aria_hidden="true")),
        rx.el.div(
            rx.el.button(
                rx.el.span(line.title, class_name="task-title"),
                type="button",
                id="task-" + line.id.to(str),
                class_name="task-open",
                on_click=form.edit(line.id),
            ),
            rx.el.div(
                rx.el.span(task_icon(line.icon, 13), line.type, class_name="task-type"),
                rx.el.time(
                    rx.cond(line.due == "overdue", rx.icon("clock-alert", size=13)),
                    line.when,
                    title=line.exact,
                    class_name=rx.cond((line.due == "overdue") & ~line.is_done, "task-when overdue", "task-when"),
                ),
                rx.cond(line.due == "overdue", rx.el.span(T("overdue"), class_name="visually-hidden")),
                rx.cond(line.is_high, rx.el.span(rx.icon("chevrons-up", size=13), T("high"), class_name="task-high")),
                rx.cond(line.is_low, rx.el.span(rx.icon("chevrons-down", size=13), T("low"))),
                rx.cond(line.repeat, rx.el.span(rx.icon("repeat", size=13), line.repeat)),
                rx.cond(
                    line.contact,
                    rx.link(line.contact, href=line.contact_url, underline="none", class_name="link"),
                )
                if with_contact
                else rx.fragment(),
                rx.cond(line.assignee, rx.el.span(line.assignee, class_name="task-who")),
                class_name="task-under",
            ),
            class_name="task-what",
        ),
        class_name=rx.cond(line.is_done, "task done", "task"),
        key=line.id,
    )


def event_line(line: rx.Var, form: Any, *, with_contact: bool = True) -> rx.Component:
    """An event: opened with a touch on its title."""
    return rx.el.li(
        rx.el.span(rx.icon("calendar", size=16), class_name="event-mark", aria_hidden="true"),
        rx.el.div(
            rx.el.button(
                rx.el.span(line.title, class_name="task-title"),
                type="button",
                id="event-" + line.id.to(str),
                class_name="task-open",
                on_click=form.edit(line.id),
            ),
            rx.el.div(
                rx.el.time(line.when, title=line.exact, class_name="task-when"),
                rx.cond(line.place, rx.el.span(rx.icon("map-pin", size=13), line.place)),
                rx.cond(line.people, rx.el.span(rx.icon("users", size=13), line.people)),
                rx.cond(
                    line.contact,
                    rx.link(line.contact, href=line.contact_url, underline="none", class_name="link"),
                )
                if with_contact
                else rx.fragment(),
                class_name="task-under",
            ),
            class_name="task-what",
        ),
        download(
            rx.icon("download", size=15),
            rx.el.span(t("For a calendar program: {title}", title=line.title), class_name="visually-hidden"),
            href=line.file_url,
            class_name="button plain icon",
        ),
        class_name="task",
        key=line.id,
    )


def _circle(line: rx.Var, acts: Any) -> rx.Component:
    return rx.cond(
        line.is_done,
        rx.el.button(
            rx.icon("check", size=14),
            type="button",
            class_name="task-circle is-done",
            aria_label=t("Open again: {title}", title=line.title),
            on_click=acts.reopen(line.id),
        ),
        rx.el.button(
            rx.icon("check", size=14),
            type="button",
            class_name="task-circle",
            aria_label=t("Done: {title}", title=line.title),
            on_click=acts.done(line.id),
        ),
    )


def _tick(line: rx.Var, acts: Any, tickable: Any) -> rx.Component:
    return rx.cond(
        tickable,
        rx.el.input(
            type="checkbox",
            class_name="task-tick",
            checked=acts.ticked.contains(line.id),
            aria_label=t("Tick {title}", title=line.title),
            on_change=lambda _value: acts.tick(line.id),
        ),
    )
