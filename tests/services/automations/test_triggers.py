"""What sets an automation off: each happening once, for the contacts it is for."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import select

from crm_app.models import Automation, AutomationEvent, Contact, Installation, Trigger
from crm_app.services import database, form_answers, intake, jobs, tasks
from crm_app.services.actor import Actor
from crm_app.services.automations import sweeping
from crm_app.services.changes import actions as many
from crm_app.services.changes.start import start
from crm_app.services.contacts import cards, trash
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.filters.tree import Condition, Group
from crm_app.services.imports import work
from crm_app.services.intake import Arrival
from tests.services.automations.conftest import (
    Make,
    change,
    create,
    runs,
    states,
    status_named,
    tags_of,
    why,
    worked,
)

ZONE = ZoneInfo("Europe/Berlin")


def events() -> int:
    with database.reading() as session:
        return len(session.exec(select(AutomationEvent)).all())


def by_form(form: Actor) -> int:
    with database.transaction() as session:
        return form_answers.take(session, form, "Trial", {"first_name": "Ada"}, []).contact.number


def by_api(token: Actor) -> int:
    with database.transaction() as session:
        return intake.take(session, token, Arrival({"first_name": "Ada"}, "shop")).contact.number


@pytest.fixture
def outside(bob: Actor) -> Actor:
    """An integration, or a form."""
    return Actor(None, "x", bob.permissions, branch_ids=bob.branch_ids, via="Shop")


def test_a_contact_made_by_hand_by_a_form_and_by_the_api_are_three_things(
    automation: Make, bob: Actor, outside: Actor
) -> None:
    hand, form, api = map(automation, (Trigger.CREATED_BY_HAND, Trigger.CREATED_BY_FORM, Trigger.CREATED_BY_API))
    made = {hand: create(bob), form: by_form(outside), api: by_api(outside)}
    assert worked() == 3 and worked() == 0
    for id_, number in made.items():
        (run,) = runs(id_)
        with database.reading() as session:
            assert session.get_one(Contact, run.contact_id).number == number
        assert run.state == "done" and tags_of(number) == ["Noticed"]


def test_a_form_of_a_known_contact_creates_nobody(automation: Make, outside: Actor, bob: Actor) -> None:
    create(bob, email="ada@example.org")
    form = automation(Trigger.CREATED_BY_FORM)
    with database.transaction() as session:
        form_answers.take(session, outside, "Trial", {"first_name": "Ada", "email": "ada@example.org"}, [])
    assert worked() == 0 and runs(form) == []


def test_a_status_a_contact_is_given_and_no_other(automation: Make, bob: Actor) -> None:
    won = automation(Trigger.STATUS, value=status_named("Won"))
    number = create(bob, lifecycle="lead")
    change(bob, number, status="Interested")
    change(bob, number, status="Won")
    change(bob, number, status="Won", city="Rom")
    assert worked() == 1 and states(won) == ["done"] and tags_of(number) == ["Noticed"]


def test_a_tag_a_contact_is_given_new_or_later_and_no_other(
    automation: Make, bob: Actor, tag: Callable[[str], int]
) -> None:
    piano = automation(Trigger.TAG, value=tag("Piano"))
    create(bob, tags="Piano, Choir")
    later = create(bob, tags="Choir")
    change(bob, later, tags="Choir, Piano")
    change(bob, later, tags="Piano")
    assert worked() == 2 and states(piano) == ["done", "done"]


def test_where_nobody_waits_nothing_is_written(automation: Make, bob: Actor, tag: Callable[[str], int]) -> None:
    automation(Trigger.CREATED_BY_HAND, on=False)
    automation(Trigger.TAG, value=tag("Piano"))
    create(bob, tags="Choir")
    assert events() == 0


def test_a_contact_of_another_branch_is_no_business_of_it(automation: Make, charlie: Actor) -> None:
    automation(Trigger.CREATED_BY_HAND)
    create(charlie)
    assert events() == 0 and worked() == 0


def test_the_filter_is_respected_and_the_log_says_so(automation: Make, bob: Actor) -> None:
    rome = ContactFilter(where=Group(items=(Condition("city", "is", ("Rom",)),)))
    made = automation(Trigger.CREATED_BY_HAND, wanted=rome)
    inside, outside = create(bob, city="Rom"), create(bob, city="Bonn")
    assert worked() == 2
    assert states(made) == ["done", "skipped"] and why(made) == ["is not among those it is for"]
    assert tags_of(inside) == ["Noticed"] and tags_of(outside) == []


def test_a_change_of_many_sets_it_off_for_each(
    automation: Make, alice: Actor, bob: Actor, tag: Callable[[str], int]
) -> None:
    numbers = [create(bob, lifecycle="lead") for _ in range(3)]
    piano, won = automation(Trigger.TAG, value=tag("Piano")), automation(Trigger.STATUS, value=status_named("Won"))
    for order in (
        lambda session: many.tag(session, alice, ["Piano"]),
        lambda session: many.set_field(session, alice, "status", str(status_named("Won"))),
    ):
        with database.transaction() as session:
            job = start(session, alice, ContactFilter(), order(session))
            claim = jobs.claim(session, job.id or 0)
        assert claim is not None
        work.run(claim)
    assert worked() == 6 and states(piano) == ["done"] * 3 and tags_of(numbers[0]) == ["Noticed", "Piano"]
    assert states(won) == ["skipped"] * 3 and set(why(won)) == {"nothing to do: it is so already"}


# Tasks and birthdays, found by the clock


def task(actor: Actor, number: int, day: date, clock: str = "") -> int:
    with database.transaction() as session:
        texts = {"title": "Call", "day": day.isoformat(), "time": clock, "contact": str(number)}
        return tasks.add(session, actor, texts).id or 0


def since(automation_id: int, at: datetime) -> None:
    with database.transaction() as session:
        session.get_one(Automation, automation_id).active_since = at
        session.get_one(Installation, 1).timezone = "Europe/Berlin"


def test_a_task_is_overdue_once_when_its_time_has_passed(automation: Make, bob: Actor) -> None:
    made, number = automation(Trigger.TASK_OVERDUE), create(bob)
    since(made, datetime(2026, 3, 1, tzinfo=UTC))
    task(bob, number, date(2026, 3, 10), "14:30")
    task(bob, number, date(2026, 3, 10))
    task(bob, number, date(2026, 2, 20))  # was overdue before anybody asked for it
    assert sweeping.overdue(at=datetime(2026, 3, 10, 14, 29, tzinfo=ZONE)) == 0
    assert sweeping.overdue(at=datetime(2026, 3, 10, 14, 31, tzinfo=ZONE)) == 1
    assert sweeping.overdue(at=datetime(2026, 3, 10, 14, 32, tzinfo=ZONE)) == 0
    assert worked() == 1
    assert sweeping.overdue(at=datetime(2026, 3, 11, 0, 1, tzinfo=ZONE)) == 1
    assert worked() == 1 and sweeping.overdue(at=datetime(2026, 3, 12, 9, tzinfo=ZONE)) == 0
    assert states(made) == ["done", "skipped"], "two tasks are two occasions; the tag was there the second time"


def test_a_task_that_is_done_or_of_another_type_is_none(automation: Make, bob: Actor) -> None:
    made, number = automation(Trigger.TASK_OVERDUE, value=2), create(bob)
    since(made, datetime(2026, 3, 1, tzinfo=UTC))
    with database.transaction() as session:
        tasks.done(session, bob, tasks.add(session, bob, _typed(number, "2")).id or 0)
        tasks.add(session, bob, _typed(number, "1"))
        tasks.add(session, bob, _typed(number, "2"))
    assert sweeping.overdue(at=datetime(2026, 3, 20, tzinfo=ZONE)) == 1


def _typed(number: int, kind: str) -> dict[str, str]:
    return {"title": "Call", "day": "2026-03-10", "type": kind, "contact": str(number)}


BORN = {"birth_date": "1990-03-29"}


@pytest.mark.parametrize(
    ("born", "at", "is_today"),
    [
        ("1990-03-29", datetime(2026, 3, 29, 9, 0, tzinfo=ZONE), True),  # the day on which summer time begins
        ("1990-03-29", datetime(2026, 3, 29, 8, 59, tzinfo=ZONE), False),
        ("1990-10-25", datetime(2026, 10, 25, 9, 0, tzinfo=ZONE), True),  # and the one on which it ends
        ("1990-10-25", datetime(2026, 10, 25, 7, 59, tzinfo=UTC), False),
        ("1990-10-25", datetime(2026, 10, 25, 22, 59, tzinfo=UTC), True),
        ("1990-10-25", datetime(2026, 10, 25, 23, 1, tzinfo=UTC), False),  # the 26th there
        ("1992-02-29", datetime(2026, 2, 28, 12, 0, tzinfo=ZONE), True),
        ("1992-02-29", datetime(2026, 3, 1, 12, 0, tzinfo=ZONE), False),
        ("1992-02-29", datetime(2028, 2, 28, 12, 0, tzinfo=ZONE), False),
        ("1992-02-29", datetime(2028, 2, 29, 12, 0, tzinfo=ZONE), True),
        ("1992-02-28", datetime(2026, 2, 28, 12, 0, tzinfo=ZONE), True),
    ],
)
def test_a_birthday_is_a_day_of_the_installations_zone(
    automation: Make, bob: Actor, born: str, at: datetime, is_today: bool
) -> None:
    made, number = automation(Trigger.BIRTHDAY), create(bob, birth_date=born)
    since(made, datetime(2026, 1, 1, tzinfo=UTC))
    assert sweeping.birthdays(at=at) == int(is_today)
    assert worked(at=at) == int(is_today) and tags_of(number) == (["Noticed"] if is_today else [])


def test_a_birthday_comes_once_a_year_and_again_in_the_next(automation: Make, bob: Actor) -> None:
    made, number = automation(Trigger.BIRTHDAY), create(bob, **BORN)
    since(made, datetime(2026, 1, 1, tzinfo=UTC))
    first = datetime(2026, 3, 29, 10, tzinfo=ZONE)
    assert sweeping.birthdays(at=first) == 1 and sweeping.birthdays(at=first) == 0
    worked(at=first)
    assert sweeping.birthdays(at=first + timedelta(hours=3)) == 0
    assert sweeping.birthdays(at=datetime(2027, 3, 29, 10, tzinfo=ZONE)) == 1
    worked()
    assert states(made) == ["done", "skipped"] and tags_of(number) == ["Noticed"]


def test_whoever_is_in_the_trash_or_elsewhere_has_no_birthday(automation: Make, bob: Actor, charlie: Actor) -> None:
    made, number = automation(Trigger.BIRTHDAY), create(bob, **BORN)
    create(charlie, **BORN)
    since(made, datetime(2026, 1, 1, tzinfo=UTC))
    with database.transaction() as session:
        trash.put(session, bob, cards.get(session, bob, number))
    assert sweeping.birthdays(at=datetime(2026, 3, 29, 10, tzinfo=ZONE)) == 0
