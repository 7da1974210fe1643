"""Open tasks and coming events of the contact whose card is open."""

import asyncio

import reflex as rx

from crm_app.models import Permission
from crm_app.services import database, events, tasks
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import NotFound
from crm_app.state.contact_view import key_of
from crm_app.state.guard import action
from crm_app.state.planned_view import EventLine, Planner, TaskLine
from crm_app.state.session import current_actor


class ContactTasksState(rx.State):
    tasks: list[TaskLine] = []
    events: list[EventLine] = []

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        actor = await current_actor(self)
        self.tasks, self.events = await asyncio.to_thread(_fetch, actor, self.number)


def _fetch(actor: Actor, number: str) -> tuple[list[TaskLine], list[EventLine]]:
    with database.reading() as session:
        try:
            contact = cards.get(session, actor, key_of(number))
        except NotFound:
            return [], []
        planner = Planner(session, actor)
        coming = events.coming_of_contact(session, actor, contact, planner.today)
        return (
            [planner.task(row) for row in tasks.of_contact(session, actor, contact)],
            [planner.event(row) for row in coming],
        )
