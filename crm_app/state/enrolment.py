"""What is done to an enrolment wherever it stands: its status, its days of access."""

import asyncio
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app import locales
from crm_app.locales import text
from crm_app.models import Contact, EnrolmentStatus, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.courses import catalogue, enrolling
from crm_app.services.errors import CRMError
from crm_app.state.contact_courses import ContactCoursesState
from crm_app.state.contact_timeline import ContactTimelineState
from crm_app.state.course import CourseState
from crm_app.state.course_members import CourseMembersState
from crm_app.state.course_verbs import CourseVerbs
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.session import current_actor
from crm_app.state.undoing import Undoable

# What ends what somebody owes from now on is asked before; all else can be taken back.
_ASKED = (EnrolmentStatus.CANCELLED, EnrolmentStatus.WAITING)


class EnrolmentState(CourseVerbs, Undoable, rx.State):
    """`form` is what is open for the enrolment `of`: its "days", or the question before it gets the status `wanted`."""

    form: str = ""
    of: int = 0
    who: str = ""
    first: str = ""
    last: str = ""
    wanted: str = ""
    wanted_word: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Another page: nothing is open."""
        self.form = ""

    @action(permission=Permission.CONTACTS_EDIT)
    async def set_status(self, enrolment_id: int, status: str):
        """Another status, with a way back; what ends a debt is asked before."""
        if status not in set(EnrolmentStatus):
            return None
        wanted = EnrolmentStatus(status)
        if wanted in _ASKED:
            return await self._open("ask", enrolment_id, wanted)
        return await self._change(enrolment_id, wanted)

    @action(permission=Permission.CONTACTS_EDIT)
    async def confirm(self):
        """The status that was asked about; a second press finds the question closed."""
        if self.form != "ask":
            return None
        self.form = ""
        return await self._change(self.of, EnrolmentStatus(self.wanted))

    @action(permission=Permission.CONTACTS_EDIT)
    async def edit_days(self, enrolment_id: int):
        """Opens the form of the days of access."""
        await self._open("days", enrolment_id, None)

    @action(permission=Permission.CONTACTS_EDIT)
    async def save_days(self, form: dict[str, Any]):
        of, typed = self.of, {name: str(form.get(name) or "") for name in ("from_on", "to_on")}

        def verb(session: Session, actor: Actor) -> list[str]:
            before = enrolling.get(session, actor, of)
            kept = [_iso(before.from_on), _iso(before.to_on)]
            first, last = catalogue.day(typed, "from_on"), catalogue.day(typed, "to_on")
            enrolling.set_access(session, actor, of, from_on=first, to_on=last)
            return kept

        before = await self._saved(verb)
        if before is None:
            return rx.set_focus(f"enrolment-{next(iter(self.errors))}")
        self.form = ""
        await self._offer_undo(text("The days of {name} are saved.", name=self.who), "days", of, *before)
        return shown_again(self)

    @action(permission=Permission.CONTACTS_EDIT)
    async def close(self):
        self.form = ""

    @action(permission=Permission.CONTACTS_EDIT)
    async def take_back(self, message: int):
        """What this message told of."""
        if not (back := self._way_back(message)):
            return None
        await self._did(lambda session, actor: _put_back(session, actor, *back))
        return shown_again(self)

    async def _open(self, form: str, enrolment_id: int, wanted: EnrolmentStatus | None) -> None:
        actor = await current_actor(self)
        try:
            self.who, self.first, self.last = await asyncio.to_thread(_standing, actor, enrolment_id)
        except CRMError as error:
            await say(self, error.message, "error")
            return
        self._begin()
        self.form, self.of, self.wanted = form, enrolment_id, wanted or ""
        self.wanted_word = locales.render(enrolling.STATUSES[wanted], actor.language) if wanted else ""

    async def _change(self, enrolment_id: int, wanted: EnrolmentStatus) -> Any:
        def verb(session: Session, actor: Actor) -> tuple[str, str]:
            before = enrolling.get(session, actor, enrolment_id)
            was, name = before.status, session.get_one(Contact, before.contact_id).display_name
            enrolling.set_status(session, actor, enrolment_id, wanted)
            return was, name

        done = await self._did(verb)
        if done is not None:
            was, name = done
            said = text("{name}: {status}", name=name, status=enrolling.STATUSES[wanted])
            if was == wanted or wanted in _ASKED or was in _ASKED:
                await say(self, said)
            else:
                await self._offer_undo(said, "status", enrolment_id, was)
        return shown_again(self)


def shown_again(state: rx.State) -> list[Any]:
    """What the page shows of enrolments, read once more."""
    if state.course_id:
        return [CourseState.refresh, CourseMembersState.load]
    return [ContactCoursesState.refresh, ContactTimelineState.refresh]


def _put_back(session: Session, actor: Actor, what: str, enrolment_id: int, *before: str) -> None:
    if what == "status":
        enrolling.set_status(session, actor, enrolment_id, EnrolmentStatus(before[0]))
    else:
        days = dict(zip(("from_on", "to_on"), before, strict=True))
        first, last = catalogue.day(days, "from_on"), catalogue.day(days, "to_on")
        enrolling.set_access(session, actor, enrolment_id, from_on=first, to_on=last)


def _standing(actor: Actor, enrolment_id: int) -> tuple[str, str, str]:
    """Whose it is, and its days."""
    with database.reading() as session:
        found = enrolling.get(session, actor, enrolment_id)
        name = session.get_one(Contact, found.contact_id).display_name
        return name, _iso(found.from_on), _iso(found.to_on)


def _iso(day: Any) -> str:
    return day.isoformat() if day else ""
