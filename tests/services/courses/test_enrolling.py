from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from crm_app.models import Charge, Course, Enrolment, EnrolmentStatus, Offer, WebhookDelivery, WebhookEvent
from crm_app.services import database, local_time, webhooks
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.courses import balance, catalogue, enrolling
from crm_app.services.courses.enrolling import Terms
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from tests.services.courses.conftest import MONTHLY, ONCE, PARTS, Enrol, person

Add = Callable[..., Offer]


def charges(enrolment: Enrolment) -> list[tuple[int, int]]:
    """Days from today and amounts of what is owed."""
    with database.reading() as session:
        query = select(Charge).where(Charge.enrolment_id == enrolment.id, col(Charge.cancelled_at).is_(None))
        today = local_time.today("UTC")
        found = session.exec(query.order_by(col(Charge.due_on))).all()
        return [((one.due_on - today).days, one.amount) for one in found]


def test_who_is_enrolled_owes_what_the_offer_asks(enrol: Enrol, offer: Add) -> None:
    assert charges(enrol(offer=offer(ONCE))) == [(14, 120_00)]
    three = charges(enrol("Ben", offer(PARTS)))
    assert [amount for _, amount in three] == [33_34, 33_33, 33_33] and three[0][0] == 0
    assert charges(enrol("Cleo", offer(MONTHLY))) == [(0, 29_90)]
    assert charges(enrol("Dora")) == []


def test_access_that_begins_later_is_owed_later(enrol: Enrol, offer: Add) -> None:
    begins = local_time.today("UTC") + timedelta(days=30)
    assert charges(enrol(offer=offer(ONCE), from_on=begins)) == [(44, 120_00)]


def test_nobody_is_enrolled_twice(bob: Actor, course: Course, enrol: Enrol, offer: Add) -> None:
    first = enrol(offer=offer(ONCE))
    with database.transaction() as session:
        contact = cards.get(session, bob, 1)
        again = enrolling.enrol_many(session, bob, course.id or 0, [(contact, None), (contact, None)], Terms())
        assert again.made == [] and {one.id for one in again.there} == {first.id}
    assert charges(first) == [(14, 120_00)]


def test_who_had_left_comes_back(bob: Actor, course: Course, enrol: Enrol) -> None:
    first = enrol()
    with database.transaction() as session:
        enrolling.set_status(session, bob, first.id or 0, EnrolmentStatus.CANCELLED)
        found = enrolling.enrol(session, bob, course.id or 0, cards.get(session, bob, 1), None, Terms())
        assert found.made == [] and found.there[0].status == EnrolmentStatus.ACTIVE


def test_where_there_is_no_place_people_wait_and_owe_nothing(
    alice: Actor, bob: Actor, course: Course, enrol: Enrol, offer: Add
) -> None:
    with database.transaction() as session:
        catalogue.change(session, alice, course.id or 0, {"name": "Violin", "status": "open", "capacity": "1"})
    once = offer(ONCE)
    first, second = enrol(offer=once), enrol("Ben", once)
    assert (first.status, second.status) == (EnrolmentStatus.ACTIVE, EnrolmentStatus.WAITING)
    assert charges(second) == []
    with database.transaction() as session:
        entry = catalogue.entry(session, bob, course.id or 0)
        assert (entry.taken, entry.waiting) == (1, 1)
        with pytest.raises(Conflict, match="full"):
            enrolling.set_status(session, bob, second.id or 0, EnrolmentStatus.ACTIVE)
        enrolling.set_status(session, bob, first.id or 0, EnrolmentStatus.CANCELLED)
        enrolling.set_status(session, bob, second.id or 0, EnrolmentStatus.ACTIVE)
    assert charges(second) == [(14, 120_00)]
    assert charges(first) == [], "what was not due yet is owed no more"


def test_days_of_access_change_and_are_kept_in_the_history(bob: Actor, enrol: Enrol) -> None:
    made = enrol()
    with database.transaction() as session:
        enrolling.set_access(session, bob, made.id or 0, from_on=date(2026, 1, 1), to_on=date(2026, 6, 30))
        with pytest.raises(Invalid):
            enrolling.set_access(session, bob, made.id or 0, from_on=date(2026, 1, 2), to_on=date(2026, 1, 1))
    with database.reading() as session:
        found = enrolling.get(session, bob, made.id or 0)
        assert (found.from_on, found.to_on) == (date(2026, 1, 1), date(2026, 6, 30))


def test_a_course_that_is_over_takes_nobody(alice: Actor, course: Course, enrol: Enrol) -> None:
    with database.transaction() as session:
        catalogue.change(session, alice, course.id or 0, {"name": "Violin", "status": "finished"})
    with pytest.raises(Conflict, match="over"):
        enrol()


def test_other_branches_see_nothing(
    alice: Actor, charlie: Actor, victor: Actor, course: Course, enrol: Enrol, offer: Add
) -> None:
    made = enrol(offer=offer(ONCE))
    with database.transaction() as session:
        for ask in (
            lambda: catalogue.get(session, charlie, course.id or 0),
            lambda: enrolling.get(session, charlie, made.id or 0),
            lambda: enrolling.set_status(session, charlie, made.id or 0, EnrolmentStatus.PAUSED),
            lambda: enrolling.get(session, charlie, 999),
        ):
            with pytest.raises(NotFound):
                ask()
        assert catalogue.listing(session, charlie) == []
        with pytest.raises(NotPermitted):
            enrolling.set_status(session, victor, made.id or 0, EnrolmentStatus.PAUSED)
        with pytest.raises(NotPermitted):
            catalogue.add(session, victor, {"name": "Mine"})
        assert len(balance.of_contact(session, victor, cards.get(session, alice, 1))) == 1


def test_other_systems_are_told_who_has_access(alice: Actor, bob: Actor, enrol: Enrol) -> None:
    with database.transaction() as session:
        webhooks.add(session, alice, "https://learn.example.org/in", [WebhookEvent.ENROLMENT_CREATED])
    made = enrol()
    with database.reading() as session:
        told = session.exec(select(WebhookDelivery.body)).one()
    assert f'"enrolment": {made.id}' in told and '"status": "active"' in told and "Ada" not in told


def test_many_are_enrolled_at_once(bob: Actor, course: Course, offer: Add) -> None:
    once = offer(PARTS)
    with database.transaction() as session:
        people = [(person(session, bob, f"P{n}"), once) for n in range(50)]
        found = enrolling.enrol_many(session, bob, course.id or 0, people, Terms(source="Import"))
        assert len(found.made) == 50 and found.waiting == 0
    with database.reading() as session:
        assert len(session.exec(select(Charge.id)).all()) == 150


def test_a_course_takes_contacts_of_its_branch(charlie: Actor, alice: Actor, course: Course) -> None:
    with database.transaction() as session:
        foreign = person(session, charlie, "Foreign")
        with pytest.raises(Conflict, match="another branch"):
            enrolling.enrol(session, alice, course.id or 0, foreign, None, Terms())


def test_of_two_enrolments_after_a_merge_the_one_that_was_not_left_counts(
    bob: Actor, course: Course, enrol: Enrol
) -> None:
    first, second = enrol(), enrol("Ben")
    with database.transaction() as session:
        session.get_one(Enrolment, second.id).contact_id = first.contact_id
        session.flush()
        enrolling.set_status(session, bob, second.id or 0, EnrolmentStatus.CANCELLED)
        found = enrolling.enrol(session, bob, course.id or 0, cards.get(session, bob, 1), None, Terms())
        assert [one.id for one in found.there] == [first.id]
        assert session.get_one(Enrolment, second.id).status == EnrolmentStatus.CANCELLED


def test_other_systems_are_told_who_comes_back(alice: Actor, bob: Actor, course: Course, enrol: Enrol) -> None:
    made = enrol()
    with database.transaction() as session:
        enrolling.set_status(session, bob, made.id or 0, EnrolmentStatus.CANCELLED)
        webhooks.add(session, alice, "https://learn.example.org/in", [WebhookEvent.ENROLMENT_CHANGED])
        enrolling.enrol(session, bob, course.id or 0, cards.get(session, bob, 1), None, Terms())
    with database.reading() as session:
        assert '"status": "active"' in session.exec(select(WebhookDelivery.body)).one()
