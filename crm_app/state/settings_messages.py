"""The settings page of messages: the mail server, the mailbox for returned mails, the service for text messages."""

import asyncio
from typing import Any

import reflex as rx

from crm_app import locales
from crm_app.locales import Text, ntext, text
from crm_app.models import MailServer, Permission
from crm_app.models.base import now
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, Invalid
from crm_app.services.messages import bounce_mailbox, bounces, outbox, server, trial
from crm_app.state.formats import spoken
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor

FIELDS = ("host", "port", "security", "username", "from_name", "from_address", "reply_to", "imprint", "per_minute")
SECRETS = ("password", "bounce_password", "sms_url")


class SettingsMessagesState(rx.State):
    """Secrets never come back: `has_password`, `has_bounce_password` and `has_sms` say that there is one."""

    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    has_password: bool = False
    has_bounce_password: bool = False
    has_sms: bool = False
    tracks: bool = False
    is_set: bool = False
    has_mailbox: bool = False
    waiting: int = 0
    problem: str = ""
    tested: str = ""
    test_failed: bool = False
    testing: bool = False
    bounce_problem: str = ""
    looked: str = ""
    look_failed: bool = False
    looking: bool = False
    loaded: bool = False
    key: int = 0

    @action(permission=Permission.SETTINGS)
    async def load(self):
        self.errors, self.tested, self.looked = {}, "", ""
        await self._show()
        self.loaded = True

    @action(permission=Permission.SETTINGS)
    async def save(self, form: dict[str, Any]):
        actor = await current_actor(self)
        typed = {name: str(form.get(name) or "") for name in (*FIELDS, *bounce_mailbox.FIELDS)}
        secrets = {name: str(form.get(name) or "") for name in SECRETS}
        try:
            await asyncio.to_thread(_change, actor, typed, secrets, bool(form.get("tracks")))
        except Invalid as error:
            self.errors = {error.field: locales.render(error.message, actor.language)}
            return rx.set_focus(f"server-{error.field}")
        except CRMError as error:
            self.errors = {"": locales.render(error.message, actor.language)}
            return None
        self.errors, self.tested, self.looked = {}, "", ""
        await self._show()
        await say(self, text("The settings are saved."))
        return rx.set_focus("save-server")

    @action(permission=Permission.SETTINGS)
    async def test(self):
        """Sends a mail to the user at once and says what came of it."""
        actor = await current_actor(self)
        self.testing, self.tested = True, ""
        yield
        said, self.test_failed = await asyncio.to_thread(_test, actor)
        self.tested, self.testing = locales.render(said, actor.language), False

    @action(permission=Permission.SETTINGS)
    async def look(self):
        """Looks for returned mails at once and says what came of it."""
        actor = await current_actor(self)
        self.looking, self.looked = True, ""
        yield
        said, self.look_failed = await asyncio.to_thread(_look, actor)
        self.looked, self.looking = locales.render(said, actor.language), False
        self.bounce_problem = ""

    @action(permission=Permission.SETTINGS)
    async def forget_sms(self):
        await asyncio.to_thread(_forget_sms, await current_actor(self))
        await self._show()

    async def _show(self) -> None:
        actor = await current_actor(self)
        found, self.waiting = await asyncio.to_thread(_stored)
        self.values = {name: str(getattr(found, name)) for name in (*FIELDS, *bounce_mailbox.FIELDS)}
        self.tracks = found.tracks
        self.has_password, self.has_sms = bool(found.password), bool(found.sms_url)
        self.has_bounce_password = bool(found.bounce_password)
        self.is_set, self.has_mailbox = server.is_set(found), bounce_mailbox.is_set(found)
        self.problem = ""
        if found.problem is not None and found.problem_at is not None:
            when = spoken(found.problem_at, actor.language, actor.timezone)
            self.problem = f"{locales.render(Text.from_json(found.problem), actor.language)} ({when})"
        self.bounce_problem = ""
        if found.bounce_problem is not None:
            self.bounce_problem = locales.render(Text.from_json(found.bounce_problem), actor.language)
        self.key += 1


def _stored() -> tuple[MailServer, int]:
    with database.reading() as session:
        return server.current(session), outbox.waiting(session)


def _change(actor: Actor, typed: dict[str, str], secrets: dict[str, str], tracks: bool) -> None:
    with database.transaction() as session:
        secret = {name: secrets[name] for name in ("password", "sms_url")}
        server.change(session, actor, typed, tracks=tracks, **secret)
        bounce_mailbox.change(session, actor, typed, password=secrets["bounce_password"])


def _forget_sms(actor: Actor) -> None:
    with database.transaction() as session:
        server.forget_sms(session, actor)


def _test(actor: Actor) -> tuple[Text, bool]:
    """What came of it, and whether it failed."""
    at = now()
    try:
        with database.reading() as session:
            account, to, message, composed, here = trial.letter(session, actor)
        trial.send(account, to, message, composed, here, at=at)
    except CRMError as error:
        return error.message, True
    return text("The mail server took a message to {address}. Look whether it arrives.", address=to), False


def _look(actor: Actor) -> tuple[Text, bool]:
    """What came of it, and whether it failed."""
    try:
        look = bounces.look_now(actor)
    except CRMError as error:
        return error.message, True
    if look.problem is not None:
        return look.problem, True
    n = look.failed + look.complaints
    if look.is_more:
        found = ntext(
            "{n} message came back so far; the rest is looked at by itself.",
            "{n} messages came back so far; the rest is looked at by itself.",
            n,
        )
    else:
        found = ntext(
            "The mailbox can be read: {n} message came back since the last look.",
            "The mailbox can be read: {n} messages came back since the last look.",
            n,
        )
    return found, False
