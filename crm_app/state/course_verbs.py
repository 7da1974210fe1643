"""What the pages of courses do with a change: carry it out, or show why not."""

import asyncio
from collections.abc import Callable
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import locales
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError, Invalid
from crm_app.state.messages import say
from crm_app.state.session import current_actor

Verb = Callable[[Session, Actor], Any]


class CourseVerbs(rx.State, mixin=True):
    """`errors` are why a form was refused, by field; "" is the whole. `turn` grows with each form that opens."""

    errors: dict[str, str] = {}
    turn: int = 0

    async def _saved(self, verb: Verb) -> Any:
        """What the verb of a form returns; None when it was refused, and the form shows why."""
        actor, self.errors = await current_actor(self), {}
        try:
            return await asyncio.to_thread(_written, actor, verb)
        except Invalid as error:
            self.errors = {error.field: locales.render(error.message, actor.language)}
        except CRMError as error:
            self.errors = {"": locales.render(error.message, actor.language)}
        return None

    async def _did(self, verb: Verb) -> Any:
        """What the verb of a button returns; None when it was refused, and why is said."""
        try:
            return await asyncio.to_thread(_written, await current_actor(self), verb)
        except CRMError as error:
            await say(self, error.message, "error")
            return None

    def _begin(self) -> None:
        """A form opens."""
        self.errors, self.turn = {}, self.turn + 1


def _written(actor: Actor, verb: Verb) -> Any:
    with database.transaction() as session:
        return verb(session, actor)
