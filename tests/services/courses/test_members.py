"""Who takes part: by name, page by page, narrowed, with what each owes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from crm_app.models import Charge, Contact, Course, EnrolmentStatus, Offer
from crm_app.services import database, local_time
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, trash
from crm_app.services.courses import catalogue, enrolling, members, payments
from crm_app.services.courses.members import Page, Wanted
from crm_app.services.courses.payments import Given
from crm_app.services.errors import NotFound
from tests.services.courses.conftest import ONCE, PARTS, Enrol

Add = Callable[..., Offer]


def shown(actor: Actor, course: Course, wanted: Wanted = Wanted(), **paging: int) -> Page:  # noqa: B008
    with database.reading() as session:
        return members.page(session, actor, course.id or 0, wanted, **paging)  # type: ignore[arg-type]


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
    assert names(shown(bob, course, Wanted(status=EnrolmentStatus.CANCELLED))) == ["Cleo"]
    assert names(shown(bob, course, Wanted(offer_id=parts.id))) == ["Ben"]
    assert names(shown(bob, course, Wanted(query="ada@exam"))) == ["Ada"]
    assert shown(bob, course, Wanted(query="ada")).counts == {EnrolmentStatus.ACTIVE: 1}
    assert names(shown(bob, course, Wanted(overdue=True))) == []
    with database.transaction() as session:
        first = session.exec(select(Charge).where(Charge.due_on == local_time.today("UTC"))).one()
        first.due_on -= timedelta(days=1)
        session.add(first)
    (late,) = shown(bob, course, Wanted(overdue=True)).members
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
    assert names(shown(bob, course, Wanted(status=EnrolmentStatus.WAITING))) == ["Yan", "Ada"]


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
