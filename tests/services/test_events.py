"""Events: from when to when, who takes part, moved, and seen by whom it concerns."""

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from sqlmodel import select

from crm_app.models import CalendarEvent, NoticeKind, Reminder
from crm_app.services import database, events, reminders
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import Invalid, NotFound, NotPermitted

DAY = "2030-05-06"


@pytest.fixture
def number(bob: Actor) -> int:
    with database.transaction() as session:
        return cards.create(session, bob, {"first_name": "Ada"}).number


def made(actor: Actor, **texts: Any) -> int:
    wanted = {"title": "Trial lesson", "day": DAY, "time": "10:00", **{key: str(value) for key, value in texts.items()}}
    with database.transaction() as session:
        return events.add(session, actor, wanted).id or 0


def one(event_id: int) -> CalendarEvent:
    with database.reading() as session:
        return session.get_one(CalendarEvent, event_id)


def on(actor: Actor, first: str, last: str, **more: bool) -> list[str]:
    with database.reading() as session:
        found = events.between(session, actor, date.fromisoformat(first), date.fromisoformat(last), **more)
        return [row.event.title for row in found]


@pytest.mark.parametrize(
    ("texts", "span"),
    [
        ({}, (time(10), date(2030, 5, 6), time(11))),  # an hour, when nothing is said
        ({"time": "23:30"}, (time(23, 30), date(2030, 5, 7), time(0, 30))),
        ({"end_time": "12:15"}, (time(10), date(2030, 5, 6), time(12, 15))),
        ({"end_day": "2030-05-08", "end_time": "09:00"}, (time(10), date(2030, 5, 8), time(9))),
        ({"all_day": "1"}, (None, date(2030, 5, 6), None)),
        ({"all_day": "1", "end_day": "2030-05-09"}, (None, date(2030, 5, 9), None)),
    ],
)
def test_from_when_to_when(texts: dict[str, str], span: tuple[Any, ...], bob: Actor) -> None:
    found = one(made(bob, **texts))
    assert (found.starts_at, found.ends_on, found.ends_at) == span


@pytest.mark.parametrize(
    ("field", "texts"),
    [
        ("title", {"title": " "}), ("day", {"day": "x"}), ("time", {"time": ""}), ("time", {"time": "9h"}),
        ("end_time", {"end_time": "09:59"}), ("end_day", {"end_day": "2030-05-05", "end_time": "11:00"}),
        ("people", {"people": "999"}), ("contact", {"contact": "99"}), ("remind", {"remind": "3"}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_its_field(field: str, texts: dict[str, str], bob: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        made(bob, **texts)
    assert refused.value.field == field


def test_it_stands_on_every_day_it_touches_for_everybody_who_takes_part(bob: Actor, alice: Actor) -> None:
    made(bob, title="Camp", all_day="1", end_day="2030-05-08", people=f"{bob.user_id},{alice.user_id}")
    made(bob, title="Alone")
    for day in ("2030-05-06", "2030-05-07", "2030-05-08"):
        assert "Camp" in on(alice, day, day)
    assert on(alice, "2030-05-09", "2030-05-09") == [] and on(alice, "2030-05-01", "2030-05-05") == []
    assert on(bob, DAY, DAY) == ["Camp", "Alone"] and on(alice, DAY, DAY, colleagues=True) == ["Camp", "Alone"]
    with pytest.raises(NotPermitted):
        on(bob, DAY, DAY, colleagues=True)


def test_moved_it_lasts_as_long(bob: Actor) -> None:
    id_ = made(bob, end_day="2030-05-08", end_time="12:00")
    with database.transaction() as session:
        assert events.move(session, bob, id_, date(2030, 6, 1)) == date(2030, 5, 6)
    found = one(id_)
    assert (found.starts_on, found.starts_at, found.ends_on, found.ends_at) == (
        date(2030, 6, 1), time(10), date(2030, 6, 3), time(12),
    )  # fmt: skip


def test_everybody_who_takes_part_is_reminded(bob: Actor, alice: Actor) -> None:
    id_ = made(bob, remind=15, people=f"{bob.user_id},{alice.user_id}")
    with database.transaction() as session:
        events.change(session, bob, id_, {"title": "Lesson", "day": DAY, "time": "12:00", "remind": "15"})
    with database.reading() as session:
        planned = session.exec(select(Reminder.user_id, Reminder.remind_at)).all()
    assert sorted(planned) == [(user, datetime(2030, 5, 6, 9, 45, tzinfo=UTC)) for user in (alice.user_id, bob.user_id)]
    assert reminders.send_due(at=datetime(2030, 5, 7, tzinfo=UTC)) == 2
    from crm_app.models import Notice

    with database.reading() as session:
        notices = session.exec(select(Notice)).all()
    assert {(one.kind, one.link) for one in notices} == {(NoticeKind.EVENT_REMINDER, f"/calendar?event={id_}")}


def test_removed_and_there_again(bob: Actor) -> None:
    id_ = made(bob, remind=0)
    with database.transaction() as session:
        events.remove(session, bob, id_)
        assert session.exec(select(Reminder)).all() == []
    assert on(bob, DAY, DAY) == []
    with database.transaction() as session:
        events.restore(session, bob, id_)
    assert on(bob, DAY, DAY) == ["Trial lesson"]


def test_of_a_contact_everybody_sees_it_charlie_nothing_and_a_viewer_changes_none(
    bob: Actor, alice: Actor, charlie: Actor, victor: Actor, number: int
) -> None:
    id_, private = made(bob, contact=number), made(alice, title="Private")
    with database.reading() as session:
        contact = cards.get(session, victor, number)
        assert [row.event.id for row in events.coming_of_contact(session, victor, contact, date(2030, 5, 6))] == [id_]
        assert events.coming_of_contact(session, victor, contact, date(2030, 5, 7)) == []
        with pytest.raises(NotFound):
            events.get(session, bob, private)
    before = one(id_).model_dump()

    def verbs(actor: Actor, event_id: int) -> list[Any]:
        return [
            lambda: events.change(session, actor, event_id, {"title": "X", "day": DAY, "time": "10:00"}),
            lambda: events.move(session, actor, event_id, date(2031, 1, 1)),
            lambda: events.remove(session, actor, event_id),
            lambda: events.restore(session, actor, event_id),
        ]

    with database.transaction() as session:
        for verb in [*verbs(charlie, id_), *verbs(charlie, 999), lambda: events.row(session, charlie, id_)]:
            with pytest.raises(NotFound, match="no such event"):
                verb()
        for verb in verbs(victor, id_):
            with pytest.raises(NotPermitted):
                verb()
    with pytest.raises(NotPermitted):
        made(victor)
    with pytest.raises(Invalid):
        made(charlie, people=bob.user_id)
    assert one(id_).model_dump() == before


def test_who_may_not_choose_a_person_leaves_them_there(bob: Actor, charlie: Actor, number: int) -> None:
    from crm_app.models import CalendarEventPerson

    id_ = made(bob)
    with database.transaction() as session:
        session.add(CalendarEventPerson(event_id=id_, user_id=charlie.user_id or 0))
    with database.transaction() as session:
        texts = {"title": "X", "day": DAY, "time": "10:00", "people": f"{charlie.user_id},{bob.user_id}"}
        events.change(session, bob, id_, texts)
        assert {user.name for user in events.people(session, [id_])[id_]} == {"Bob", "Charlie"}
