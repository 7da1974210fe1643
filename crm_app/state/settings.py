"""The installation's settings page."""

import asyncio
from typing import Any

import reflex as rx
from babel import Locale

from crm_app import locales
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import database, installation, places
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid
from crm_app.services.fields.registry import REQUIRABLE
from crm_app.state.formats import by_name
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor

FIELDS = ("name", "country", "language", "timezone", "currency", "file_days", "undo_days", "trash_days", "export_days")


class SettingsState(rx.State):
    """What the installation is called, where it stands and what it asks for; everybody may look, administrators may
    change.
    """

    values: dict[str, str] = {}
    required: list[str] = []
    only_whole_files: bool = False
    errors: dict[str, str] = {}
    countries: list[list[str]] = []
    timezones: list[str] = []
    currencies: list[list[str]] = []
    may_change: bool = False
    loaded: bool = False
    key: int = 0

    @action(permission=None)
    async def load(self):
        actor = await current_actor(self)
        self.may_change = actor.may(Permission.SETTINGS)
        await self._show()
        locale = Locale.parse(actor.language)
        self.countries = by_name(places.countries(), locale.territories)
        self.currencies = by_name(places.currencies(), locale.currencies)
        self.timezones = sorted(places.timezones())
        self.errors, self.loaded = {}, True

    @action(permission=Permission.SETTINGS)
    async def save(self, form: dict[str, Any]):
        actor = await current_actor(self)
        try:
            await asyncio.to_thread(_change, actor, _typed(form))
        except Invalid as error:
            self.errors = {error.field: locales.render(error.message, actor.language)}
            return rx.set_focus(f"setting-{error.field}")
        self.errors = {}
        await self._show()
        await say(self, text("The settings are saved."))
        return rx.set_focus("save-settings")

    async def _show(self) -> None:
        """The stored settings; the inputs are only made anew when something is not as it was shown."""
        before = (dict(self.values), list(self.required), self.only_whole_files)
        seen = await asyncio.to_thread(_stored)
        self.values, self.required, self.only_whole_files = seen
        if seen != before:
            self.key += 1


def _typed(form: dict[str, Any]) -> dict[str, Any]:
    """The settings of the form; a box that is not ticked is not in it."""
    return {
        **{name: str(form.get(name) or "") for name in FIELDS},
        "required_fields": [name for name in REQUIRABLE if form.get(f"required-{name}")],
        "only_whole_files": bool(form.get("only_whole_files")),
    }


def _stored() -> tuple[dict[str, str], list[str], bool]:
    with database.reading() as session:
        found = installation.current(session)
        values = {name: str(getattr(found, name)) for name in FIELDS}
        return values, installation.required(found), found.only_whole_files


def _change(actor: Actor, values: dict[str, Any]) -> None:
    with database.transaction() as session:
        installation.change(session, actor, **values)
