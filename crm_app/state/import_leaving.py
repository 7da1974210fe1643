"""Leaving an import: its tab forgets it, so that the next one never shows the last one's rows."""

import reflex as rx

from crm_app.state.import_check import ImportCheckState
from crm_app.state.import_columns import ImportColumnsState
from crm_app.state.import_done import ImportDoneState
from crm_app.state.import_find import ImportFindState
from crm_app.state.import_presets import ImportPresetsState
from crm_app.state.import_read import ImportReadState
from crm_app.state.import_return import ImportReturnState
from crm_app.state.import_undo import ImportUndoState
from crm_app.state.import_wizard import ImportWizardState


async def leave_import(state: rx.State) -> None:
    """Empties the states of every step."""
    for step in _STEPS:
        (await state.get_state(step)).reset()


_STEPS = (
    ImportWizardState,
    ImportReadState,
    ImportReturnState,
    ImportColumnsState,
    ImportPresetsState,
    ImportCheckState,
    ImportFindState,
    ImportDoneState,
    ImportUndoState,
)
