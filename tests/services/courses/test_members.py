"""Who takes part: by name, page by page, narrowed, with what each owes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from crm_app.models import Charge, Contact, Course, Enrolment, EnrolmentStatus, Offer
from crm_app.services import database, local_time, segments
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, listing, trash
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.courses import catalogue, enrolling, members, offers, payments
from crm_app.services.courses.enrolling import Terms
from crm_app.services.courses.members import Page
from crm_app.services.courses.membership import Membership
from crm_app.services.courses.payments import Given
from crm_app.services.errors import NotFound
from crm_app.services.filters import subjects
from crm_app.services.filters.operators import OPERATORS, Takes
from crm_app.services.filters.tree import EVERYBODY, Condition, Group
from tests.services.courses.conftest import ONCE, PARTS, Enrol

Add = Callable[..., Offer]


def asked(course: Course, query: str = "", where: Group = EVERYBODY, **narrowed: Any) -> ContactFilter:
    membership = Membership(course.id or 0, **narrowed)
    return ContactFilter(query=query, where=where, inactive=True, membership=membership)


def shown(actor: Actor, course: Course, wanted: ContactFilter | None = None, **paging: int) -> Page:
    with database.reading() as session:
        return members.page(session, actor, wanted or asked(course), **paging)  # type: ignore[arg-type]


def names(page: Page) -> list[str]:
    return [one.contact.first_name or "" for one in page.members]


def test_members_come_by_name_and_page_by_page(bob: Actor, course: Course, enrol: Enrol) -> None:
    for name in ("Cleo", "Ada", "Eve", "Dan", "Ben"):
        enrol(name)
    first = shown(bob, course, limit=2)
    assert names(first) == ["Ada", "Ben"] and first.before is None
    second = shown(bob, course, limit=2, after=first.after or 0)
    assert names(second) == ["Cleo", "Dan"]
    assert names(shown(bob, course, limit=2, after=second.after or 0)) == ["Eve"]
    assert names(shown(bob, course, limit=2, before=second.before or 0)) == ["Ada", "Ben"]
    assert names(shown(bob, course, limit=2, after=10**9)) == ["Ada", "Ben"], "one that is gone"


def test_they_are_narrowed_and_counted_by_status(bob: Actor, course: Course, enrol: Enrol, offer: Add) -> None:
    once, parts = offer(ONCE), offer(PARTS, first_days="0")
    enrol("Ada", once)
    enrol("Ben", parts)
    cleo = enrol("Cleo")
    with database.transaction() as session:
        enrolling.set_status(session, bob, cleo.id or 0, EnrolmentStatus.CANCELLED)
    found = shown(bob, course)
    assert names(found) == ["Ada", "Ben"], "who left is not shown unless asked for"
    assert found.counts == {EnrolmentStatus.ACTIVE: 2, EnrolmentStatus.CANCELLED: 1}
    assert names(shown(bob, course, asked(course, status=EnrolmentStatus.CANCELLED))) == ["Cleo"]
    assert names(shown(bob, course, asked(course, offer_id=parts.id))) == ["Ben"]
    assert names(shown(bob, course, asked(course, "ada@exam"))) == ["Ada"]
    assert shown(bob, course, asked(course, "ada")).counts == {EnrolmentStatus.ACTIVE: 1}
    assert names(shown(bob, course, asked(course, overdue=True))) == []
    with database.transaction() as session:
        first = session.exec(select(Charge).where(Charge.due_on == local_time.today("UTC"))).one()
        first.due_on -= timedelta(days=1)
        session.add(first)
    (late,) = shown(bob, course, asked(course, overdue=True)).members
    assert (late.contact.first_name, late.sums.overdue) == ("Ben", 33_34)


def test_each_shows_what_is_owed_and_paid(bob: Actor, course: Course, enrol: Enrol, offer: Add) -> None:
    made = enrol("Ada", offer(PARTS))
    enrol("Ben")
    with database.transaction() as session:
        payments.record(session, bob, made.id or 0, Given(40_00))
    ada, ben = shown(bob, course).members
    assert (ada.sums.price, ada.sums.paid, ada.sums.open, ada.currency) == (100_00, 40_00, 60_00, "EUR")
    assert (ben.sums.price, ben.currency) == (0, "")


def test_who_waits_stands_in_the_order_they_came(alice: Actor, bob: Actor, course: Course, enrol: Enrol) -> None:
    with database.transaction() as session:
        typed = {"name": course.name, "status": "open", "capacity": "1"}
        catalogue.change(session, alice, course.id or 0, typed)
    for name in ("Zoe", "Yan", "Ada"):
        enrol(name)
    assert names(shown(bob, course, asked(course, status=EnrolmentStatus.WAITING))) == ["Yan", "Ada"]


def test_foreign_courses_and_people_in_the_trash_are_not_shown(
    bob: Actor, charlie: Actor, course: Course, enrol: Enrol
) -> None:
    made = enrol("Ada")
    with pytest.raises(NotFound):
        shown(charlie, course)
    with database.transaction() as session:
        contact = session.get_one(Contact, made.contact_id)
        trash.put(session, bob, cards.get(session, bob, contact.number))
    assert names(shown(bob, course)) == []


def test_they_are_narrowed_like_any_list_of_contacts(bob: Actor, course: Course, enrol: Enrol) -> None:
    for name in ("Ada", "Ben"):
        enrol(name)
    is_ada = Group(items=(Condition("first_name", "is", ("Ada",)),))
    found = shown(bob, course, asked(course, where=is_ada))
    assert names(found) == ["Ada"] and found.counts == {EnrolmentStatus.ACTIVE: 1}


@pytest.fixture
def mixed(bob: Actor, alice: Actor, course: Course, enrol: Enrol, offer: Add) -> tuple[Course, Offer]:
    """A course of everybody: late and paid, active and gone, somebody twice, an inactive one, one in another course."""
    parts = offer(PARTS, first_days="0")
    ada, ben, cleo = enrol("Ada", parts), enrol("Ben"), enrol("Cleo", parts)
    enrol("Eve", parts)
    with database.transaction() as session:
        cards.create(session, bob, {"first_name": "Dan"})
        other = catalogue.add(session, alice, {"name": "Choir", "status": "open"})
        owed = offers.add(session, alice, other.id or 0, ONCE | {"first_days": "0"})
        for one in (ada, ben):
            enrolling.enrol(session, bob, other.id or 0, contact_of(session, one), owed, Terms())
        payments.record(session, bob, ada.id or 0, Given(100_00))
        enrolling.set_status(session, bob, cleo.id or 0, EnrolmentStatus.CANCELLED)
        for charge in session.exec(select(Charge)).all():
            charge.due_on = local_time.today("UTC") - timedelta(days=1)
            session.add(charge)
        contact_of(session, cleo).active = False
        twice = Enrolment(contact_id=ben.contact_id, course_id=course.id or 0, branch_id=ben.branch_id)
        twice.status = EnrolmentStatus.WAITING  # as a merge leaves it
        session.add(twice)
    return course, parts


def contact_of(session: Session, enrolment: Enrolment) -> Contact:
    return session.get_one(Contact, enrolment.contact_id)


def test_the_list_of_contacts_finds_the_same_people(bob: Actor, mixed: tuple[Course, Offer]) -> None:
    """What is done to all of the members is done to those the list shows."""
    course, parts = mixed
    for wanted in (
        asked(course),
        asked(course, "ben"),
        *[asked(course, status=status) for status in EnrolmentStatus],
        asked(course, offer_id=parts.id),
        asked(course, offer_id=parts.id, status=EnrolmentStatus.CANCELLED),
        asked(course, overdue=True),
    ):
        assert_alike(bob, course, wanted)


@pytest.mark.parametrize("subject", ["course", "offer", "enrolment_status", "course_ends", "open_amount", "overdue",
                                     "has_paid", "form", "revenue", "consent_email", "city"])  # fmt: skip
def test_conditions_mean_the_same_people_too(bob: Actor, mixed: tuple[Course, Offer], subject: str) -> None:
    """Of contacts that are in several courses any of them counts, not the one that is looked at."""
    course, parts = mixed
    with database.reading() as session:
        known = subjects.known(session)[subject]
    values = {"course": (str(course.id),), "offer": (str(parts.id),), "enrolment_status": ("active",)}
    given = {Takes.NOTHING: (), Takes.SOME: values.get(subject, ("none",)), Takes.TEXT: ("a",), Takes.NUMBER: ("50",),
             Takes.TWO_NUMBERS: ("1", "200"), Takes.DAY: ("2030-01-01",), Takes.TWO_DAYS: ("2020-01-01", "2030-01-01"),
             Takes.DAYS: ("14",), Takes.SPAN: ("month",), Takes.MONTH: ("1",)}  # fmt: skip
    for operator in OPERATORS[known.kind]:
        where = Group(items=(Condition(subject, operator.name, given[operator.takes]),))
        assert_alike(bob, course, asked(course, where=where))


def test_a_segment_of_members_narrows_the_members(bob: Actor, mixed: tuple[Course, Offer]) -> None:
    course, _ = mixed
    with database.transaction() as session:
        waiting = segments.save(session, bob, "Waiting", asked(course, status=EnrolmentStatus.WAITING))
    assert_alike(bob, course, replace(asked(course), segment_id=waiting.id))


def assert_alike(actor: Actor, course: Course, wanted: ContactFilter) -> None:
    with database.reading() as session:
        listed = {one.first_name or "" for one in listing.page(session, actor, wanted).contacts}
    assert listed == set(names(shown(actor, course, wanted))), wanted


def test_a_foreign_course_has_no_contacts(bob: Actor, charlie: Actor, course: Course, enrol: Enrol) -> None:
    enrol("Ada")
    with database.reading() as session:
        assert listing.count(session, bob, asked(course)) == 1
        assert listing.count(session, charlie, asked(course)) == 0
