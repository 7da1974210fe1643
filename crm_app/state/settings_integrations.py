"""The settings page of the programs that come in by the API."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import Text, text
from crm_app.models import ApiScope, ApiToken, Permission
from crm_app.services import api_tokens, database, links
from crm_app.services.actor import Actor
from crm_app.state.choice import Choice
from crm_app.state.formats import day, spoken
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges
from crm_app.state.settings_words import id_of


@dataclass
class IntegrationLine:
    key: str = ""
    name: str = ""
    scopes: str = ""
    made: str = ""
    used: str = ""


@dataclass
class Secrets:
    """Of an integration just made: shown this once."""

    name: str = ""
    token: str = ""
    hook: str = ""
    signing_secret: str = ""


class SettingsIntegrationsState(SettingsChanges, rx.State):
    """`editing` is "new" while the form of a new one is open; `removing` is asked about; `made` shows its secrets."""

    lines: list[IntegrationLine] = []
    scopes: list[Choice] = []
    editing: str = ""
    removing: IntegrationLine = IntegrationLine()
    made: Secrets = Secrets()
    loaded: bool = False

    @action(permission=Permission.SETTINGS)
    async def load(self):
        self.editing, self.removing, self.error, self.made = "", IntegrationLine(), "", Secrets()
        language = (await current_actor(self)).language
        self.scopes = [Choice(key.value, locales.render(label, language)) for key, label in api_tokens.SCOPES.items()]
        await self._show()
        self.loaded = True

    @action(permission=Permission.SETTINGS)
    async def edit(self, key: str):
        """Opens the form of a new one; closes it."""
        self.editing, self.removing, self.error, self.made = key, IntegrationLine(), "", Secrets()

    @action(permission=Permission.SETTINGS)
    async def save(self, form: dict[str, Any]):
        """Makes it, and shows what its program needs."""
        name = str(form.get("name") or "")
        scopes = [scope.value for scope in ApiScope if form.get(scope.value)]
        shown: list[Secrets] = []
        if await self._do(lambda session, actor: shown.append(_made(session, actor, name, scopes))):
            self.editing, self.made = "", shown[0]

    @action(permission=Permission.SETTINGS)
    async def forget(self):
        """Closes the secrets; nobody sees them again."""
        self.made = Secrets()

    @action(permission=Permission.SETTINGS)
    async def ask(self, key: str):
        """Asks before one is revoked; closes the question."""
        self.editing, self.error, self.made = "", "", Secrets()
        self.removing = next((line for line in self.lines if line.key == key), IntegrationLine())

    @action(permission=Permission.SETTINGS)
    async def remove(self, form: dict[str, Any]):
        key, name = id_of(self.removing.key), self.removing.name
        if await self._do(lambda session, actor: api_tokens.revoke(session, actor, key)):
            self.removing = IntegrationLine()
            await say(self, text("“{name}” does not come in any more.", name=name))

    async def _show(self) -> None:
        self.lines = await asyncio.to_thread(_fetch, await current_actor(self))


def _made(session: Session, actor: Actor, name: str, scopes: list[str]) -> Secrets:
    made = api_tokens.make(session, actor, name, scopes)
    may_hook = ApiScope.CONTACTS_WRITE.value in made.token.scopes
    hook = links.base_url() + routes.HOOK.format(key=made.token.key)
    return Secrets(made.token.name, made.secret, hook if may_hook else "", made.signing_secret if may_hook else "")


def _fetch(actor: Actor) -> list[IntegrationLine]:
    with database.reading() as session:
        return [_line(token, who, actor) for token, who in api_tokens.listing(session, actor)]


def _line(token: ApiToken, who: str, actor: Actor) -> IntegrationLine:
    made = text("made by {name}, {day}", name=who or "–", day=day(token.created_at, actor.language, actor.timezone))
    used = text("never used")
    if token.last_used_at is not None:
        used = text("last used {when}", when=spoken(token.last_used_at, actor.language, actor.timezone))
    scopes = (_said(label, actor) for key, label in api_tokens.SCOPES.items() if key.value in token.scopes)
    return IntegrationLine(str(token.id), token.name, " · ".join(scopes), _said(made, actor), _said(used, actor))


def _said(words: Text, actor: Actor) -> str:
    return locales.render(words, actor.language)
