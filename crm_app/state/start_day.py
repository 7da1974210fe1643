"""What the user has to do today, on the start page."""

import asyncio

import reflex as rx

from crm_app.models import Permission
from crm_app.services import database, events, tasks
from crm_app.services.actor import Actor
from crm_app.services.tasks import Due
from crm_app.state.guard import action
from crm_app.state.planned_view import EventLine, Planner, TaskLine
from crm_app.state.session import current_actor

SHOWN = 8


class StartDayState(rx.State):
    """The first of what is overdue and due today, `more` of them behind the link, and today's events."""

    loaded: bool = False
    tasks: list[TaskLine] = []
    more: int = 0
    events: list[EventLine] = []
    may_edit: bool = False

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        actor = await current_actor(self)
        self.may_edit = actor.may(Permission.CONTACTS_EDIT)
        found, self.events = await asyncio.to_thread(_fetch, actor)
        self.tasks, self.more = found[:SHOWN], max(0, len(found) - SHOWN)
        self.loaded = True


def _fetch(actor: Actor) -> tuple[list[TaskLine], list[EventLine]]:
    with database.reading() as session:
        planner = Planner(session, actor)
        due = [planner.task(row) for row in tasks.mine(session, actor)]
        coming = events.between(session, actor, planner.today, planner.today)
        return [one for one in due if one.due in (Due.OVERDUE, Due.TODAY)], [planner.event(row) for row in coming]
