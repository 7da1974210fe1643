"""Presets on the columns step: chosen, they are applied at once; the choices made can be kept as one."""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx

from crm_app import locales
from crm_app.locales import Text, ntext, text
from crm_app.models import Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, Invalid, NotFound
from crm_app.services.imports import access, preset_access, presets, shipped_presets
from crm_app.services.imports.preset_access import Kind, PresetId
from crm_app.services.imports.presets import Applied
from crm_app.state.guard import action
from crm_app.state.import_columns import ImportColumnsState
from crm_app.state.import_wizard import ImportWizardState
from crm_app.state.messages import say
from crm_app.state.session import current_actor


@dataclass
class PresetLine:
    key: str
    name: str
    kind: str
    shown: str  # the name, of a colleague's preset with whose it is
    changeable: bool


class ImportPresetsState(rx.State):
    own: list[PresetLine] = []
    shared: list[PresetLine] = []
    shipped: list[PresetLine] = []
    program: str = ""  # that wrote the file
    chosen: str = ""
    chosen_name: str = ""
    changeable: bool = False  # the chosen one
    asking: str = ""  # "save", "rename" or "remove"
    error: str = ""

    @action(permission=Permission.IMPORT)
    async def load(self):
        self.asking = self.error = ""
        await self._show("")

    @action(permission=Permission.IMPORT)
    async def choose(self, key: str):
        """Applies a preset to the columns, and says how many of them it knew."""
        self.asking = self.error = ""
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        await self._show(key)
        if not self.chosen:
            return None
        try:
            applied = await asyncio.to_thread(_apply, actor, wizard._id, _id_of(key))
        except CRMError as error:
            await say(self, error.message, "error")
            return None
        await say(self, _told(applied), "success" if applied.matched else "warning")
        return ImportColumnsState.load

    @action(permission=Permission.IMPORT)
    async def ask(self, what: Literal["", "save", "rename", "remove"]):
        """Opens the form for a name or the question before a removal, or closes them."""
        self.asking, self.error = what, ""

    @action(permission=Permission.IMPORT)
    async def keep(self, form: dict[str, Any]):
        """Saves the choices under a name, or gives the chosen preset another one."""
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        columns = await self.get_state(ImportColumnsState)
        if self.asking == "save" and columns.error:
            self.error = columns.error
            return
        name, shared = str(form.get("name") or ""), bool(form.get("shared"))
        try:
            if self.asking == "rename":
                key = await asyncio.to_thread(_rename, actor, self.chosen, name)
            else:
                key = await asyncio.to_thread(_save, actor, wizard._id, name, shared)
        except Invalid as error:
            self.error = locales.render(error.message, actor.language)
            return
        except CRMError as error:
            await say(self, error.message, "error")
            return
        self.asking = self.error = ""
        await self._show(key)
        await say(self, text("The preset “{name}” is kept.", name=self.chosen_name))

    @action(permission=Permission.IMPORT)
    async def remove(self):
        """Removes the chosen preset."""
        actor, name = await current_actor(self), self.chosen_name
        try:
            await asyncio.to_thread(_remove, actor, self.chosen)
        except CRMError as error:
            await say(self, error.message, "error")
        else:
            await say(self, text("The preset “{name}” is removed.", name=name))
        self.asking = ""
        await self._show("")

    async def _show(self, key: str) -> None:
        """Lists the presets anew, with `key` as the chosen one if it is still there."""
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        lines, self.program = await asyncio.to_thread(_fetch, actor, wizard._id)
        self.own = [line for line in lines if line.kind == Kind.OWN]
        self.shared = [line for line in lines if line.kind == Kind.SHARED]
        self.shipped = [line for line in lines if line.kind == Kind.SHIPPED]
        chosen = next((line for line in lines if line.key == key), None)
        self.chosen, self.chosen_name = (chosen.key, chosen.name) if chosen else ("", "")
        self.changeable = chosen is not None and chosen.changeable


def _fetch(actor: Actor, import_id: int) -> tuple[list[PresetLine], str]:
    """The presets, and the program that wrote the file of this import."""
    with database.reading() as session:
        entries = preset_access.listing(session, actor)
        try:
            product = access.get(session, actor, import_id).read_out.get("product")
        except NotFound:
            product = None
    lines = [
        PresetLine(
            key=str(entry.id),
            name=entry.name,
            kind=entry.kind,
            shown=f"{entry.name} · {entry.who}" if entry.kind is Kind.SHARED and entry.who else entry.name,
            changeable=entry.is_changeable,
        )
        for entry in entries
    ]
    known = shipped_presets.products().get(product or "")
    return lines, known.name if known else ""


def _id_of(key: str) -> PresetId:
    return int(key) if key.isascii() and key.isdigit() and len(key) < 19 else key


def _stored_id(key: str) -> int:
    found = _id_of(key)
    return found if isinstance(found, int) else 0


def _apply(actor: Actor, import_id: int, preset_id: PresetId) -> Applied:
    with database.transaction() as session:
        return presets.apply(session, actor, import_id, preset_id)


def _told(applied: Applied) -> Text:
    if not applied.matched:
        return text("The preset “{name}” knows none of the columns of this file.", name=applied.name)
    return ntext(
        "The preset “{name}” knew one of {columns} columns.",
        "The preset “{name}” knew {n} of {columns} columns.",
        applied.matched,
        name=applied.name,
        columns=applied.columns,
    )


def _save(actor: Actor, import_id: int, name: str, shared: bool) -> str:
    with database.transaction() as session:
        return str(presets.save(session, actor, import_id, name, shared).id)


def _rename(actor: Actor, key: str, name: str) -> str:
    with database.transaction() as session:
        return str(presets.rename(session, actor, _stored_id(key), name).id)


def _remove(actor: Actor, key: str) -> None:
    with database.transaction() as session:
        presets.remove(session, actor, _stored_id(key))
