"""The contact whose card is open is enrolled in a course."""

import asyncio
from typing import Any

import reflex as rx

from crm_app.models import Permission
from crm_app.services import database, local_time
from crm_app.services.actor import Actor
from crm_app.services.courses import catalogue
from crm_app.state.choice import Choice
from crm_app.state.contact_view import key_of
from crm_app.state.course_enrol import asked_in, enrol, notice_choices, offer_choices
from crm_app.state.course_verbs import CourseVerbs
from crm_app.state.enrolment import shown_again
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_words import id_of


class ContactEnrolState(CourseVerbs, rx.State):
    """`chosen` is the id of the course whose `offers` are shown, empty for none yet."""

    is_open: bool = False
    courses: list[Choice] = []
    offers: list[Choice] = []
    notices: list[Choice] = []
    chosen: str = ""
    today: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Another page: nothing is open."""
        self.is_open = False

    @action(permission=Permission.CONTACTS_EDIT)
    async def open_form(self):
        actor = await current_actor(self)
        self.courses = await asyncio.to_thread(_courses, actor)
        self.notices = await asyncio.to_thread(notice_choices, actor)
        self.today = local_time.today(actor.timezone).isoformat()
        self._begin()
        self.is_open = True
        await self._choose(actor, self.courses[0].value if self.courses else "")

    @action(permission=Permission.CONTACTS_EDIT)
    async def close(self):
        self.is_open = False

    @action(permission=Permission.CONTACTS_EDIT)
    async def choose(self, course: str):
        await self._choose(await current_actor(self), course)

    @action(permission=Permission.CONTACTS_EDIT)
    async def save(self, form: dict[str, Any]):
        """A second press finds the form closed."""
        if not self.is_open:
            return None
        number, asked = key_of(self.number), asked_in(form, id_of(self.chosen))
        said = await self._saved(lambda session, actor: enrol(session, actor, number, asked))
        if said is None:
            return None
        self.is_open = False
        await say(self, said)
        return shown_again(self)

    async def _choose(self, actor: Actor, course: str) -> None:
        known = {one.value for one in self.courses}
        self.chosen = course if course in known else ""
        self.offers = await asyncio.to_thread(offer_choices, actor, id_of(self.chosen)) if self.chosen else []


def _courses(actor: Actor) -> list[Choice]:
    """Those that are not over."""
    with database.reading() as session:
        return [Choice(str(one.course.id), one.course.name) for one in catalogue.listing(session, actor)]
