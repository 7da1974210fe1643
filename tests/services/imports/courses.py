"""A course with three offers, a template, and ways to look at what an import made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, func, select

from crm_app.models import (
    Contact,
    Course,
    Enrolment,
    JobState,
    Offer,
)
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.courses import catalogue, offers
from crm_app.services.imports import steps, undo
from crm_app.services.imports.columns import IntoCourse
from tests.services.courses.conftest import MONTHLY, ONCE, PARTS

if TYPE_CHECKING:
    from tests.services.imports.conftest import Flow

PEOPLE = "email,first_name,language,offer\nada@example.org,Ada,de,once\nben@example.org,Ben,en,three parts\n"


def made(actor: Actor, name: str = "Violin", **typed: str) -> Course:
    """A course with three offers: Once, Three parts, Monthly."""
    with database.transaction() as session:
        course = catalogue.add(session, actor, {"name": name, "status": "open", **typed})
        for offer in (ONCE, PARTS, MONTHLY):
            offers.add(session, actor, course.id or 0, offer)
        return course


def into(course: Course, **chosen: Any) -> IntoCourse:
    return IntoCourse(course.id or 0, **chosen)


def members(session: Session) -> list[tuple[str, str, str]]:
    """First name, status and offer of the enrolments."""
    session.rollback()
    query = (
        select(Contact.first_name, Enrolment.status, Offer.name)
        .join(Enrolment, col(Enrolment.contact_id) == col(Contact.id))
        .outerjoin(Offer, col(Offer.id) == col(Enrolment.offer_id))
    )
    return sorted((name or "", str(status), offer or "") for name, status, offer in session.exec(query))


def places(flow: Flow, id_: int) -> list[tuple[str, str] | None]:
    """What the preview says of each row."""
    return [(row.member.place.value, row.member.offer) if row.member else None for row in flow.rows(id_)]


def count(session: Session, table: Any, *conditions: Any) -> int:
    session.rollback()
    return int(session.exec(select(func.count()).select_from(table).where(*conditions)).one())


def enrolment_of(session: Session, name: str) -> Enrolment:
    session.rollback()
    query = select(Enrolment).join(Contact, col(Contact.id) == col(Enrolment.contact_id))
    return session.exec(query.where(Contact.first_name == name)).one()


def undone(flow: Flow, session: Session, id_: int) -> undo.UndoPlan:
    """Takes the import back; what it did is what the preview said."""
    session.rollback()
    plan = undo.preview(session, flow.actor, id_)
    session.rollback()
    assert flow.work(steps.undo, id_) is JobState.DONE
    after = undo.preview(session, flow.actor, id_)
    assert (after.reversed, after.kept, after.impossible) == (plan.reversed, plan.kept, plan.impossible)
    assert after.members == plan.members
    return plan
