"""The board by status, and what rows show beside their columns."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from crm_app.models import (
    Activity,
    ActivityKind,
    Channel,
    Consent,
    ConsentSource,
    ConsentState,
    Contact,
    EnrolmentStatus,
    LeadStatus,
)
from crm_app.models.base import now
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import around, cards, lanes
from crm_app.services.contacts.columns import CONSENT, COURSES, OPEN, SOURCES
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.courses import catalogue, enrolling, offers, payments
from crm_app.services.errors import Invalid, NotFound, NotPermitted


@pytest.fixture
def statuses(bob: Actor) -> list[LeadStatus]:
    with database.transaction() as session:
        for position, name in enumerate(("Later", "Now"), start=1):
            session.add(LeadStatus(name=name, folded=name.lower(), position=position))
    with database.reading() as session:
        return list(session.exec(select(LeadStatus).order_by(LeadStatus.position, LeadStatus.id)).all())


@pytest.fixture
def people(bob: Actor, statuses: list[LeadStatus]) -> Actor:
    with database.transaction() as session:
        for number in range(25):
            status = ("", statuses[0].name, statuses[-1].name)[number % 3]
            cards.create(session, bob, {"first_name": f"P{number:02}", "status": status, "city": "Rom"})
    return bob


def shown(actor: Actor, wanted: ContactFilter | None = None, **more: int) -> dict[str, tuple[int, int]]:
    """Cards and total by the name of the lane."""
    with database.reading() as session:
        found = lanes.lanes(
            session, actor, wanted or ContactFilter(), {int(key[1:]): value for key, value in more.items()}
        )
        return {lane.status.name if lane.status else "": (len(lane.contacts), lane.total) for lane in found}


def activities() -> list[Activity]:
    with database.reading() as session:
        return list(session.exec(select(Activity).where(Activity.kind == ActivityKind.CHANGED)).all())


def test_lanes_are_the_statuses_in_their_order_with_their_contacts(people: Actor, statuses: list[LeadStatus]) -> None:
    found = shown(people)
    assert list(found) == ["", *[status.name for status in statuses]]
    assert found[""] == (9, 9)
    assert sum(total for _, total in found.values()) == 25
    assert shown(people, ContactFilter(query="p00")).pop("") == (1, 1)


def test_a_lane_shows_its_first_cards_and_more_on_request(
    people: Actor, statuses: list[LeadStatus], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "CARDS", 5)
    assert shown(people)[""] == (5, 9)
    assert shown(people, _0=8)[""] == (8, 9)


def test_a_move_is_one_entry_on_the_timeline_and_again_none(people: Actor, statuses: list[LeadStatus]) -> None:
    for _ in range(2):
        with database.transaction() as session:
            contact, _ = lanes.move(session, people, 1, statuses[0].id)
            assert contact.status_id == statuses[0].id
    assert [one.data["changes"] for one in activities()] == [{"status_id": [None, statuses[0].id]}]


def test_a_move_is_taken_back_unless_somebody_moved_on(people: Actor, statuses: list[LeadStatus]) -> None:
    first, last = statuses[0].id, statuses[-1].id
    with database.transaction() as session:
        _, before = lanes.move(session, people, 1, first)
        assert lanes.take_back(session, people, 1, before, first) == "P00"
        assert cards.get(session, people, 1).status_id is None
        lanes.move(session, people, 1, first)
        lanes.move(session, people, 1, last)
        assert lanes.take_back(session, people, 1, before, first) == ""
        assert cards.get(session, people, 1).status_id == last


def test_who_may_not_moves_nobody(people: Actor, victor: Actor, charlie: Actor, statuses: list[LeadStatus]) -> None:
    with database.transaction() as session:
        with pytest.raises(NotPermitted):
            lanes.move(session, victor, 1, statuses[0].id)
        with pytest.raises(NotFound):
            lanes.move(session, charlie, 1, statuses[0].id)
        with pytest.raises(Invalid):
            lanes.move(session, people, 1, 999_999)
        assert cards.get(session, people, 1).status_id is None
    assert activities() == []
    assert all(total == 0 for _, total in shown(charlie).values())


def consent(number: int, norm: str, state: ConsentState, days_ago: int) -> Consent:
    at = now() - timedelta(days=days_ago)
    return Consent(
        channel=Channel.EMAIL, address=norm, norm=norm, contact_number=number, state=state, at=at,
        source=ConsentSource.FORM,
    )  # fmt: skip


def test_a_page_asks_once_for_sources_and_consents_of_all_its_rows(bob: Actor) -> None:
    with database.transaction() as session:
        for name in ("a", "b", "c"):
            cards.create(session, bob, {"first_name": name, "email": f"{name}@example.org"}, source="till")
        session.add(consent(1, "a@example.org", ConsentState.CONFIRMED, 3))
        session.add(consent(2, "b@example.org", ConsentState.CONFIRMED, 3))
        session.flush()
        session.add(consent(2, "b@example.org", ConsentState.REVOKED, 1))
    asked: list[str] = []
    with database.reading() as session:
        contacts = list(session.exec(select(Contact).order_by(Contact.number)).all())
        event.listen(session.get_bind(), "before_cursor_execute", lambda c, cur, sql, *_: asked.append(sql))
        found = around.of(session, bob, contacts, {CONSENT, SOURCES})
    assert set(found.confirmed) == {contacts[0].id}
    assert found.sources == {contact.id: ["till"] for contact in contacts}
    assert len(asked) == 5


def test_a_page_tells_the_courses_and_what_is_still_to_pay(bob: Actor, alice: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        people = [cards.create(session, bob, {"first_name": name}) for name in ("a", "b")]
        for name in ("Violin", "Choir"):
            course = catalogue.add(session, alice, {"name": name, "status": "open"})
            offer = offers.add(session, alice, course.id or 0, {"name": "Once", "amount": "50"})
            made = enrolling.enrol(session, bob, course.id or 0, people[0], offer, enrolling.Terms()).made[0].id or 0
        payments.record(session, bob, made, payments.Given(20_00))
        enrolling.set_status(session, bob, made, EnrolmentStatus.PAUSED)
    with database.reading() as session:
        found = around.of(session, bob, people, {COURSES, OPEN})
        assert around.of(session, charlie, people, {COURSES, OPEN}).courses == {}
    assert found.courses == {people[0].id: [("Choir", "paused"), ("Violin", "active")]}
    assert found.open == {people[0].id: [(80_00, "EUR")]}


def test_what_no_column_shows_is_not_asked_for(bob: Actor) -> None:
    with database.reading() as session:
        found = around.of(session, bob, [], ())
    assert (found.sources, found.confirmed) == ({}, {})
