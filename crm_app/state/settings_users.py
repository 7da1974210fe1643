"""The settings page of the accounts."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import locales
from crm_app.locales import Text, ntext, text
from crm_app.models import Permission
from crm_app.services import account_links, database, devices, installation, people, roles, second_factor, teams, users
from crm_app.services.account_links import Made
from crm_app.services.actor import Actor
from crm_app.services.people import Person
from crm_app.state.choice import Choice
from crm_app.state.devices import DeviceLine
from crm_app.state.devices import lines as device_lines
from crm_app.state.formats import exact, spoken
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import signed_in
from crm_app.state.settings_changes import SettingsChanges
from crm_app.state.settings_words import id_of
from crm_app.state.undoing import Undoable


@dataclass
class UserLine:
    key: str = ""
    name: str = ""
    email: str = ""
    role: str = ""  # its key
    role_name: str = ""
    team: str = ""  # its key
    belongs: str = ""  # team and branch
    last: str = ""
    exact: str = ""
    has_second_factor: bool = False
    has_password: bool = False
    is_active: bool = True
    is_self: bool = False
    may_change: bool = False


@dataclass
class Link:
    """A link just made: shown this once."""

    name: str = ""
    url: str = ""
    is_mailed: bool = False
    is_invitation: bool = False


class SettingsUsersState(SettingsChanges, Undoable, rx.State):
    """`editing` is "new" while somebody is invited, else whose form is open; `removing` is about to be disabled."""

    lines: list[UserLine] = []
    roles: list[Choice] = []  # that may be given
    teams: list[Choice] = []
    language: str = "en"  # of new colleagues
    editing: str = ""
    removing: UserLine = UserLine()
    devices: list[DeviceLine] = []  # of the account whose form is open
    link: Link = Link()
    loaded: bool = False

    @action(permission=Permission.USERS)
    async def load(self):
        self.editing, self.removing, self.link, self.error, self.devices = "", UserLine(), Link(), "", []
        await self._show()
        self.loaded = True

    @action(permission=Permission.USERS)
    async def edit(self, key: str):
        """Opens the form of an account, or of a new one; closes it."""
        self.editing, self.removing, self.link, self.error = key, UserLine(), Link(), ""
        await self._show()

    @action(permission=Permission.USERS)
    async def save(self, form: dict[str, Any]):
        typed = {name: str(form.get(name) or "") for name in ("name", "email", "role", "team", "language")}
        if self.editing == "new":
            await self._made(lambda session, actor: _invited(session, actor, typed, self._ip()), is_invitation=True)
            return
        key = id_of(self.editing)
        if await self._did(lambda session, actor: _changed(session, actor, key, typed, self._ip())):
            self.editing = ""
            await self._show()
            await say(self, text("The account of {name} is saved.", name=typed["name"]))

    @action(permission=Permission.USERS)
    async def make_link(self, key: str):
        """Makes a link to a new password, or to the first one, and shows it this once."""
        line = self._line(key)
        await self._made(
            lambda session, actor: account_links.make(session, actor, id_of(key), ip=self._ip()),
            is_invitation=not line.has_password,
        )

    @action(permission=Permission.USERS)
    async def forget(self):
        """Closes the link; nobody sees it again."""
        self.link = Link()

    @action(permission=Permission.USERS)
    async def ask(self, key: str):
        """Asks before an account is disabled; closes the question."""
        self.editing, self.error, self.link = "", "", Link()
        self.removing = self._line(key)

    @action(permission=Permission.USERS)
    async def remove(self, form: dict[str, Any]):
        """Disables the account that is asked about."""
        key, name = id_of(self.removing.key), self.removing.name
        if await self._do(lambda session, actor: users.disable(session, actor, key, ip=self._ip())):
            self.removing = UserLine()
            await self._offer_undo(text("{name} is signed out and cannot sign in any more.", name=name), key)

    @action(permission=Permission.USERS)
    async def take_back(self, message: int):
        """Enables again who was just disabled."""
        for key in self._way_back(message):
            await self._enable(key)

    @action(permission=Permission.USERS)
    async def enable(self, key: str):
        await self._enable(id_of(key))

    @action(permission=Permission.USERS)
    async def switch_off_factor(self, key: str):
        """For who lost the device; the password stays."""
        if await self._do(lambda session, actor: second_factor.switch_off(session, actor, id_of(key), ip=self._ip())):
            await say(self, text("{name} signs in with the password alone.", name=self._line(key).name))

    @action(permission=Permission.USERS)
    async def end_device(self, session_id: int):
        key = id_of(self.editing)
        if await self._do(lambda session, actor: devices.end(session, actor, key, session_id, ip=self._ip())):
            await say(self, text("The device is signed out."))

    @action(permission=Permission.USERS)
    async def end_devices(self):
        """Signs the account out everywhere; on the own one, everywhere else."""
        key, here, ended = id_of(self.editing), (await signed_in(self)).session_id, []
        if await self._do(
            lambda session, actor: ended.append(
                devices.end_all(session, actor, key, but=here if key == actor.user_id else None, ip=self._ip())
            )
        ):
            await say(self, signed_out(ended[0]))

    async def _enable(self, key: int) -> None:
        if await self._do(lambda session, actor: users.enable(session, actor, key, ip=self._ip())):
            await say(self, text("{name} can sign in again.", name=self._line(str(key)).name))
        else:
            await say(self, Text(self.error), "error")

    async def _made(self, verb: Any, *, is_invitation: bool) -> None:
        made: list[Made] = []
        if await self._did(lambda session, actor: made.append(verb(session, actor))):
            one = made[0]
            self.editing, self.link = "", Link(one.user.name, one.url, one.is_mailed, is_invitation)
            await self._show()

    def _line(self, key: str) -> UserLine:
        return next((line for line in self.lines if line.key == key), UserLine())

    def _ip(self) -> str:
        return self.router.session.client_ip

    async def _show(self) -> None:
        found = await signed_in(self)
        self.lines, self.roles, self.teams, self.language = await asyncio.to_thread(_fetch, found.actor)
        line = self._line(self.editing)
        shows_devices = line.may_change or line.is_self
        self.devices = (
            await asyncio.to_thread(_devices, found.actor, id_of(line.key), found.session_id) if shows_devices else []
        )


def signed_out(devices: int) -> Text:
    """What is said once devices are signed out."""
    return ntext("Signed out on {n} device.", "Signed out on {n} devices.", devices)


def _invited(session: Session, actor: Actor, typed: dict[str, str], ip: str) -> Made:
    made = account_links.invite(
        session,
        actor,
        email=typed["email"],
        name=typed["name"],
        role=typed["role"],
        language=typed["language"],
        ip=ip,
    )
    if team := id_of(typed["team"]):
        users.set_team(session, actor, made.user.id or 0, team)
    return made


def _changed(session: Session, actor: Actor, key: int, typed: dict[str, str], ip: str) -> None:
    users.rename(session, actor, key, typed["name"])
    if typed["role"]:  # one's own stays as it is
        users.set_team(session, actor, key, id_of(typed["team"]) or None)
        users.change_role(session, actor, key, to=typed["role"], ip=ip)


def _fetch(actor: Actor) -> tuple[list[UserLine], list[Choice], list[Choice], str]:
    with database.reading() as session:
        given = [Choice(role.key, roles.name_of(role, actor.language)) for role in roles.grantable(session, actor)]
        known = [Choice(str(entry.team.id), entry.team.name) for entry in teams.listing(session, actor)]
        lines = [_line(one, actor) for one in people.listing(session, actor)]
        return lines, given, known, installation.current(session).language


def _devices(actor: Actor, user_id: int, here: int) -> list[DeviceLine]:
    with database.reading() as session:
        return device_lines(session, actor, user_id, here)


def _line(one: Person, actor: Actor) -> UserLine:
    user, last = one.user, one.last_at
    told = text("never signed in")
    if last is not None:
        told = text("last sign-in {when}", when=spoken(last, actor.language, actor.timezone))
    return UserLine(
        key=str(user.id),
        name=user.name,
        email=user.email,
        role=one.role.key,
        role_name=roles.name_of(one.role, actor.language),
        team=str(user.team_id or ""),
        belongs=" · ".join(part for part in (one.team, one.branch) if part),
        last=locales.render(told, actor.language),
        exact=exact(last, actor.language, actor.timezone) if last else "",
        has_second_factor=user.has_second_factor,
        has_password=user.password_hash is not None,
        is_active=user.active,
        is_self=user.id == actor.user_id,
        may_change=one.is_below,
    )
