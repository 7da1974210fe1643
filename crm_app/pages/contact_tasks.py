"""The card's panel of open tasks and coming events, and the form they open in."""

import reflex as rx

from crm_app.components.task_lines import event_line, task_line
from crm_app.components.text import T, t
from crm_app.state.contact import ContactState
from crm_app.state.contact_tasks import ContactTasksState
from crm_app.state.event_form import EventFormState
from crm_app.state.task_acts import TaskActState
from crm_app.state.task_form import TaskFormState

_may_edit, _number = ContactState.may_edit, ContactState.card.number


def tasks_panel() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(T("Tasks")),
            rx.cond(
                _may_edit,
                rx.el.div(
                    rx.el.button(
                        rx.icon("calendar-plus", size=16),
                        type="button",
                        id="new-event",
                        class_name="button plain icon",
                        aria_label=t("New event"),
                        title=t("New event"),
                        on_click=EventFormState.new(_number, ""),
                    ),
                    rx.el.button(
                        rx.icon("plus", size=16),
                        T("Task"),
                        type="button",
                        id="new-task",
                        class_name="button",
                        on_click=TaskFormState.new(_number, ""),
                    ),
                    class_name="entry-actions",
                ),
            ),
            class_name="entries-head",
        ),
        rx.cond(
            (ContactTasksState.tasks.length() == 0) & (ContactTasksState.events.length() == 0),
            rx.el.p(T("Nothing to do for this contact."), class_name="quiet"),
            rx.el.ul(
                rx.foreach(
                    ContactTasksState.tasks,
                    lambda line: task_line(line, TaskActState, TaskFormState, _may_edit, with_contact=False),
                ),
                rx.foreach(ContactTasksState.events, lambda line: event_line(line, EventFormState, with_contact=False)),
                class_name="task-list",
            ),
        ),
        class_name="panel contact-tasks",
    )
