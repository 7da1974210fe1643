"""The settings page that lists the forms for people who are no users."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import routes
from crm_app.models import Permission, WebForm
from crm_app.services import database, web_forms
from crm_app.services.actor import Actor
from crm_app.state.guard import action
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges


@dataclass
class FormLine:
    key: str
    name: str
    url: str
    address: str
    is_open: bool


class SettingsFormsState(SettingsChanges, rx.State):
    """Which forms there are; a new one is made here and set up on its own page."""

    lines: list[FormLine] = []
    editing: str = ""
    loaded: bool = False

    @action(permission=Permission.SETTINGS)
    async def load(self):
        self.editing, self.error = "", ""
        await self._show()
        self.loaded = True

    @action(permission=Permission.SETTINGS)
    async def edit(self, key: str):
        """Opens the line for the name of a new one; closes it."""
        self.editing, self.error = key, ""

    @action(permission=Permission.SETTINGS)
    async def save(self, form: dict[str, Any]):
        """Makes it, and goes to where it is set up."""
        made: list[int] = []
        name = str(form.get("name") or "")
        if not await self._did(lambda session, actor: made.append(_made(session, actor, name))):
            return None
        self.editing = ""
        return rx.redirect(routes.web_form(made[0]))

    async def _show(self) -> None:
        self.lines = await asyncio.to_thread(_fetch, await current_actor(self))


def _made(session: Session, actor: Actor, name: str) -> int:
    return web_forms.make(session, actor, name).id or 0


def _fetch(actor: Actor) -> list[FormLine]:
    with database.reading() as session:
        return [_line(form) for form in web_forms.listing(session, actor)]


def _line(form: WebForm) -> FormLine:
    address = routes.PUBLIC_FORM.format(key=form.key)
    return FormLine(str(form.id), form.name, routes.web_form(form.id or 0), address, form.active)
