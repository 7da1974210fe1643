"""A new own field made from a column of the file, on the third step of an import."""

import asyncio
from typing import Any

import reflex as rx

from crm_app import locales
from crm_app.models import FieldType, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError
from crm_app.services.imports import access, own_fields
from crm_app.state.guard import action
from crm_app.state.import_wizard import ImportWizardState
from crm_app.state.session import current_actor

NOBODY = -1  # no column asks


class ImportNewFieldState(rx.State):
    """`asking` is the column that asks for a field; `key` grows so that the form starts anew."""

    asking: int = NOBODY
    label: str = ""
    kind: str = FieldType.TEXT.value
    options: str = ""  # what a list of choices would hold
    error: str = ""
    key: int = 0
    _made: tuple[int, str] | None = None  # column and key, until the columns have taken it

    @action(permission=Permission.SETTINGS)
    async def ask(self, index: int):
        """Opens the form for a column: its header as the name, the type its cells propose."""
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        try:
            self.label, kind, options = await asyncio.to_thread(_proposed, actor, wizard._id, index)
        except CRMError:
            return
        self.asking, self.kind, self.options, self.error = index, kind.value, " · ".join(options), ""
        self.key += 1

    @action(permission=Permission.IMPORT)
    async def close(self):
        self.asking, self.error = NOBODY, ""

    @action(permission=Permission.SETTINGS)
    async def create(self, form: dict[str, Any]):
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        index, label, kind = self.asking, str(form.get("label") or ""), str(form.get("kind") or "")
        if index == NOBODY or kind not in set(FieldType):
            return
        try:
            made = await asyncio.to_thread(_create, actor, wizard._id, index, label, FieldType(kind))
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            return
        self.asking, self.error, self._made = NOBODY, "", (index, made)


def _proposed(actor: Actor, import_id: int, index: int) -> tuple[str, FieldType, list[str]]:
    with database.reading() as session:
        headers = access.get(session, actor, import_id).read_out.get("headers", [])
        kind, options = own_fields.proposed(session, actor, import_id, index)
    return headers[index] if 0 <= index < len(headers) else "", kind, options


def _create(actor: Actor, import_id: int, index: int, label: str, kind: FieldType) -> str:
    with database.transaction() as session:
        return own_fields.create(session, actor, import_id, index, label, kind).key
