"""Somebody is enrolled in the course that is open: a contact is found, an offer and the first day of access chosen."""

import asyncio
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from crm_app.locales import Text, text
from crm_app.models import EnrolmentStatus, Permission
from crm_app.services import database, local_time
from crm_app.services.actor import Actor
from crm_app.services.courses import admitting, catalogue, notices, offers
from crm_app.services.courses.enrolling import Terms
from crm_app.services.filters.questions import is_id
from crm_app.services.messages.permitted import REASONS
from crm_app.state.choice import Choice
from crm_app.state.contact_view import key_of
from crm_app.state.course_verbs import CourseVerbs
from crm_app.state.course_words import price
from crm_app.state.enrolment import shown_again
from crm_app.state.guard import action
from crm_app.state.messages import say
from crm_app.state.planned_form import Hit, candidates
from crm_app.state.session import current_actor
from crm_app.state.settings_words import id_of


@dataclass(frozen=True, slots=True)
class Enrolling:
    """What a form asks: a course, an offer (0 = none), the first day of access, invited only or active at once, and the
    template of a notice (0 = none).
    """

    course_id: int
    offer_id: int
    from_on: str
    is_invited: bool
    template_id: int = 0


class CourseEnrolState(CourseVerbs, rx.State):
    """`contact` is the number of who was found, empty for nobody yet."""

    is_open: bool = False
    contact: str = ""
    contact_name: str = ""
    hits: list[Hit] = []
    offers: list[Choice] = []
    notices: list[Choice] = []
    today: str = ""

    @action(permission=Permission.CONTACTS_READ)
    async def load(self):
        """Another page: nothing is open."""
        self.is_open = False

    @action(permission=Permission.CONTACTS_EDIT)
    async def open_form(self):
        actor = await current_actor(self)
        self.offers = await asyncio.to_thread(offer_choices, actor, id_of(self.course_id))
        self.notices = await asyncio.to_thread(notice_choices, actor)
        self.today = local_time.today(actor.timezone).isoformat()
        self.contact, self.contact_name, self.hits = "", "", []
        self._begin()
        self.is_open = True

    @action(permission=Permission.CONTACTS_EDIT)
    async def close(self):
        self.is_open = False

    @action(permission=Permission.CONTACTS_EDIT)
    async def find(self, query: str):
        """Contacts to choose from, as one types."""
        query = query.strip()
        self.hits = await asyncio.to_thread(candidates, await current_actor(self), query) if len(query) > 1 else []

    @action(permission=Permission.CONTACTS_EDIT)
    async def choose(self, number: str, name: str):
        """Who it is; an empty number means nobody."""
        self.contact, self.contact_name, self.hits = number, name, []

    @action(permission=Permission.CONTACTS_EDIT)
    async def save(self, form: dict[str, Any]):
        """A second press finds the form closed."""
        if not self.is_open:
            return None
        asked, number = asked_in(form, id_of(self.course_id)), key_of(self.contact)
        said = await self._saved(lambda session, actor: enrol(session, actor, number, asked))
        if said is None:
            return None
        self.is_open = False
        await say(self, said)
        return shown_again(self)


def asked_in(form: dict[str, Any], course_id: int) -> Enrolling:
    offer, template = str(form.get("offer") or ""), str(form.get("notice") or "")
    return Enrolling(
        course_id=course_id,
        offer_id=int(offer) if is_id(offer) else 0,
        from_on=str(form.get("from_on") or ""),
        is_invited=form.get("status") == EnrolmentStatus.INVITED,
        template_id=int(template) if is_id(template) else 0,
    )


def enrol(session: Session, actor: Actor, number: int, asked: Enrolling) -> Text:
    """Enrols the contact with that number; what happened. Raises as `admitting.admit`, Invalid("from_on")."""
    terms = Terms(
        status=EnrolmentStatus.INVITED if asked.is_invited else EnrolmentStatus.ACTIVE,
        from_on=catalogue.day({"from_on": asked.from_on}, "from_on"),
    )
    chosen = {"offer_id": asked.offer_id or None, "template_id": asked.template_id or None}
    found = admitting.admit(session, actor, asked.course_id, number, terms, **chosen)
    name = found.contact.display_name
    if found.enrolment.status == EnrolmentStatus.WAITING:
        return text("The course is full: {name} is on the waiting list.", name=name)
    if found.untold is not None:
        return text("{name} is enrolled, but gets no notice: {why}", name=name, why=REASONS[found.untold])
    if found.is_new:
        return text("{name} is enrolled in “{course}”.", name=name, course=found.course.name)
    return text("{name} takes part in “{course}”.", name=name, course=found.course.name)


def notice_choices(actor: Actor) -> list[Choice]:
    """Templates a notice can be made from."""
    with database.reading() as session:
        return [Choice(str(one.template.id), one.template.name) for one in notices.choices(session, actor)]


def offer_choices(actor: Actor, course_id: int) -> list[Choice]:
    """What people can be enrolled with. Raises NotFound."""
    with database.reading() as session:
        return [
            Choice(str(one.offer.id), f"{one.offer.name} · {price(one.offer, actor.language)}")
            for one in offers.listing(session, actor, course_id)
        ]
