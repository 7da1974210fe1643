"""A state with handlers of every kind the guard meets, and a stand-in for the app with the guard in front."""

import asyncio
from types import SimpleNamespace
from typing import Any, Literal

import reflex as rx
from reflex.app_mixins.middleware import MiddlewareMixin

from crm_app.locales import Text
from crm_app.models import Permission, User
from crm_app.services import database, sessions
from crm_app.services.actor import Actor
from crm_app.state.guard import Guard, action
from crm_app.state.session import current_actor

CANARY = "canary-7f3a"


class Mixin(rx.State, mixin=True):
    @action(permission=Permission.CONTACTS_READ)
    def shared(self):
        self.text = "shared"


class SampleState(Mixin, rx.State):
    """Handlers of every kind the guard meets."""

    text: str = ""
    number: int = 0
    steps: int = 0
    _seen: Any = None

    @action(permission=None)
    def hello(self, text: str = "hello"):
        self.text = text

    @action(permission=Permission.CONTACTS_EDIT)
    def edit(self, text: str, number: int = 0, kind: Literal["a", "b"] = "a"):
        self.text, self.number = text, number

    @action(permission=Permission.CONTACTS_EDIT)
    def save(self, form: dict[str, Any]):
        self.text = str(sorted(form.items()))

    @action(permission=Permission.USERS)
    async def administer(self):
        self.text = CANARY

    @action(permission=None)
    def forward(self):
        return SampleState.administer

    @action(permission=None)
    def chain(self):
        return [SampleState.edit("chained", 3), SampleState.save({"a": [1, None]})]

    @action(permission=None)
    async def who(self):
        self.text = (await current_actor(self)).name

    @action(permission=None, background=True)
    async def work(self):
        while True:
            async with self:
                self.steps += 1
            await asyncio.sleep(0.001)

    @rx.event
    def forgotten(self):
        self.text = CANARY

    def undecorated(self):
        self.text = CANARY

    def set_text(self, value: str):
        self.text = value


class Front(MiddlewareMixin):
    """Stands for the app: the guard in front, and the message it shows."""

    def __init__(self) -> None:
        self._middlewares = []
        self.event_processor = SimpleNamespace(_tasks={}, _futures={})
        self.refusals: list[tuple[str, str]] = []
        self.guard = Guard(self._show)
        self.add_middleware(self.guard)

    async def _show(self, state: Any, message: Text, language: str) -> None:
        self.refusals.append((message.msgid, language))


def cookie_of(actor: Actor) -> str:
    with database.transaction() as session:
        return "session=" + sessions.start(session, session.get_one(User, actor.user_id))
