"""The forms of tasks and events, and the way back from what they did, for every page that shows some."""

from typing import Any

import reflex as rx

from crm_app.components.event_sheet import event_sheet
from crm_app.components.message import UndoListener
from crm_app.components.task_sheet import task_sheet


def planned_forms(tasks: Any, events: Any, acts: Any, may_edit: rx.Var[bool]) -> rx.Component:
    """`tasks` and `events` are the states of the forms, which the page loads; `acts` that of what is done to tasks."""
    return rx.fragment(
        task_sheet(tasks, acts, may_edit),
        event_sheet(events, may_edit),
        *[UndoListener.create(on_undo=state.take_back) for state in (acts, tasks, events)],
    )
