"""The teams, on the settings page of roles."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import database, teams
from crm_app.services.actor import Actor
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges
from crm_app.state.settings_words import id_of

NEW_TEAM = "team"  # the key of the form, beside those of the roles


@dataclass
class TeamLine:
    key: str = ""
    name: str = ""
    people: int = 0


class SettingsTeamsState(SettingsChanges, rx.State):
    """The teams, below the roles. The form of a new one is called "team"."""

    lines: list[TeamLine] = []
    editing: str = ""
    removing: TeamLine = TeamLine()
    loaded: bool = False

    @action(permission=Permission.USERS)
    async def load(self):
        self.editing, self.removing, self.error = "", TeamLine(), ""
        await self._show()
        self.loaded = True

    @action(permission=Permission.USERS)
    async def edit(self, key: str):
        """Opens the form of a team, or of a new one; closes it."""
        self.editing, self.removing, self.error = key, TeamLine(), ""

    @action(permission=Permission.USERS)
    async def save(self, form: dict[str, Any]):
        key, name = self.editing, str(form.get("name") or "")
        if await self._do(lambda session, actor: _save_team(session, actor, key, name)):
            self.editing = ""
            await say(self, text("The team “{name}” is saved.", name=name))

    @action(permission=Permission.USERS)
    async def ask(self, key: str):
        """Asks before a team goes; closes the question."""
        self.editing, self.error = "", ""
        self.removing = next((line for line in self.lines if line.key == key), TeamLine())

    @action(permission=Permission.USERS)
    async def remove(self, form: dict[str, Any]):
        key, name = _team_id(self.removing.key), self.removing.name
        if await self._do(lambda session, actor: teams.remove(session, actor, key)):
            self.removing = TeamLine()
            await say(self, text("The team “{name}” is removed.", name=name))

    async def _show(self) -> None:
        self.lines = await asyncio.to_thread(_fetch_teams, await current_actor(self))


def _save_team(session: Session, actor: Actor, key: str, name: str) -> None:
    if key == NEW_TEAM:
        teams.add(session, actor, name)
    else:
        teams.rename(session, actor, _team_id(key), name)


def _team_id(key: str) -> int:
    return id_of(key.removeprefix("t"))


def _fetch_teams(actor: Actor) -> list[TeamLine]:
    with database.reading() as session:
        return [TeamLine(f"t{one.team.id}", one.team.name, one.people) for one in teams.listing(session, actor)]
