"""The settings page that lists the own fields."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Literal

import reflex as rx

from crm_app import locales, routes
from crm_app.locales import text
from crm_app.models import CustomField, FieldType, Permission
from crm_app.services import custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.settings import fields
from crm_app.state.choice import Choice
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges
from crm_app.state.settings_words import RemovedLine, kept_until


@dataclass
class FieldSettingLine:
    """`filled` is -1 until it is counted."""

    key: str
    label: str
    type: str
    url: str
    required: bool
    is_key: bool
    is_personal: bool
    filled: int = -1


class SettingsFieldsState(SettingsChanges, rx.State):
    """Which own fields there are, in their order; a new one is made here and set up on its own page."""

    lines: list[FieldSettingLine] = []
    removed: list[RemovedLine] = []
    types: list[Choice] = []
    adding: bool = False
    type: str = FieldType.TEXT.value
    loaded: bool = False

    @action(permission=Permission.SETTINGS)
    async def load(self):
        actor = await current_actor(self)
        self.adding, self.error = False, ""
        self.types = [Choice(kind.value, _say(custom_fields.TYPE_LABELS[kind], actor)) for kind in FieldType]
        await self._show()
        self.loaded = True
        return SettingsFieldsState.count

    @action(permission=Permission.SETTINGS)
    async def count(self):
        """How many contacts have a value in each: one look at all of them."""
        filled = await asyncio.to_thread(_filled, await current_actor(self))
        self.lines = [replace(line, filled=filled.get(line.key, 0)) for line in self.lines]

    @action(permission=Permission.SETTINGS)
    async def toggle(self):
        """Opens or closes the form of a new field."""
        self.adding, self.error, self.type = not self.adding, "", FieldType.TEXT.value

    @action(permission=Permission.SETTINGS)
    async def choose_type(self, type: str):
        self.type = type

    @action(permission=Permission.SETTINGS)
    async def add(self, form: dict[str, Any]):
        label, kind = str(form.get("label") or ""), str(form.get("type") or "")
        options = str(form.get("options") or "").splitlines()
        made: list[str] = []
        if kind not in set(FieldType):
            return None
        did = await self._do(
            lambda session, actor: made.append(
                custom_fields.create(session, actor, label, FieldType(kind), options).key
            )
        )
        return rx.redirect(routes.own_field(made[0])) if did else None

    @action(permission=Permission.SETTINGS)
    async def move(self, key: str, by: Literal[-1, 1]):
        await self._do(lambda session, actor: fields.move(session, actor, key, by))

    @action(permission=Permission.SETTINGS)
    async def bring_back(self, key: str):
        if await self._do(lambda session, actor: fields.bring_back(session, actor, key)):
            await say(self, text("The field is there again, with its values."))
            return SettingsFieldsState.count
        return None

    async def _show(self) -> None:
        counted = {line.key: line.filled for line in self.lines}
        lines, self.removed = await asyncio.to_thread(_fetch, await current_actor(self))
        self.lines = [replace(line, filled=counted.get(line.key, -1)) for line in lines]


def _filled(actor: Actor) -> dict[str, int]:
    with database.reading() as session:
        return fields.filled(session, actor)


def _fetch(actor: Actor) -> tuple[list[FieldSettingLine], list[RemovedLine]]:
    with database.reading() as session:
        lines = [_line(field, actor) for field in fields.listing(session, actor)]
        return lines, [_removed(field, actor) for field in fields.removed(session, actor)]


def _line(field: CustomField, actor: Actor) -> FieldSettingLine:
    return FieldSettingLine(
        key=field.key,
        label=field.label,
        type=_say(custom_fields.TYPE_LABELS[FieldType(field.type)], actor),
        url=routes.own_field(field.key),
        required=field.required,
        is_key=field.is_unique,
        is_personal=field.is_personal,
    )


def _removed(field: CustomField, actor: Actor) -> RemovedLine:
    until = kept_until(field.removed_at, fields.KEPT_DAYS, actor)
    return RemovedLine(field.key, field.label, _say(text("its values are kept until {day}", day=until), actor))


def _say(message: locales.Text, actor: Actor) -> str:
    return locales.render(message, actor.language)
