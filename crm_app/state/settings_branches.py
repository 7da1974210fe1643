"""The settings page of the branches, and the form that makes the second one."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.locales import text
from crm_app.models import MAIN_BRANCH, Permission
from crm_app.services import branches, database
from crm_app.services.actor import Actor
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges
from crm_app.state.settings_words import id_of


@dataclass
class BranchLine:
    key: str
    name: str
    is_head_office: bool  # and called otherwise


class SettingsBranchesState(SettingsChanges, rx.State):
    """`editing` is the key of the branch whose form is open, "new" for a new one."""

    lines: list[BranchLine] = []
    editing: str = ""
    may_add: bool = False  # the head office decides
    loaded: bool = False

    @action(permission=Permission.SETTINGS)
    async def load(self):
        """The branches; while there is one alone, nothing of them is shown."""
        self.editing, self.error = "", ""
        await self._show()
        self.loaded = True
        return rx.redirect(routes.SETTINGS) if len(self.lines) < 2 else None

    @action(permission=None)
    async def offer(self):
        """Whether the user may add the second branch; asked by the settings."""
        self.editing, self.error = "", ""
        await self._show()

    @action(permission=Permission.SETTINGS)
    async def edit(self, key: str):
        """Opens the form of a branch, or of a new one; closes it."""
        self.editing, self.error = key, ""

    @action(permission=Permission.SETTINGS)
    async def save(self, form: dict[str, Any]):
        key, name = self.editing, str(form.get("name") or "")
        was = len(self.lines)

        def write(session: Any, actor: Actor) -> None:
            if key == "new":
                branches.add(session, actor, name)
            else:
                branches.rename(session, actor, id_of(key), name)

        if not await self._do(write):
            return None
        self.editing = ""
        await say(self, text("The branch “{name}” is saved.", name=" ".join(name.split())))
        return rx.redirect(routes.BRANCHES) if was < 2 else None

    async def _show(self) -> None:
        actor = await current_actor(self)
        self.may_add = actor.is_head_office and actor.may(Permission.SETTINGS)
        self.lines = await asyncio.to_thread(_fetch, actor) if self.may_add else []


def _fetch(actor: Actor) -> list[BranchLine]:
    with database.reading() as session:
        return [
            BranchLine(str(one.id), branches.name_of(one, actor), one.id == MAIN_BRANCH and one.name != "")
            for one in branches.listing(session, actor)
        ]
