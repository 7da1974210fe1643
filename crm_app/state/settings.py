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
from crm_app.state.formats import by_name
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor

FIELDS = ("name", "country", "language", "timezone", "currency")


class SettingsState(rx.State):
    """What the installation is called and where it stands; everybody may look, administrators may change."""

    values: dict[str, str] = {}
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
        self.values = await asyncio.to_thread(_values)
        locale = Locale.parse(actor.language)
        self.countries = by_name(places.countries(), locale.territories)
        self.currencies = by_name(places.currencies(), locale.currencies)
        self.timezones = sorted(places.timezones())
        self.errors, self.loaded = {}, True
        self.key += 1

    @action(permission=Permission.SETTINGS)
    async def save(self, form: dict[str, Any]):
        actor = await current_actor(self)
        try:
            await asyncio.to_thread(_change, actor, {name: str(form.get(name) or "") for name in FIELDS})
        except Invalid as error:
            self.errors = {error.field: locales.render(error.message, actor.language)}
            return
        self.errors = {}
        self.values = await asyncio.to_thread(_values)
        await say(self, text("The settings are saved."))


def _values() -> dict[str, str]:
    with database.reading() as session:
        found = installation.current(session)
        return {name: getattr(found, name) for name in FIELDS}


def _change(actor: Actor, values: dict[str, str]) -> None:
    with database.transaction() as session:
        installation.change(session, actor, **values)
