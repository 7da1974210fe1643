"""What every settings page does with a change: carries it out, or says why not, and shows what there is then."""

import asyncio
from collections.abc import Callable
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import locales
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import CRMError
from crm_app.state.session import current_actor

Verb = Callable[[Session, Actor], Any]


class SettingsChanges(rx.State, mixin=True):
    """`error` is why the last change was refused."""

    error: str = ""

    async def _did(self, verb: Verb) -> bool:
        """False when it was refused, and why is shown."""
        actor, self.error = await current_actor(self), ""
        try:
            await asyncio.to_thread(_written, actor, verb)
        except CRMError as error:
            self.error = locales.render(error.message, actor.language)
            return False
        return True

    async def _do(self, verb: Verb) -> bool:
        """The same, and shows what there is then."""
        if not await self._did(verb):
            return False
        await self._show()
        return True

    async def _show(self) -> None:
        """Reads what the page shows."""
        raise NotImplementedError


def _written(actor: Actor, verb: Verb) -> None:
    with database.transaction() as session:
        verb(session, actor)
