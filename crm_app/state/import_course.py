"""The course that a file goes into, chosen in the third step: a part of the state of its page."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

import reflex as rx

from crm_app import locales
from crm_app.locales import PUBLIC_LANGUAGES
from crm_app.models import EnrolmentStatus, Permission
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.courses import notices, offers
from crm_app.services.courses.enrolling import STATUSES
from crm_app.services.errors import CRMError
from crm_app.services.imports import access, into_course
from crm_app.services.imports.columns import IntoCourse
from crm_app.state.choice import Choice
from crm_app.state.guard import action
from crm_app.state.import_wizard import ImportWizardState
from crm_app.state.session import current_actor


@dataclass
class CourseOptions:
    """What there is to choose from; `languages` are those of the chosen template."""

    courses: list[Choice] = field(default_factory=list)
    offers: list[Choice] = field(default_factory=list)
    statuses: list[Choice] = field(default_factory=list)
    templates: list[Choice] = field(default_factory=list)
    languages: list[Choice] = field(default_factory=list)


class CourseChoices(rx.State, mixin=True):
    """Each choice is kept at once, by `_keep` of the state it is part of."""

    course_options: CourseOptions = CourseOptions()
    course: str = ""
    offer: str = ""  # of whose row names none
    member_status: str = EnrolmentStatus.ACTIVE.value
    access_from: str = ""
    notice: str = ""  # a template
    notice_language: str = ""  # empty = each contact's own

    @action(permission=Permission.IMPORT)
    async def choose_course(self, course: str):
        """The course in which everybody of the file is enrolled; empty = none."""
        self.course, self.offer = _one_of(course, self.course_options.courses), ""
        await self._fetch_options()
        await self._course_chosen()

    @action(permission=Permission.IMPORT)
    async def choose_offer(self, offer: str):
        """The offer of those whose row names none."""
        self.offer = _one_of(offer, self.course_options.offers)
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def choose_member_status(self, status: str):
        """What they are in the course as long as there is a place."""
        self.member_status = _one_of(status, self.course_options.statuses) or EnrolmentStatus.ACTIVE.value
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def choose_access_from(self, day: str):
        """The first day of access; empty = from now on."""
        self.access_from = ""
        with suppress(ValueError):
            self.access_from = date.fromisoformat(day).isoformat() if day else ""
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def choose_notice(self, template: str):
        """What new members are told by mail; empty = nothing."""
        self.notice, self.notice_language = _one_of(template, self.course_options.templates), ""
        await self._fetch_options()
        await self._keep()

    @action(permission=Permission.IMPORT)
    async def choose_notice_language(self, language: str):
        """One language for all notices; empty = each contact's own."""
        self.notice_language = _one_of(language, self.course_options.languages)
        await self._keep()

    async def _keep(self) -> bool:
        raise NotImplementedError

    async def _course_chosen(self) -> None:
        raise NotImplementedError

    async def _show_course(self, chosen: IntoCourse | None) -> None:
        """The choices as they are stored."""
        shown = chosen or IntoCourse(0)
        self.course, self.offer = str(shown.id or ""), str(shown.offer or "")
        self.member_status, self.access_from = shown.status, shown.from_on or ""
        self.notice, self.notice_language = str(shown.template or ""), shown.language
        await self._fetch_options()

    async def _fetch_options(self) -> None:
        actor = await current_actor(self)
        wizard = await self.get_state(ImportWizardState)
        chosen = (int(self.course or 0), int(self.notice or 0))
        self.course_options = await asyncio.to_thread(_options, actor, wizard._id, *chosen)

    def _into_course(self) -> IntoCourse | None:
        """What is chosen."""
        if not self.course:
            return None
        return IntoCourse(
            int(self.course),
            offer=int(self.offer) if self.offer else None,
            status=self.member_status,
            from_on=self.access_from or None,
            template=int(self.notice) if self.notice else None,
            language=self.notice_language if self.notice else "",
        )


def _one_of(value: str, choices: list[Choice]) -> str:
    return value if value in {choice.value for choice in choices} else ""


def _options(actor: Actor, import_id: int, course_id: int, template_id: int) -> CourseOptions:
    with database.reading() as session:
        found = access.get(session, actor, import_id)
        there = into_course.courses(session, actor, found.branch_id)
        if not there:
            return CourseOptions()
        shown = CourseOptions([Choice(str(one.id), one.name) for one in there])
        shown.statuses = [
            Choice(status.value, locales.render(STATUSES[status], actor.language)) for status in into_course.STATUSES
        ]
        with suppress(CRMError):  # a course that was removed has no offers to choose from
            listed = offers.listing(session, actor, course_id) if course_id else []
            shown.offers = [Choice(str(one.offer.id), one.offer.name) for one in listed]
        templates = notices.choices(session, actor)
        shown.templates = [Choice(str(one.template.id), one.template.name) for one in templates]
        spoken = next((one.languages for one in templates if one.template.id == template_id), ())
        shown.languages = [Choice(code, PUBLIC_LANGUAGES.get(code, code)) for code in spoken]
        return shown
