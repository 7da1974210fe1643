"""Reminders: planned by the clock of the installation's zone, told exactly once, whatever was down meanwhile."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies
from sqlmodel import func, select, update

from crm_app.models import Installation, Notice, NoticeKind, Reminder, Task
from crm_app.models.base import now
from crm_app.services import database, local_time, notices, reminders, tasks
from crm_app.services.actor import Actor
from crm_app.services.errors import NotFound

ZONES = (
    "Europe/Berlin", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu",
    "America/Sao_Paulo", "Africa/Casablanca", "UTC",
)  # fmt: skip


def add(actor: Actor, **texts: Any) -> int:
    wanted = {"title": "Call", "day": "2030-05-06", "time": "10:00", "remind": "60"}
    with database.transaction() as session:
        return tasks.add(session, actor, {**wanted, **texts}).id or 0


def planned() -> list[datetime]:
    with database.reading() as session:
        return list(session.exec(select(Reminder.remind_at).order_by(Reminder.id)).all())


def told() -> list[Notice]:
    with database.reading() as session:
        return list(session.exec(select(Notice)).all())


def test_one_is_told_when_it_is_due_and_not_before_and_not_twice(bob: Actor) -> None:
    id_ = add(bob)
    assert planned() == [datetime(2030, 5, 6, 7, tzinfo=UTC)]  # 10:00 in Berlin less an hour
    assert reminders.send_due(at=datetime(2030, 5, 6, 6, 59, tzinfo=UTC)) == 0
    assert reminders.send_due(at=datetime(2030, 5, 6, 7, tzinfo=UTC)) == 1
    assert reminders.send_due(at=datetime(2030, 5, 7, tzinfo=UTC)) == 0
    (notice,) = told()
    assert (notice.user_id, notice.kind, notice.link) == (bob.user_id, NoticeKind.TASK_REMINDER, f"/tasks?task={id_}")
    assert notice.params == {"title": "Call", "day": "2030-05-06", "time": "10:00"}


def test_a_changed_task_has_one_reminder_and_a_done_one_none(bob: Actor, alice: Actor) -> None:
    id_ = add(bob)
    with database.transaction() as session:
        wanted = {"title": "Call", "day": "2030-05-07", "time": "", "remind": "1440", "assignee": str(alice.user_id)}
        tasks.change(session, bob, id_, wanted)
    assert planned() == [datetime(2030, 5, 6, 7, tzinfo=UTC)]  # a day without a time begins at 9
    with database.reading() as session:
        assert session.exec(select(Reminder.user_id)).one() == alice.user_id
    with database.transaction() as session:
        tasks.done(session, bob, id_)
    assert planned() == []
    with database.transaction() as session:
        tasks.reopen(session, bob, id_)
    assert len(planned()) == 1


def test_one_that_is_due_is_told_although_the_task_is_mended_in_between(bob: Actor) -> None:
    id_ = add(bob)
    with database.transaction() as session:
        session.execute(update(Reminder).values(remind_at=now() - timedelta(seconds=3)))
    with database.transaction() as session:
        late = {"title": "Call", "day": "2020-05-06", "time": "10:00", "remind": "60", "description": "Door code 12"}
        tasks.change(session, bob, id_, late)
    assert reminders.send_due() == 1
    assert reminders.send_due() == 0


def test_what_lies_in_the_past_already_is_not_planned(bob: Actor) -> None:
    add(bob, day="2020-01-01")
    assert planned() == []


def test_in_another_time_zone_ten_o_clock_is_another_moment(bob: Actor) -> None:
    add(bob)
    with database.transaction() as session:
        session.get_one(Installation, 1).timezone = "America/New_York"
    assert reminders.send_due(at=datetime(2030, 5, 6, 7, tzinfo=UTC)) == 0
    assert planned() == [datetime(2030, 5, 6, 13, tzinfo=UTC)]


def test_a_thousand_that_came_due_while_nothing_ran_appear_once_each_whoever_asks(bob: Actor) -> None:
    with database.transaction() as session:
        made = [Task(title=f"T{n}", due_day=date(2030, 1, 1), assignee_id=bob.user_id) for n in range(1000)]
        session.add_all(made)
        session.flush()
        past = now() - timedelta(days=1)
        session.add_all(
            Reminder(user_id=bob.user_id or 0, task_id=task.id, remind_at=past, zone="Europe/Berlin") for task in made
        )
    counted = iter(range(3))
    first = reminders.send_due(should_stop=lambda: next(counted) >= 2)  # the server stops after two rounds
    assert first == 2 * reminders.CHUNK
    database.dispose()  # and another one starts, with a second process beside it
    sums: list[int] = []
    workers = [threading.Thread(target=lambda: sums.append(reminders.send_due())) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert first + sum(sums) == 1000
    with database.reading() as session:
        titles = [row["title"] for row in session.exec(select(Notice.params)).all()]
    assert sorted(titles) == sorted(f"T{n}" for n in range(1000))


def test_a_task_that_was_removed_behind_the_plan_tells_nothing(bob: Actor) -> None:
    id_ = add(bob)
    with database.transaction() as session:
        session.execute(update(Task).where(Task.id == id_).values(removed_at=now()))  # type: ignore[arg-type]
    assert reminders.send_due(at=datetime(2031, 1, 1, tzinfo=UTC)) == 0 and told() == []


def test_notices_are_read_by_their_user_alone(bob: Actor, alice: Actor) -> None:
    with database.transaction() as session:
        ids = [
            notices.add(session, user_id=bob.user_id or 0, kind=NoticeKind.MENTIONED, who="Alice", contact="Ada").id
            for _ in range(3)
        ]
        with pytest.raises(NotFound):
            notices.read(session, alice, ids[0] or 0)
        with pytest.raises(NotFound):
            notices.read(session, alice, 999)
        assert notices.newest(session, alice) == []
        notices.read_all(session, alice)
        assert notices.unread(session, [bob.user_id or 0, alice.user_id or 0]) == {bob.user_id: 3}
        for _ in range(2):
            notices.read(session, bob, ids[0] or 0)
        assert notices.unread(session, [bob.user_id or 0]) == {bob.user_id: 2}
        notices.read_all(session, bob)
        assert notices.unread(session, [bob.user_id or 0]) == {}
        assert [notice.id for notice in notices.newest(session, bob)] == ids[::-1]


def test_what_names_a_contact_goes_with_it(bob: Actor) -> None:
    from crm_app.models import Contact
    from crm_app.services.contacts import cards

    with database.transaction() as session:
        number = cards.create(session, bob, {"first_name": "Ada"}).number
    add(bob, title="Call Ada", contact=str(number))
    assert reminders.send_due(at=datetime(2031, 1, 1, tzinfo=UTC)) == 1 and len(told()) == 1
    with database.transaction() as session:
        session.delete(session.exec(select(Contact).where(Contact.number == number)).one())
    assert told() == [] and planned() == []


def test_old_notices_go(bob: Actor) -> None:
    with database.transaction() as session:
        for days in (1, 91):
            made = notices.add(session, user_id=bob.user_id or 0, kind=NoticeKind.MENTIONED)
            made.created_at = now() - timedelta(days=days)
    assert notices.purge() == 1
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(Notice)).one() == 1


def wall_clock(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@given(
    zone=strategies.sampled_from(ZONES),
    day=strategies.dates(date(2005, 1, 1), date(2037, 12, 31)),
    minute=strategies.integers(0, 24 * 60 - 1),
)
def test_a_local_time_is_the_first_moment_at_which_the_clock_shows_it(zone: str, day: date, minute: int) -> None:
    """Judged by looking at the clock minute by minute, without asking how the moment was found."""
    clock = time(minute // 60, minute % 60)
    wanted = datetime.combine(day, clock)
    found = local_time.moment(day, clock, zone)
    around = [found + timedelta(minutes=by) for by in range(-150, 151, 5)] + [found - timedelta(days=1)]
    showing = sorted(one for one in around if wall_clock(one, zone) == wanted)
    if showing:
        assert found == showing[0]
    else:  # the clock jumps over it: as much later as it jumps
        jump = wall_clock(found, zone) - wanted
        assert timedelta(0) < jump <= timedelta(days=1)
        before_the_jump = found - jump
        assert wall_clock(before_the_jump, zone) + jump == wanted - jump + jump or jump
        offset = wall_clock(before_the_jump, zone) - before_the_jump.replace(tzinfo=None)
        assert found.replace(tzinfo=None) + offset == wanted


@pytest.mark.parametrize(
    ("day", "clock", "utc"),
    [
        (date(2027, 3, 28), time(2, 30), "2027-03-28T01:30"),  # there is no 02:30: it means 03:30
        (date(2027, 10, 31), time(2, 30), "2027-10-31T00:30"),  # 02:30 comes twice: the first
        (date(2027, 10, 31), time(3, 0), "2027-10-31T02:00"),
    ],
)
def test_days_on_which_clocks_change(day: date, clock: time, utc: str) -> None:
    assert local_time.moment(day, clock, "Europe/Berlin") == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@given(
    zone=strategies.sampled_from(ZONES),
    day=strategies.dates(date(2012, 1, 15), date(2037, 12, 31)),
    minute=strategies.integers(0, 24 * 60 - 1),
    offset=strategies.sampled_from(reminders.OFFSETS),
)
def test_before_goes_whole_days_by_the_calendar_and_less_exactly(
    zone: str, day: date, minute: int, offset: int
) -> None:
    clock = time(minute // 60, minute % 60)
    found = local_time.before(day, clock, offset, zone)
    days, rest = divmod(offset, 1440)
    assert found + timedelta(minutes=rest) == local_time.moment(day - timedelta(days=days), clock, zone)
    if rest == 0 and wall_clock(found, zone).date() == day - timedelta(days=days):
        shown = wall_clock(found, zone).time()
        assert shown == clock or shown > clock  # the same time of the day, unless the clock jumps over it
