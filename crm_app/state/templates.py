"""The templates: listed, made, removed and brought back."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import PUBLIC_LANGUAGES, text
from crm_app.models import Channel, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.messages import templates
from crm_app.state.guard import action
from crm_app.state.message_words import CHANNELS
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges
from crm_app.state.settings_words import id_of
from crm_app.state.undoing import Undoable


@dataclass
class TemplateLine:
    key: str = ""
    url: str = ""
    name: str = ""
    channel: str = ""
    icon: str = ""
    is_newsletter: bool = True
    languages: str = ""
    is_changeable: bool = True


class TemplateListState(SettingsChanges, Undoable, rx.State):
    lines: list[TemplateLine] = []
    asking: bool = False
    loaded: bool = False

    @action(permission=Permission.MESSAGES)
    async def load(self):
        self.error, self.asking = "", False
        await self._show()
        self.loaded = True

    @action(permission=Permission.MESSAGES)
    async def ask(self):
        """Opens the form of a new one; closes it."""
        self.asking, self.error = not self.asking, ""

    @action(permission=Permission.MESSAGES)
    async def make(self, form: dict[str, Any]):
        """Makes it and opens it."""
        made: list[int] = []
        name, channel = str(form.get("name") or ""), str(form.get("channel") or "")
        wanted = Channel.SMS if channel == Channel.SMS else Channel.EMAIL
        is_newsletter = form.get("kind") == "newsletter"

        def verb(session: Session, actor: Actor) -> None:
            made.append(templates.add(session, actor, name, wanted, is_newsletter=is_newsletter).id or 0)

        if await self._did(verb):
            return rx.redirect(routes.template(made[0]))
        return None

    @action(permission=Permission.MESSAGES)
    async def remove(self, key: str):
        """It can be brought back from the message."""
        name = next((line.name for line in self.lines if line.key == key), "")
        if await self._do(lambda session, actor: templates.remove(session, actor, id_of(key))):
            await self._offer_undo(text("The template “{name}” is removed.", name=name), id_of(key))

    @action(permission=Permission.MESSAGES)
    async def take_back(self, message: int):
        """Brings back the template whose removal this message told of."""
        if back := self._way_back(message):
            await self._do(lambda session, actor: templates.bring_back(session, actor, int(back[0])))

    async def _show(self) -> None:
        self.lines = await asyncio.to_thread(_fetch, await current_actor(self))


def _fetch(actor: Actor) -> list[TemplateLine]:
    with database.reading() as session:
        return [
            TemplateLine(
                key=str(one.template.id),
                url=routes.template(one.template.id or 0),
                name=one.template.name,
                channel=locales.render(CHANNELS[Channel(one.template.channel)], actor.language),
                icon="mail" if one.template.channel == Channel.EMAIL else "message-square",
                is_newsletter=one.template.is_newsletter,
                languages=", ".join(PUBLIC_LANGUAGES.get(language, language) for language in one.languages),
                is_changeable=one.is_changeable,
            )
            for one in templates.listing(session, actor)
        ]
