from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from crm_app.models import Activity, Charge, Enrolment, Lifecycle, Sharing
from crm_app.services import database, local_time, segments
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.contacts import cards, listing
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.courses import catalogue, enrolling, offers, payments
from crm_app.services.courses.enrolling import Terms
from crm_app.services.courses.membership import Membership
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from crm_app.services.filters.tree import Condition, Group

BERLIN = ContactFilter(where=Group(items=(Condition("city", "is", ("Berlin",)),)))


def kept(actor: Actor, name: str, wanted: ContactFilter = BERLIN, sharing: Sharing = Sharing.ME, *who: int) -> int:
    with database.transaction() as session:
        return segments.save(session, actor, name, wanted, sharing, who).id or 0


def seen(actor: Actor) -> list[str]:
    with database.reading() as session:
        return [entry.segment.name for entry in segments.listing(session, actor)]


def people(actor: Actor, wanted: ContactFilter) -> set[str]:
    with database.reading() as session:
        return {contact.full_name for contact in listing.page(session, actor, wanted).contacts}


@pytest.fixture
def contacts(bob: Actor) -> Actor:
    with database.transaction() as session:
        for first, city, lifecycle in (("Ada", "Berlin", "lead"), ("Ben", "BERLIN", "contact"), ("Cem", "Rom", "lead")):
            cards.create(session, bob, {"first_name": first, "city": city, "lifecycle": lifecycle})
    return bob


def test_a_segment_is_the_filter_it_was_saved_from(contacts: Actor) -> None:
    id_ = kept(contacts, "  Berlin   leads ", BERLIN)
    assert people(contacts, ContactFilter(segment_id=id_)) == {"Ada", "Ben"}
    assert people(contacts, ContactFilter(segment_id=id_, lifecycle=Lifecycle.LEAD)) == {"Ada"}
    rome = Group(items=(Condition("city", "is", ("Rom",)),))
    assert people(contacts, ContactFilter(segment_id=id_, where=rome)) == {"Cem"}, "own conditions stand in"
    assert people(contacts, ContactFilter(segment_id=id_, query="ben")) == {"Ben"}
    assert seen(contacts) == ["Berlin leads"]
    with database.reading() as session:
        found = segments.resolved(session, contacts, ContactFilter(segment_id=id_, lifecycle=Lifecycle.LEAD))
    assert found == replace(BERLIN, lifecycle=Lifecycle.LEAD), "it can be narrowed further, and nothing is lost"


def test_the_members_of_a_course_are_a_segment(contacts: Actor, alice: Actor) -> None:
    with database.transaction() as session:
        course = catalogue.add(session, alice, {"name": "Violin", "status": "open"})
        ada = next(one for one in listing.page(session, contacts, BERLIN).contacts if one.full_name == "Ada")
        enrolling.enrol(session, contacts, course.id or 0, ada, None, Terms())
        wanted = ContactFilter(membership=Membership(course.id or 0))
    assert people(contacts, ContactFilter(segment_id=kept(contacts, "Violin", wanted))) == {"Ada"}


def test_who_sees_a_segment(alice: Actor, bob: Actor, charlie: Actor, victor: Actor) -> None:
    kept(bob, "Mine")
    kept(bob, "Ours", BERLIN, Sharing.ALL)
    kept(bob, "For victor", BERLIN, Sharing.CHOSEN, victor.user_id or 0, charlie.user_id or 0)
    assert seen(bob) == ["For victor", "Mine", "Ours"]
    assert seen(victor) == ["For victor", "Ours"]
    assert seen(alice) == ["Ours"]
    assert seen(charlie) == []
    assert len(seen(SYSTEM)) == 3


def test_a_foreign_segment_and_a_missing_one_are_alike(bob: Actor, alice: Actor, charlie: Actor) -> None:
    id_ = kept(bob, "Mine")
    for actor, asked in ((alice, id_), (charlie, id_), (bob, id_ + 1)):
        with pytest.raises(NotFound), database.reading() as session:
            listing.page(session, actor, ContactFilter(segment_id=asked))


def test_only_the_maker_and_administrators_change_it(bob: Actor, alice: Actor, victor: Actor) -> None:
    id_ = kept(bob, "Ours", BERLIN, Sharing.ALL)
    with pytest.raises(NotPermitted), database.transaction() as session:
        segments.change(session, victor, id_, "Theirs", BERLIN, Sharing.ME)
    with pytest.raises(NotPermitted), database.transaction() as session:
        segments.remove(session, victor, id_)
    with database.transaction() as session:
        segments.change(session, alice, id_, "Everybody in Berlin", BERLIN, Sharing.ALL)
    assert seen(victor) == ["Everybody in Berlin"]
    with database.transaction() as session:
        segments.remove(session, bob, id_)
    assert seen(bob) == []


def test_who_may_only_look_keeps_segments_for_himself(victor: Actor) -> None:
    kept(victor, "Mine")
    with pytest.raises(NotPermitted):
        kept(victor, "Ours", BERLIN, Sharing.ALL)
    assert seen(victor) == ["Mine"]


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "OURS", "a\x00b"])
def test_names_that_are_refused(bob: Actor, name: str) -> None:
    kept(bob, "Ours")
    with pytest.raises(Invalid) as refused:
        kept(bob, name)
    assert refused.value.field == "name"


def test_conditions_that_are_not_understood_are_not_kept(bob: Actor) -> None:
    for condition in (
        Condition("shoe_size", "is", ("43",)),
        Condition("city", "rhymes", ("x",)),
        Condition("city", "is"),
    ):
        with pytest.raises(Invalid):
            kept(bob, "Odd", ContactFilter(where=Group(items=(condition,))))
    assert seen(bob) == []


def test_the_ready_ones_can_be_asked_for(contacts: Actor) -> None:
    found = {ready.key: people(contacts, ready.filter) for ready in segments.READY}
    assert found == {
        "leads": {"Ada", "Cem"}, "customers": set(), "new": {"Ada", "Ben", "Cem"}, "idle": set(),
        "no_email": {"Ada", "Ben", "Cem"}, "no_opt_in": {"Ada", "Ben", "Cem"}, "inactive": set(),
    }  # fmt: skip
    with database.transaction() as session:
        cards.deactivate(session, contacts, cards.get(session, contacts, 1))
    inactive = next(ready.filter for ready in segments.READY if ready.key == "inactive")
    assert people(contacts, inactive) == {"Ada"}


def test_where_there_are_courses_they_find_who_filled_in_a_form_and_paid_nothing_and_who_is_late(
    contacts: Actor, alice: Actor, charlie: Actor
) -> None:
    today = local_time.today("UTC")
    with database.transaction() as session:
        assert len(segments.ready(session, contacts)) == len(segments.READY)
        ends = (today + timedelta(days=14)).isoformat()
        course = catalogue.add(session, alice, {"name": "Violin", "status": "open", "ends_on": ends})
        offer = offers.add(session, alice, course.id or 0, {"name": "Once", "amount": "50", "first_days": "0"})
        ada, ben, cem = (cards.get(session, contacts, number) for number in (1, 2, 3))
        for contact in (ada, ben, cem):
            session.add(Activity(contact_id=contact.id or 0, kind="form_filled", source="Trial lesson"))
        for contact in (ada, ben):
            enrolling.enrol(session, contacts, course.id or 0, contact, offer, enrolling.Terms())
        enrolment = session.exec(select(Enrolment).where(Enrolment.contact_id == ada.id)).one()
        payments.record(session, contacts, enrolment.id or 0, payments.Given(50_00))
        for charge in session.exec(select(Charge)):
            charge.due_on = today - timedelta(days=1)
            session.add(charge)
    with database.reading() as session:
        assert len(segments.ready(session, charlie)) == len(segments.READY)
        found = {one.key: people(contacts, one.filter) for one in segments.ready(session, contacts)}
    assert (found["unpaid"], found["overdue"]) == ({"Ben", "Cem"}, {"Ben"})
    assert found["course_ends"] == {"Ada", "Ben"}
