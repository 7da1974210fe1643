"""The forms of tasks and events, and the way back from what they did, for every page that shows some."""

import reflex as rx

from crm_app.components.event_sheet import event_sheet
from crm_app.components.message import UndoListener
from crm_app.components.task_sheet import task_sheet
from crm_app.state.event_form import EventFormState
from crm_app.state.task_acts import TaskActState
from crm_app.state.task_form import TaskFormState

LOADS = [TaskFormState.load, EventFormState.load]


def planned_forms(may_edit: rx.Var[bool]) -> rx.Component:
    return rx.fragment(
        task_sheet(TaskFormState, TaskActState, may_edit),
        event_sheet(EventFormState, may_edit),
        *[UndoListener.create(on_undo=state.take_back) for state in (TaskActState, TaskFormState, EventFormState)],
    )
