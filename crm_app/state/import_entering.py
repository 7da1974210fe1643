"""Coming to a step of another import: the tab forgets the one before, so that none ever shows another's rows."""

import reflex as rx

from crm_app.models import Permission
from crm_app.state.guard import action
from crm_app.state.import_check import ImportCheckState
from crm_app.state.import_columns import ImportColumnsState
from crm_app.state.import_done import ImportDoneState
from crm_app.state.import_find import ImportFindState
from crm_app.state.import_presets import ImportPresetsState
from crm_app.state.import_read import ImportReadState
from crm_app.state.import_return import ImportReturnState
from crm_app.state.import_undo import ImportUndoState
from crm_app.state.import_wizard import ImportWizardState
from crm_app.state.session import SessionState


class ImportEnterState(rx.State):
    """Server-side only."""

    @action(permission=Permission.IMPORT)
    async def load(self):
        wizard = await self.get_state(ImportWizardState)
        if wizard.shown != wizard.asked:
            for step in _STEPS:
                (await self.get_state(step)).reset()


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

ENTER = [SessionState.load, ImportEnterState.load, ImportWizardState.load]  # what every step's page loads first
