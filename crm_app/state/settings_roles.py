"""The settings page of roles."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import locales
from crm_app.locales import text
from crm_app.models import Permission, Sight
from crm_app.services import database, roles
from crm_app.services.actor import Actor
from crm_app.services.permission_words import PERMISSIONS, SIGHTS
from crm_app.services.roles import Entry
from crm_app.state.choice import Choice
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_changes import SettingsChanges


@dataclass
class RoleLine:
    """`permissions` are keys; `above` is the role right below it."""

    key: str = ""
    name: str = ""
    sight: str = ""
    sees: str = ""
    above: str = ""
    people: int = 0
    is_own: bool = False  # the installation's, not built in
    may_change: bool = False
    permissions: list[str] = field(default_factory=list)


@dataclass
class PermissionLine:
    key: str
    name: str
    meaning: str
    may_give: bool


class SettingsRolesState(SettingsChanges, rx.State):
    """`shown` is the role a phone shows; `editing` and `removing` as on the other pages of the settings."""

    lines: list[RoleLine] = []
    permissions: list[PermissionLine] = []
    places: list[Choice] = []  # roles another one may rank above
    sights: list[Choice] = []
    shown: RoleLine = RoleLine()
    editing: str = ""
    removing: RoleLine = RoleLine()
    loaded: bool = False

    @action(permission=Permission.USERS)
    async def load(self):
        self.editing, self.removing, self.error = "", RoleLine(), ""
        await self._show()
        self.loaded = True

    @action(permission=Permission.USERS)
    async def show(self, key: str):
        """Chooses the role a phone shows."""
        self.shown = self._line(key)

    @action(permission=Permission.USERS)
    async def edit(self, key: str):
        """Opens the form of a role, or of a new one; closes it."""
        self.editing, self.removing, self.error = key, RoleLine(), ""

    @action(permission=Permission.USERS)
    async def save(self, form: dict[str, Any]):
        key, name = self.editing, str(form.get("name") or "")
        if await self._do(lambda session, actor: _save(session, actor, key, form)):
            self.editing = ""
            await say(self, text("The role “{name}” is saved.", name=name))

    @action(permission=Permission.USERS)
    async def ask(self, key: str):
        """Asks before a role goes; closes the question."""
        self.editing, self.error = "", ""
        self.removing = self._line(key)

    @action(permission=Permission.USERS)
    async def remove(self, form: dict[str, Any]):
        key, name = self.removing.key, self.removing.name
        if await self._do(lambda session, actor: roles.remove(session, actor, key)):
            self.removing = RoleLine()
            await say(self, text("The role “{name}” is removed.", name=name))

    def _line(self, key: str) -> RoleLine:
        return next((line for line in self.lines if line.key == key), RoleLine())

    async def _show(self) -> None:
        actor = await current_actor(self)
        self.lines, self.permissions = await asyncio.to_thread(_fetch, actor)
        self.places = [Choice(one.key, one.name) for one in self.lines if one.key != roles.ADMIN]
        self.sights = [Choice(key.value, locales.render(label, actor.language)) for key, label in SIGHTS.items()]
        self.shown = self._line(self.shown.key) if self._line(self.shown.key).key else self.lines[0]


def _save(session: Session, actor: Actor, key: str, form: dict[str, Any]) -> None:
    name, sight = str(form.get("name") or ""), str(form.get("sight") or "")
    if key == "new":
        roles.add(session, actor, name, copy_of=str(form.get("copy_of") or ""))
        return
    roles.change(
        session,
        actor,
        key,
        name=name,
        permissions=[one for one in Permission if form.get(f"may-{one.value}")],
        sight=Sight(sight) if sight in set(Sight) else Sight.OWN,
        above=str(form.get("above") or ""),
    )


def _fetch(actor: Actor) -> tuple[list[RoleLine], list[PermissionLine]]:
    with database.reading() as session:
        entries = roles.listing(session, actor)
    lines = [_line(one, below, actor) for one, below in zip(entries, [*entries[1:], None], strict=True)]
    permissions = [
        PermissionLine(
            key.value,
            locales.render(name, actor.language),
            locales.render(meaning, actor.language),
            actor.may(key),
        )
        for key, (name, meaning) in PERMISSIONS.items()
    ]
    return lines, permissions


def _line(entry: Entry, below: Entry | None, actor: Actor) -> RoleLine:
    role = entry.role
    return RoleLine(
        key=role.key,
        name=roles.name_of(role, actor.language),
        sight=role.sight,
        sees=locales.render(SIGHTS[Sight(role.sight)], actor.language),
        above=below.role.key if below is not None else "",
        people=entry.people,
        is_own=not entry.is_built_in,
        may_change=entry.is_below and not entry.is_built_in,
        permissions=[one.value for one in Permission if one.value in role.permissions],
    )
