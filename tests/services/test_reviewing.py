from datetime import timedelta

import pytest

from crm_app.models import ReviewHold
from crm_app.models.base import now
from crm_app.services import database, reviewing
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import NotPermitted
from crm_app.services.reviewing import Step

LEADS = ContactFilter.from_params({"lifecycle": "lead"})


@pytest.fixture
def leads(bob: Actor) -> list[int]:
    """Four leads, and somebody who is none."""
    with database.transaction() as session:
        made = [cards.create(session, bob, {"first_name": f"Lead {n}", "lifecycle": "lead"}).number for n in range(4)]
        cards.create(session, bob, {"first_name": "None"})
    return made


def now_at(actor: Actor, **values) -> Step:
    with database.transaction() as session:
        return reviewing.current(session, actor, LEADS, **values)


def on(actor: Actor, step: Step) -> Step:
    assert step.contact is not None
    with database.transaction() as session:
        return reviewing.advance(session, actor, LEADS, step.contact.number)


def back(actor: Actor) -> Step:
    with database.transaction() as session:
        return reviewing.back(session, actor, LEADS)


def make_customer(actor: Actor, number: int) -> None:
    with database.transaction() as session:
        cards.change(session, actor, cards.get(session, actor, number), {"lifecycle": "customer"})


def number(step: Step) -> int | None:
    return step.contact.number if step.contact else None


def test_each_is_met_once_newest_first_and_then_all_are_through(leads: list[int], bob: Actor) -> None:
    step, met = now_at(bob), []
    while step.contact is not None:
        met.append((step.contact.number, step.seen, step.left))
        step = on(bob, step)
    assert met == [(4, 0, 3), (3, 1, 2), (2, 2, 1), (1, 3, 0)]
    assert (step.seen, step.left, number(now_at(bob))) == (4, 0, None)


def test_it_is_taken_up_where_it_was_left(leads: list[int], bob: Actor) -> None:
    on(bob, now_at(bob))
    assert (number(now_at(bob)), now_at(bob).seen) == (3, 1)


def test_who_leaves_the_filter_on_the_way_moves_nobody(leads: list[int], bob: Actor) -> None:
    step = now_at(bob)
    make_customer(bob, 4)
    assert number(now_at(bob)) == 4, "still before me"
    step = on(bob, step)
    assert (number(step), step.seen, step.left) == (3, 1, 2)
    assert number(back(bob)) == 4, "and back to it"


def test_back_and_forth_counts_nobody_twice(leads: list[int], bob: Actor) -> None:
    on(bob, on(bob, now_at(bob)))
    step = back(bob)
    assert (number(step), step.has_back) == (3, True)
    step = on(bob, step)
    assert (number(step), step.seen) == (2, 2)
    assert [number(back(bob)) for _ in range(3)] == [3, 4, 4]


def test_a_second_click_moves_nothing(leads: list[int], bob: Actor) -> None:
    first = now_at(bob)
    assert [number(on(bob, first)), number(on(bob, first))] == [3, 3]
    assert now_at(bob).seen == 1


def test_two_people_never_have_the_same_one_before_them(leads: list[int], bob: Actor, alice: Actor) -> None:
    assert number(now_at(bob)) == 4
    step = now_at(alice)
    assert (number(step), step.others) == (3, ("Bob",))
    assert number(on(bob, now_at(bob))) == 2, "alice has the third"


def test_a_hold_ends_with_leaving_or_after_a_while(leads: list[int], bob: Actor, alice: Actor) -> None:
    now_at(bob)
    assert number(now_at(alice, at=now() + 2 * reviewing.HOLD)) == 4
    with database.transaction() as session:
        reviewing.leave(session, alice)
        assert session.get(ReviewHold, 4) is None
    assert number(now_at(bob)) == 4


def test_a_new_beginning_meets_those_who_came_since(leads: list[int], bob: Actor) -> None:
    on(bob, now_at(bob))
    with database.transaction() as session:
        cards.create(session, bob, {"first_name": "Fresh", "lifecycle": "lead"})
    assert number(now_at(bob)) == 3
    with database.transaction() as session:
        step = reviewing.restart(session, bob, LEADS)
    assert (number(step), step.seen, step.left) == (6, 0, 4)


def test_every_filter_has_a_place_of_its_own(leads: list[int], bob: Actor) -> None:
    on(bob, now_at(bob))
    with database.transaction() as session:
        step = reviewing.current(session, bob, ContactFilter())
    assert (number(step), step.left) == (5, 4)


def test_a_hold_of_long_ago_stops_nobody(leads: list[int], bob: Actor, alice: Actor) -> None:
    now_at(bob, at=now() - timedelta(hours=1))
    assert number(now_at(alice)) == 4


def test_a_viewer_reviews_nobody_and_another_branch_none_of_ours(
    leads: list[int], victor: Actor, charlie: Actor
) -> None:
    with pytest.raises(NotPermitted):
        now_at(victor)
    assert now_at(charlie).contact is None
