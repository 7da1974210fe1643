"""The part of the integrations' page that lists who is told what happens here."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import locales
from crm_app.locales import Text, text
from crm_app.models import Permission, WebhookEvent
from crm_app.services import database, webhooks
from crm_app.services.actor import Actor
from crm_app.services.webhooks import Entry
from crm_app.state.choice import Choice
from crm_app.state.formats import spoken
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges
from crm_app.state.settings_words import id_of

NEW = "webhook"  # the key of the form, beside those of the integrations


@dataclass
class WebhookLine:
    key: str = ""
    url: str = ""
    events: str = ""
    told: str = ""


class SettingsWebhooksState(SettingsChanges, rx.State):
    """`editing` is NEW while the form is open; `removing` is asked about; `secret` is shown this once."""

    lines: list[WebhookLine] = []
    events: list[Choice] = []
    editing: str = ""
    removing: WebhookLine = WebhookLine()
    secret: str = ""
    loaded: bool = False

    @action(permission=Permission.SETTINGS)
    async def load(self):
        self.editing, self.removing, self.error, self.secret = "", WebhookLine(), "", ""
        language = (await current_actor(self)).language
        self.events = [Choice(event.value, locales.render(label, language)) for event, label in webhooks.EVENTS.items()]
        await self._show()
        self.loaded = True

    @action(permission=Permission.SETTINGS)
    async def edit(self, key: str):
        """Opens the form of a new one; closes it."""
        self.editing, self.removing, self.error, self.secret = key, WebhookLine(), "", ""

    @action(permission=Permission.SETTINGS)
    async def save(self, form: dict[str, Any]):
        """Makes it, and shows what signs its events."""
        url, events = str(form.get("url") or ""), [event.value for event in WebhookEvent if form.get(event.value)]
        shown: list[str] = []
        if await self._do(lambda session, actor: shown.append(_made(session, actor, url, events))):
            self.editing, self.secret = "", shown[0]

    @action(permission=Permission.SETTINGS)
    async def forget(self):
        """Closes the secret; nobody sees it again."""
        self.secret = ""

    @action(permission=Permission.SETTINGS)
    async def ask(self, key: str):
        """Asks before one goes; closes the question."""
        self.editing, self.error, self.secret = "", "", ""
        self.removing = next((line for line in self.lines if line.key == key), WebhookLine())

    @action(permission=Permission.SETTINGS)
    async def remove(self, form: dict[str, Any]):
        key = id_of(self.removing.key.removeprefix("w"))
        if await self._do(lambda session, actor: webhooks.remove(session, actor, key)):
            self.removing = WebhookLine()
            await say(self, text("The webhook is removed."))

    async def _show(self) -> None:
        self.lines = await asyncio.to_thread(_fetch, await current_actor(self))


def _made(session: Session, actor: Actor, url: str, events: list[str]) -> str:
    return webhooks.add(session, actor, url, events)[1]


def _fetch(actor: Actor) -> list[WebhookLine]:
    with database.reading() as session:
        return [_line(entry, actor) for entry in webhooks.listing(session, actor)]


def _line(entry: Entry, actor: Actor) -> WebhookLine:
    events = (_said(label, actor) for event, label in webhooks.EVENTS.items() if event.value in entry.webhook.events)
    told = _said(text("nothing was told yet"), actor)
    if entry.last is not None:
        when = spoken(entry.last.created_at, actor.language, actor.timezone)
        answer = locales.translate(actor.language, entry.last.answer or "–")
        told = _said(text("last answer, {when}: {answer}", answer=answer, when=when), actor)
    if entry.waiting:
        told += " · " + _said(text("waiting: {count}", count=entry.waiting), actor)
    if entry.given_up:
        told += " · " + _said(text("given up: {count}", count=entry.given_up), actor)
    return WebhookLine(f"w{entry.webhook.id}", entry.webhook.url, " · ".join(events), told)


def _said(words: Text, actor: Actor) -> str:
    return locales.render(words, actor.language)
