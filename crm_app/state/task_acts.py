"""What is done to tasks wherever they are shown; the page they stand on is loaded again afterwards."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Literal

import reflex as rx
from sqlmodel import Session

from crm_app.locales import ntext, text
from crm_app.models import Permission
from crm_app.services import database, events, installation, local_time, tasks
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, CRMError
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import RELOADS, current_actor
from crm_app.state.undoing import Undoable


def _put_back(session: Session, actor: Actor, before: dict[int, date], moved_to: date) -> None:
    """What somebody moved on since stays where it is."""
    for task_id, day in before.items():
        if tasks.get(session, actor, task_id).due_day == moved_to:
            tasks.reschedule(session, actor, [task_id], day)


def _move_back(session: Session, actor: Actor, event_id: int, before: date, moved_to: date) -> None:
    if events.get(session, actor, event_id).starts_on != moved_to:
        raise Conflict(text("Somebody changed it meanwhile. It stays as it is."))
    events.move(session, actor, event_id, before)


Verb = Callable[[Session, Actor], Any]
WAYS_BACK: dict[str, Callable[..., Any]] = {
    "done": tasks.done,
    "reopen": tasks.reopen,
    "move": _move_back,
    "put_back": _put_back,
}


class TaskActState(Undoable, rx.State):
    """`ticked` are the tasks that are put off together."""

    ticked: list[int] = []

    @action(permission=Permission.CONTACTS_EDIT)
    async def done(self, task_id: int):
        """Finished with one touch."""
        found = await self._do(lambda session, actor: tasks.done(session, actor, task_id).title)
        if found is not None:
            await self._offer_undo(text("Done: {title}", title=found), "reopen", task_id)
            self.ticked = [one for one in self.ticked if one != task_id]
        return self._reload()

    @action(permission=Permission.CONTACTS_EDIT)
    async def reopen(self, task_id: int):
        found = await self._do(lambda session, actor: tasks.reopen(session, actor, task_id).title)
        if found is not None:
            await self._offer_undo(text("Open again: {title}", title=found), "done", task_id)
        return self._reload()

    @action(permission=Permission.CONTACTS_EDIT)
    async def tick(self, task_id: int):
        """Ticks a task, or takes the tick away."""
        others = [one for one in self.ticked if one != task_id]
        self.ticked = others if len(others) < len(self.ticked) else [*others, task_id]

    @action(permission=Permission.CONTACTS_EDIT)
    async def tick_none(self):
        self.ticked = []

    @action(permission=Permission.CONTACTS_EDIT)
    async def put_off_by(self, days: Literal[0, 1, 7]):
        """The ticked ones: to today, tomorrow, or in a week."""
        actor = await current_actor(self)
        today = await asyncio.to_thread(_today)
        return await self._put_off(actor, self.ticked, today + timedelta(days=days))

    @action(permission=Permission.CONTACTS_EDIT)
    async def put_off_to(self, form: dict[str, Any]):
        """The ticked ones, to the day that was chosen."""
        actor = await current_actor(self)
        try:
            day = date.fromisoformat(str(form.get("day") or ""))
        except ValueError:
            await say(self, text("Choose a day."), "error")
            return None
        return await self._put_off(actor, self.ticked, day)

    @action(permission=Permission.CONTACTS_EDIT)
    async def move(self, kind: Literal["task", "event"], id: int, day: str):
        """One task or event, to another day of the calendar."""
        actor = await current_actor(self)
        try:
            wanted = date.fromisoformat(day)
        except ValueError:
            return None
        if kind == "task":
            return await self._put_off(actor, [id], wanted)
        before = await self._do(lambda session, actor: events.move(session, actor, id, wanted))
        if before is not None and before != wanted:
            await self._offer_undo(text("Moved to another day."), "move", id, before, wanted)
        return self._reload()

    @action(permission=Permission.CONTACTS_EDIT)
    async def take_back(self, message: int):
        """The act a message told of."""
        verb, *given = self._way_back(message) or ("",)
        if not verb:
            return None
        await self._do(lambda session, actor: WAYS_BACK[verb](session, actor, *given))
        return self._reload()

    async def _put_off(self, actor: Actor, ids: list[int], day: date) -> Any:
        before = await self._do(lambda session, actor: tasks.reschedule(session, actor, ids, day))
        if before:
            self.ticked = []
            message = ntext("{n} task put off.", "{n} tasks put off.", len(before))
            await self._offer_undo(message, "put_back", before, day)
        return self._reload()

    async def _do(self, verb: Verb) -> Any:
        """What the verb returns; None when it was refused, and why is said."""
        actor = await current_actor(self)
        try:
            return await asyncio.to_thread(_written, actor, verb)
        except CRMError as error:
            await say(self, error.message, "error")
            return None

    def _reload(self) -> Any:
        return RELOADS.get(self.router.route_id)


def _today() -> date:
    with database.reading() as session:
        return local_time.today(installation.current(session).timezone)


def _written(actor: Actor, verb: Verb) -> Any:
    with database.transaction() as session:
        return verb(session, actor)
