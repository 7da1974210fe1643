"""The courses: those that run or will, or those that are over; a new one, and one removed with a way back."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import locales, routes
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.courses import catalogue
from crm_app.services.courses.catalogue import Entry
from crm_app.state.choice import Choice
from crm_app.state.course_verbs import CourseVerbs
from crm_app.state.course_words import course_status, days
from crm_app.state.guard import action
from crm_app.state.session import current_actor
from crm_app.state.undoing import Undoable

FORM = ("name", "description", "starts_on", "ends_on", "capacity", "status")


@dataclass
class CourseLine:
    id: int
    url: str
    name: str
    status: str
    dot: str
    days: str
    taken: int
    places: int  # 0 = without a limit
    is_full: bool
    waiting: int


class CourseListState(CourseVerbs, Undoable, rx.State):
    """`over`: those that are finished or cancelled are shown. `asking`: the form of a new one is open."""

    lines: list[CourseLine] = []
    statuses: list[Choice] = []
    over: bool = False
    asking: bool = False
    may_change: bool = False
    loaded: bool = False

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        actor = await current_actor(self)
        self.may_change = actor.may(Permission.COURSES)
        self.statuses = status_choices(actor.language)
        self.over = self.router.url.query_parameters.get("show") == "over"
        self.asking, self.errors = False, {}
        await self._show()
        self.loaded = True

    @action(permission=Permission.COURSES)
    async def ask(self):
        """Opens the form of a new one; closes it."""
        self.asking = not self.asking
        self._begin()

    @action(permission=Permission.COURSES)
    async def make(self, form: dict[str, Any]):
        """Makes it and opens its offers; a second press finds the form closed."""
        if not self.asking:
            return None
        made = await self._saved(lambda session, actor: catalogue.add(session, actor, typed(form)).id)
        if made is None:
            return rx.set_focus(f"course-{next(iter(self.errors))}")
        self.asking = False
        return rx.redirect(routes.course(made, "offers"))

    @action(permission=Permission.COURSES)
    async def remove(self, course_id: int):
        """It can be brought back from the message."""

        def verb(session: Session, actor: Actor) -> str:
            name = catalogue.get(session, actor, course_id).name
            catalogue.remove(session, actor, course_id)
            return name

        name = await self._did(verb)
        if name is not None:
            await self._offer_undo(text("The course “{name}” is removed.", name=name), course_id)
            await self._show()

    @action(permission=Permission.COURSES)
    async def take_back(self, message: int):
        """Brings back the course whose removal this message told of."""
        if back := self._way_back(message):
            await self._did(lambda session, actor: catalogue.restore(session, actor, int(back[0])))
            await self._show()

    async def _show(self) -> None:
        self.lines = await asyncio.to_thread(_fetch, await current_actor(self), self.over)


def typed(form: dict[str, Any]) -> dict[str, str]:
    """The fields of a course's form as texts."""
    return {name: str(form.get(name) or "") for name in FORM}


def status_choices(language: str) -> list[Choice]:
    return [Choice(status, locales.render(word, language)) for status, word in catalogue.STATUSES.items()]


def _fetch(actor: Actor, over: bool) -> list[CourseLine]:
    with database.reading() as session:
        return [_line(one, actor.language) for one in catalogue.listing(session, actor, over=over)]


def _line(entry: Entry, language: str) -> CourseLine:
    course = entry.course
    status, dot = course_status(course, language)
    return CourseLine(
        id=course.id or 0,
        url=routes.course(course.id or 0),
        name=course.name,
        status=status,
        dot=dot,
        days=days(course.starts_on, course.ends_on, language),
        taken=entry.taken,
        places=course.capacity or 0,
        is_full=course.capacity is not None and entry.taken >= course.capacity,
        waiting=entry.waiting,
    )
