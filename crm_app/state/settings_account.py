"""The settings page of one's own account: password, second factor, devices."""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx
from sqlmodel import Session

from crm_app import locales
from crm_app.locales import text
from crm_app.models import User
from crm_app.services import database, devices, second_factor, users
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, Invalid
from crm_app.state.devices import DeviceLine
from crm_app.state.devices import lines as device_lines
from crm_app.state.formats import day
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import signed_in
from crm_app.state.settings_users import signed_out

_NOT_EQUAL = text("The two passwords are not the same. Type both again.")


@dataclass
class SecondFactor:
    """How the account stands; `secret` and `picture` are there while it is being set up."""

    is_on: bool = False
    since: str = ""
    codes_left: int = 0
    secret: str = ""
    picture: str = ""


class SettingsAccountState(rx.State):
    """`open` is the form that is open; `codes` are recovery codes just made, shown this once."""

    email: str = ""
    factor: SecondFactor = SecondFactor()
    codes: list[str] = []
    devices: list[DeviceLine] = []
    open: str = ""
    errors: dict[str, str] = {}
    loaded: bool = False

    @action(permission=None)
    async def load(self):
        self.open, self.codes, self.errors, self.factor = "", [], {}, SecondFactor()
        await self._show()
        self.loaded = True

    @action(permission=None)
    async def show(self, form: Literal["", "password", "begin", "off", "renew"]):
        """Opens a form; closes it, and a set-up that was begun with it."""
        self.open, self.codes, self.errors = form, [], {}
        self.factor.secret = self.factor.picture = ""

    @action(permission=None)
    async def change_password(self, form: dict[str, Any]):
        new, here = str(form.get("new") or ""), (await signed_in(self)).session_id
        if new != str(form.get("repeat") or ""):
            self.errors = {"repeat": locales.render(_NOT_EQUAL, (await signed_in(self)).actor.language)}
            return
        if await self._did(
            lambda session, actor: users.change_own_password(
                session, actor, current=str(form.get("current") or ""), new=new, keep_session=here, ip=self._ip()
            )
        ):
            self.open = ""
            await say(self, text("Your password is changed, and every other device is signed out."))

    @action(permission=None)
    async def begin(self, form: dict[str, Any]):
        """Shows what the authenticator app needs, once the password is right."""
        password, made = str(form.get("password") or ""), []
        if await self._did(lambda session, actor: made.append(second_factor.begin(session, actor, password))):
            self.factor.secret, self.factor.picture = made[0].secret, made[0].picture
            self.open = "confirm"

    @action(permission=None)
    async def confirm(self, form: dict[str, Any]):
        """Switches it on with a first code, and shows the recovery codes."""
        await self._show_codes(
            lambda session, actor: second_factor.confirm(session, actor, str(form.get("code") or ""), ip=self._ip())
        )

    @action(permission=None)
    async def renew(self, form: dict[str, Any]):
        password, code = str(form.get("password") or ""), str(form.get("code") or "")
        await self._show_codes(
            lambda session, actor: second_factor.renew_codes(
                session, actor, password=password, code=code, ip=self._ip()
            )
        )

    @action(permission=None)
    async def switch_off(self, form: dict[str, Any]):
        password, code = str(form.get("password") or ""), str(form.get("code") or "")
        if await self._did(
            lambda session, actor: second_factor.switch_off_own(
                session, actor, password=password, code=code, ip=self._ip()
            )
        ):
            self.open = ""
            await say(self, text("You sign in with your password alone from now on."))

    @action(permission=None)
    async def end_device(self, session_id: int):
        if await self._did(lambda session, actor: devices.end(session, actor, actor.user_id or 0, session_id)):
            await say(self, text("The device is signed out."))

    @action(permission=None)
    async def end_devices(self):
        """Everywhere but here."""
        here, ended = (await signed_in(self)).session_id, []
        if await self._did(
            lambda session, actor: ended.append(
                devices.end_all(session, actor, actor.user_id or 0, but=here, ip=self._ip())
            )
        ):
            await say(self, signed_out(ended[0]))

    async def _show_codes(self, verb: Any) -> None:
        made: list[list[str]] = []
        if await self._did(lambda session, actor: made.append(verb(session, actor))):
            self.codes, self.open = made[0], ""

    async def _did(self, verb: Any) -> bool:
        """Carries it out and shows what there is then; False when it was refused, and why is shown at its field."""
        actor, self.errors = (await signed_in(self)).actor, {}
        try:
            await asyncio.to_thread(_written, actor, verb)
        except CRMError as error:
            field = error.field if isinstance(error, Invalid) else ""
            self.errors = {field: locales.render(error.message, actor.language)}
            return False
        await self._show()
        return True

    def _ip(self) -> str:
        return self.router.session.client_ip

    async def _show(self) -> None:
        found = await signed_in(self)
        self.email = found.user.email
        self.factor, self.devices = await asyncio.to_thread(_fetch, found.actor, found.session_id)


def _written(actor: Actor, verb: Any) -> None:
    with database.transaction() as session:
        verb(session, actor)


def _fetch(actor: Actor, here: int) -> tuple[SecondFactor, list[DeviceLine]]:
    with database.reading() as session:
        lines = device_lines(session, actor, actor.user_id or 0, here)
        return _factor(session, actor), lines


def _factor(session: Session, actor: Actor) -> SecondFactor:
    user = session.get_one(User, actor.user_id)
    if user.totp_at is None:
        return SecondFactor()
    since = day(user.totp_at, actor.language, actor.timezone)
    return SecondFactor(True, since, second_factor.codes_left(session, user.id or 0))
