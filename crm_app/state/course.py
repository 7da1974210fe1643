"""One course: its name and which of its parts is shown, and the form of its details."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import routes
from crm_app.locales import text
from crm_app.models import Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.courses import catalogue
from crm_app.services.errors import CRMError
from crm_app.state.choice import Choice
from crm_app.state.course_verbs import CourseVerbs
from crm_app.state.course_words import course_status, days
from crm_app.state.courses import status_choices, typed
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.settings_words import id_of
from crm_app.state.undoing import Undoable

TABS = ("members", "offers", "details")


@dataclass
class CourseView:
    """`places` is empty without a limit."""

    id: int = 0
    name: str = ""
    status: str = ""
    dot: str = ""
    days: str = ""
    taken: int = 0
    places: int = 0
    free: int = 0
    waiting: int = 0
    is_over: bool = False
    import_url: str = ""
    description: str = ""
    starts_on: str = ""
    ends_on: str = ""
    capacity: str = ""
    status_raw: str = ""


class CourseState(CourseVerbs, Undoable, rx.State):
    """`tab` is one of TABS; `shown` is the course's id as it was written in the URL when the page was loaded."""

    course: CourseView = CourseView()
    statuses: list[Choice] = []
    tab: str = "members"
    tab_urls: dict[str, str] = {}
    may_change: bool = False
    may_enrol: bool = False
    may_import: bool = False
    missing: bool = False
    shown: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        actor = await current_actor(self)
        self.may_change = actor.may(Permission.COURSES)
        self.may_enrol = actor.may(Permission.CONTACTS_EDIT)
        self.may_import = self.may_enrol and actor.may(Permission.IMPORT)
        self.statuses = status_choices(actor.language)
        wanted = self.router.url.query_parameters.get("tab", "")
        self.tab = wanted if wanted in TABS else "members"
        self.tab_urls = {tab: routes.course(self.course_id, tab if tab != "members" else "") for tab in TABS}
        self._begin()
        await self._show()
        self.shown = routes.key_in(self.router.url.path)

    @action(permission=Permission.CONTACTS_READ)
    async def refresh(self):
        """Its figures again, after somebody came or went."""
        await self._show()

    @action(permission=Permission.COURSES)
    async def save(self, form: dict[str, Any]):
        wanted = id_of(self.course_id)
        if await self._saved(lambda session, actor: catalogue.change(session, actor, wanted, typed(form)).id) is None:
            return rx.set_focus(f"course-{next(iter(self.errors))}")
        await say(self, text("The course is saved."))
        self._begin()
        await self._show()
        return None

    @action(permission=Permission.COURSES)
    async def remove(self):
        """It can be brought back from the message."""
        wanted, name = id_of(self.course_id), self.course.name

        def verb(session: Session, actor: Actor) -> bool:
            catalogue.remove(session, actor, wanted)
            return True

        if await self._did(verb):
            await self._offer_undo(text("The course “{name}” is removed.", name=name), wanted)
            await self._show()

    @action(permission=Permission.COURSES)
    async def take_back(self, message: int):
        """Brings back the course whose removal this message told of."""
        if back := self._way_back(message):
            await self._did(lambda session, actor: catalogue.restore(session, actor, int(back[0])))
            await self._show()

    async def _show(self) -> None:
        if not (wanted := id_of(self.course_id)):
            self.missing = bool(self.course_id)
            return
        found = await asyncio.to_thread(_fetch, await current_actor(self), wanted)
        self.missing, self.course = found is None, found or CourseView()


def _fetch(actor: Actor, course_id: int) -> CourseView | None:
    with database.reading() as session:
        try:
            entry = catalogue.entry(session, actor, course_id)
        except CRMError:
            return None
    course = entry.course
    status, dot = course_status(course, actor.language)
    return CourseView(
        id=course_id,
        name=course.name,
        status=status,
        dot=dot,
        days=days(course.starts_on, course.ends_on, actor.language),
        taken=entry.taken,
        places=course.capacity or 0,
        free=max((course.capacity or 0) - entry.taken, 0),
        waiting=entry.waiting,
        is_over=course.status in catalogue.OVER,
        import_url=f"{routes.NEW_IMPORT}?course={course_id}",
        description=course.description,
        starts_on=course.starts_on.isoformat() if course.starts_on else "",
        ends_on=course.ends_on.isoformat() if course.ends_on else "",
        capacity=str(course.capacity or ""),
        status_raw=course.status,
    )
