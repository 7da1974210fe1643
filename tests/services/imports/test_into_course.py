"""A file that goes into a course: its contacts are enrolled, each row as the preview said."""

import pytest
from sqlmodel import Session, col, select

from crm_app.models import Course, Enrolment, Offer
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.courses import catalogue, offers
from crm_app.services.imports import course_plan
from crm_app.services.imports.columns import IntoCourse
from tests.services.courses.conftest import ONCE, PARTS
from tests.services.imports.conftest import Flow

PEOPLE = "email,first_name,language,offer\nada@example.org,Ada,de,once\nben@example.org,Ben,en,three parts\n"


@pytest.fixture
def course(alice: Actor) -> Course:
    with database.transaction() as session:
        made = catalogue.add(session, alice, {"name": "Violin", "status": "open"})
        for typed in (ONCE, PARTS):
            offers.add(session, alice, made.id or 0, typed)
        return made


def members(session: Session) -> list[tuple[str, str, str]]:
    """First name, status and offer of the enrolments."""
    session.rollback()
    query = select(Enrolment, Offer.name).outerjoin(Offer, col(Offer.id) == col(Enrolment.offer_id))
    from crm_app.models import Contact

    named = [
        (session.get_one(Contact, one.contact_id).first_name or "", one, name) for one, name in session.exec(query)
    ]
    return sorted((name, str(one.status), offer or "") for name, one, offer in named)


def places(flow: Flow, id_: int) -> list[tuple[str, str] | None]:
    return [(row.member.place.value, row.member.offer) if row.member else None for row in flow.rows(id_)]


def test_rows_are_enrolled_with_the_offer_they_name(flow: Flow, session: Session, course: Course) -> None:
    id_ = flow.checked(PEOPLE, course=IntoCourse(course.id or 0))
    assert places(flow, id_) == [("enrolled", "Once"), ("enrolled", "Three parts")]
    assert flow.commit(id_) == {"create": 2}
    assert members(session) == [("Ada", "active", "Once"), ("Ben", "active", "Three parts")]
    assert session.exec(select(Enrolment.import_id, Enrolment.source).distinct()).all() == [(id_, "people.csv")]
    assert course_plan.counts(flow.folder(id_)) == {"enrolled": 2, "waiting": 0, "back": 0, "there": 0}


def test_the_same_file_again_enrols_nobody_twice(flow: Flow, session: Session, course: Course) -> None:
    wanted = IntoCourse(course.id or 0)
    flow.done(PEOPLE, course=wanted)
    id_ = flow.checked(PEOPLE, course=wanted)
    assert flow.outcomes(id_) == ["unchanged", "unchanged"]
    assert places(flow, id_) == [("there", "Once"), ("there", "Three parts")]
    assert flow.commit(id_) == {"unchanged": 2}
    assert len(members(session)) == 2
