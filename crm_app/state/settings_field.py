"""The settings page of one own field: what is asked of it, where it shows, its type and its end."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from crm_app import locales, routes
from crm_app.jobs import queue
from crm_app.locales import text
from crm_app.models import FieldType, Permission
from crm_app.services import custom_fields, database, schema
from crm_app.services.actor import Actor
from crm_app.services.contacts import own_values
from crm_app.services.errors import CRMError, Invalid, NotFound
from crm_app.services.fields.conversion import as_text
from crm_app.services.settings import field_type, fields
from crm_app.state.choice import Choice
from crm_app.state.contact_view import plain_words
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges
from crm_app.state.settings_words import Started


@dataclass
class Before:
    """A value and what becomes of it; `told` says why it would not survive."""

    written: str
    becomes: str = ""
    told: str = ""
    contacts: int = 0


@dataclass
class TypeView:
    """What another type would do."""

    survive: int = 0
    lost: int = 0
    refused: str = ""
    is_possible: bool = False
    examples: list[Before] = field(default_factory=list)
    losses: list[Before] = field(default_factory=list)


@dataclass
class FieldView:
    """The field as it is stored; `on` are the names of its switches that are on."""

    label: str = ""
    type: str = ""
    type_label: str = ""
    on: list[str] = field(default_factory=list)
    may_be_fast: bool = True
    filled: int = 0


class SettingsFieldState(SettingsChanges, rx.State):
    """One own field, by the key in the address."""

    view: FieldView = FieldView()
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    types: list[Choice] = []
    type: str = ""
    looking: bool = False
    preview: TypeView = TypeView()
    removing: bool = False
    loaded: bool = False
    missing: bool = False
    form_key: int = 0

    @action(permission=Permission.SETTINGS)
    async def load(self):
        actor = await current_actor(self)
        self.errors, self.error, self.removing, self.missing = {}, "", False, False
        self.type, self.looking, self.preview = "", False, TypeView()
        self.types = [
            Choice(kind.value, locales.render(label, actor.language))
            for kind, label in custom_fields.TYPE_LABELS.items()
        ]
        await self._show()
        self.loaded = True

    @action(permission=Permission.SETTINGS)
    async def save(self, form: dict[str, Any]):
        actor, key = await current_actor(self), self._key()
        was_fast = "is_fast" in self.view.on
        try:
            await asyncio.to_thread(_change, actor, key, form)
        except Invalid as error:
            self.errors = {error.field: locales.render(error.message, actor.language)}
            return rx.set_focus(f"setting-{error.field}")
        except CRMError as error:
            await say(self, error.message, "error")
            return None
        if was_fast is not bool(form.get("is_fast")):
            await asyncio.to_thread(_index)
        self.errors = {}
        await self._show()
        await say(self, text("The field is saved."))
        return rx.set_focus("save-field")

    @action(permission=Permission.SETTINGS)
    async def choose_type(self, type: str):
        """Looks at every value: what another type would make of it."""
        self.type, self.preview, self.error = type, TypeView(), ""
        if type not in set(FieldType) or type == self.view.type:
            return
        self.looking = True
        yield
        actor, key = await current_actor(self), self._key()
        try:
            self.preview = await asyncio.to_thread(_preview, actor, key, FieldType(type))
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
        self.looking = False

    @action(permission=Permission.SETTINGS)
    async def change_type(self):
        key, kind = self._key(), self.type
        if kind not in set(FieldType):
            return None
        started: list[Started | None] = []
        did = await self._did(
            lambda session, actor: started.append(Started.of(field_type.change(session, actor, key, FieldType(kind))))
        )
        if not did:
            return None
        await asyncio.to_thread(_index)
        if started[0] is None:
            await say(self, text("The field has its new type; its values are stored as before."))
            return SettingsFieldState.load
        await asyncio.to_thread(queue.push, started[0].job_id)
        return rx.redirect(routes.import_step(started[0].import_id, "done"))

    @action(permission=Permission.SETTINGS)
    async def ask(self, removing: bool):
        """Asks before the field goes; closes the question."""
        self.removing, self.error = removing, ""

    @action(permission=Permission.SETTINGS)
    async def remove(self):
        key, name = self._key(), self.view.label
        if not await self._did(lambda session, actor: fields.remove(session, actor, key)):
            return None
        await asyncio.to_thread(_index)
        message = text(
            "The field “{name}” is removed. It can be brought back for {n} days.", name=name, n=fields.KEPT_DAYS
        )
        await say(self, message)
        return rx.redirect(routes.OWN_FIELDS)

    async def _show(self) -> None:
        """The stored field; the inputs are only made anew when something is not as it was shown."""
        try:
            view, values = await asyncio.to_thread(_fetch, await current_actor(self), self._key())
        except NotFound:
            self.missing = True
            return
        if (values, view.on) != (self.values, self.view.on):
            self.form_key += 1
        self.view, self.values = view, values

    def _key(self) -> str:
        parts = self.router.url.path.strip("/").split("/")
        return parts[2] if len(parts) > 2 else ""


def _index() -> None:
    schema.ensure_fast_fields(database.engine())


def _change(actor: Actor, key: str, form: dict[str, Any]) -> None:
    typed = {name: str(form.get(name) or "") for name in ("label", "help", "default")}
    switches = {name: bool(form.get(name)) for name in fields.SWITCHES}
    with database.transaction() as session:
        fields.change(session, actor, key, switches=switches, **typed)


def _fetch(actor: Actor, key: str) -> tuple[FieldView, dict[str, str]]:
    with database.reading() as session:
        found = fields.get(session, actor, key)
        view = FieldView(
            label=found.label,
            type=found.type,
            type_label=locales.render(custom_fields.TYPE_LABELS[FieldType(found.type)], actor.language),
            on=[name for name in fields.SWITCHES if getattr(found, name)],
            may_be_fast=custom_fields.as_field(found).kind not in own_values.NEVER_FAST,
            filled=fields.filled(session, actor).get(key, 0),
        )
        return view, {"label": found.label, "help": found.help, "default": as_text(found.default)}


def _preview(actor: Actor, key: str, kind: FieldType) -> TypeView:
    with database.reading() as session:
        seen = field_type.preview(session, actor, key, kind)
    shown = {"value": custom_fields.shape(kind)}
    return TypeView(
        survive=seen.survive,
        lost=seen.lost,
        refused=locales.render(seen.refused, actor.language) if seen.refused else "",
        is_possible=seen.is_possible,
        examples=[Before(old, plain_words("value", new, actor.language, shown)) for old, new in seen.examples],
        losses=[
            Before(loss.written, told=locales.render(loss.why, actor.language), contacts=loss.contacts)
            for loss in seen.losses
        ],
    )
