"""One person comes into a course by hand: found by number, with an offer, and told if that is wanted."""

from dataclasses import dataclass

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Contact, Course, Enrolment, LeftOut
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.courses import catalogue, enrolling, notices, offers
from crm_app.services.courses.enrolling import Terms
from crm_app.services.errors import Invalid


@dataclass(frozen=True, slots=True)
class Admitted:
    """`is_new`: they were not in the course; `untold`: why there is no notice although one was wanted."""

    contact: Contact
    course: Course
    enrolment: Enrolment
    is_new: bool
    untold: LeftOut | None = None


def admit(
    session: Session,
    actor: Actor,
    course_id: int,
    number: int,
    terms: Terms,
    *,
    offer_id: int | None = None,
    template_id: int | None = None,
) -> Admitted:
    """Raises as `enrolling.enrol_many`; NotFound for a contact, an offer or a template; Invalid("contact")."""
    if not number:
        raise Invalid(text("Choose who takes part."), "contact")
    contact = cards.get(session, actor, number)
    course = catalogue.get(session, actor, course_id)
    offer = offers.get(session, actor, offer_id, of=course) if offer_id is not None else None
    found = enrolling.enrol(session, actor, course_id, contact, offer, terms)
    untold = None
    if found.made and template_id is not None:
        put = notices.put(session, actor, found.made, template_id)
        untold = next(iter(put.left_out), None)
    return Admitted(contact, course, (found.made or found.there)[0], bool(found.made), untold)
