"""Courses of the contact whose card is open: access, what is owed, what was paid, and what happened to each."""

import asyncio

import reflex as rx

from crm_app.models import Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.courses import balance, enrolling
from crm_app.services.errors import CRMError, NotFound
from crm_app.state import contact_courses_view as view
from crm_app.state.choice import Choice
from crm_app.state.contact_courses_view import AccountLine, HistoryLine
from crm_app.state.contact_view import key_of
from crm_app.state.course_words import enrolment_choices
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor


class ContactCoursesState(rx.State):
    """`history` is that of the enrolment `history_of`, 0 while none is shown."""

    lines: list[AccountLine] = []
    statuses: list[Choice] = []
    may_pay: bool = False
    history_of: int = 0
    history: list[HistoryLine] = []

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        actor = await current_actor(self)
        self.may_pay = actor.may(Permission.PAYMENTS)
        self.statuses = enrolment_choices(actor.language)
        self.history_of, self.history = 0, []
        self.lines = await asyncio.to_thread(_fetch, actor, self.number)

    @action(permission=Permission.CONTACTS_READ)
    async def refresh(self):
        """As it is now, and the history that is open."""
        actor = await current_actor(self)
        self.lines = await asyncio.to_thread(_fetch, actor, self.number)
        if self.history_of:
            await self._show_history(actor, self.history_of)

    @action(permission=Permission.CONTACTS_READ)
    async def show_history(self, enrolment_id: int):
        """Shows the history of an enrolment; once more closes it."""
        if self.history_of == enrolment_id:
            self.history_of, self.history = 0, []
        else:
            await self._show_history(await current_actor(self), enrolment_id)

    async def _show_history(self, actor: Actor, enrolment_id: int) -> None:
        try:
            self.history = await asyncio.to_thread(_history, actor, enrolment_id)
            self.history_of = enrolment_id
        except CRMError as error:
            self.history_of, self.history = 0, []
            await say(self, error.message, "error")


def _fetch(actor: Actor, number: str) -> list[AccountLine]:
    with database.reading() as session:
        try:
            contact = cards.get(session, actor, key_of(number))
        except NotFound:
            return []
        return [view.account(session, actor, one) for one in balance.of_contact(session, actor, contact)]


def _history(actor: Actor, enrolment_id: int) -> list[HistoryLine]:
    with database.reading() as session:
        return view.entries(session, actor, enrolling.get(session, actor, enrolment_id).id or 0)
