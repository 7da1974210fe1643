"""Tasks: whose they are, what is typed, done and done again, repeated, put off."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import col, func, select

from crm_app.models import Notice, NoticeKind, Reminder, Repeat, Task
from crm_app.models.permission import Permission
from crm_app.services import choosable, database, tasks
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, timeline
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from crm_app.services.tasks import Due

DAY = "2030-05-06"
ZONE = "Europe/Berlin"


@pytest.fixture
def number(bob: Actor) -> int:
    with database.transaction() as session:
        return cards.create(session, bob, {"first_name": "Ada"}).number


def given(actor: Actor, *, notify: bool = False, **texts: Any) -> int:
    wanted = {"title": "Call back", "day": DAY, **{name: str(value) for name, value in texts.items()}}
    with database.transaction() as session:
        return tasks.add(session, actor, wanted, notify=notify).id or 0


def one(task_id: int) -> Task:
    with database.reading() as session:
        return session.get_one(Task, task_id)


def mine(actor: Actor) -> list[str]:
    with database.reading() as session:
        return [row.task.title for row in tasks.mine(session, actor)]


def finished(actor: Actor, task_id: int, **more: Any) -> Task:
    with database.transaction() as session:
        return tasks.done(session, actor, task_id, **more)


def test_what_is_typed_is_kept_and_the_next_one_comes_first(bob: Actor, number: int) -> None:
    with database.reading() as session:
        call = choosable.task_type(session, "call")
    assert call is not None
    id_ = given(
        bob,
        title="  Ring   Ada ",
        time="10:00",
        type=call.id,
        description="Piano\r\nor guitar",
        priority=3,
        repeat="weekly",
        remind=30,
        contact=number,
    )
    given(bob, title="All day")
    given(bob, title="Early", time="08:15")
    given(bob, title="The day before", day="2030-05-05")
    found = one(id_)
    assert (found.title, found.due_day, found.due_time) == ("Ring Ada", date(2030, 5, 6), time(10))
    assert (found.description, found.priority, found.repeat) == ("Piano\nor guitar", 3, Repeat.WEEKLY)
    assert (found.remind_before, found.type_id, found.assignee_id) == (30, call.id, bob.user_id)
    assert mine(bob) == ["The day before", "Early", "Ring Ada", "All day"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("title", "x" * 201), ("title", "a\x00b"), ("day", ""), ("day", "soon"), ("day", "1899-01-01"),
        ("time", "25:00"), ("priority", "9"), ("repeat", "hourly"), ("remind", "7"), ("contact", "99"),
        ("contact", "x"), ("assignee", "999"), ("type", "999"), ("description", "x" * 10_001),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_its_field(field: str, value: str, bob: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        given(bob, **{field: value})
    assert refused.value.field == field
    with database.reading() as session:
        assert session.exec(select(Task)).all() == []


def test_a_colleague_is_told_at_once_and_oneself_is_not(bob: Actor, alice: Actor) -> None:
    id_ = given(bob, assignee=alice.user_id, time="09:30", notify=True)
    given(bob, notify=True)
    given(bob, assignee=alice.user_id)
    with database.reading() as session:
        (notice,) = session.exec(select(Notice)).all()
    assert (notice.user_id, notice.kind, notice.link) == (alice.user_id, NoticeKind.TASK_ASSIGNED, f"/tasks?task={id_}")
    assert notice.params == {"who": "Bob", "title": "Call back", "day": DAY, "time": "09:30"}


def test_done_twice_is_done_once_and_stands_in_the_timeline(bob: Actor, alice: Actor, number: int) -> None:
    id_ = given(bob, contact=number, repeat="daily")
    at = datetime(2030, 5, 6, 8, tzinfo=UTC)
    finished(alice, id_, at=at)
    finished(bob, id_)
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(Task)).one() == 2
        (entry,) = [e for e in timeline.entries(session, cards.get(session, bob, number)) if e.kind == "task_done"]
    assert (entry.who, entry.at, entry.data["title"]) == ("Alice", at, "Call back")


@pytest.mark.parametrize(
    ("repeat", "day", "at", "after"),
    [
        ("daily", "2030-05-06", "2030-05-06", "2030-05-07"),
        ("daily", "2030-05-06", "2030-05-10", "2030-05-10"),  # late: today is still to come
        ("daily", "2030-05-06", "2030-05-01", "2030-05-07"),
        ("weekly", "2030-05-06", "2030-05-21", "2030-05-27"),
        ("monthly", "2030-01-31", "2030-01-31", "2030-02-28"),
        ("yearly", "2028-02-29", "2028-02-29", "2029-02-28"),
    ],
)
def test_a_repeated_one_comes_again(repeat: str, day: str, at: str, after: str, bob: Actor) -> None:
    id_ = given(bob, repeat=repeat, day=day, time="10:00", remind=60)
    found = finished(bob, id_, at=datetime.fromisoformat(at + "T12:00+00:00"))
    again = one(found.next_id or 0)
    assert (again.due_day.isoformat(), again.due_time, again.is_open) == (after, time(10), True)


def test_the_last_of_the_month_stays_the_last(bob: Actor) -> None:
    id_, days = given(bob, repeat="monthly", day="2030-01-31"), []
    for _ in range(4):
        found = finished(bob, id_, at=datetime(2030, 1, 1, tzinfo=UTC))
        id_ = found.next_id or 0
        days.append(one(id_).due_day.day)
    assert days == [28, 31, 30, 31]


def test_reopened_what_came_after_it_goes_unless_somebody_changed_it(bob: Actor) -> None:
    id_ = given(bob, repeat="daily")
    for _ in range(2):
        finished(bob, id_)
        with database.transaction() as session:
            tasks.reopen(session, bob, id_)
            tasks.reopen(session, bob, id_)
        assert mine(bob) == ["Call back"]
    after = finished(bob, id_).next_id or 0
    with database.transaction() as session:
        tasks.change(session, bob, after, {"title": "Another", "day": DAY, "repeat": "daily"})
        tasks.reopen(session, bob, id_)
    assert sorted(mine(bob)) == ["Another", "Call back"]
    finished(bob, id_)
    assert mine(bob) == ["Another"]  # it is not made a second time


def test_several_are_put_off_together_and_keep_their_time(bob: Actor, charlie: Actor) -> None:
    ids = [given(bob, time="10:00"), given(bob, title="Other")]
    with database.transaction() as session:
        before = tasks.reschedule(session, bob, ids, date(2030, 6, 1))
    assert before == dict.fromkeys(ids, date(2030, 5, 6))
    assert {(one(id_).due_day, one(id_).due_time) for id_ in ids} == {
        (date(2030, 6, 1), time(10)),
        (date(2030, 6, 1), None),
    }
    foreign = given(charlie)
    with pytest.raises(NotFound), database.transaction() as session:
        tasks.reschedule(session, bob, [ids[0], foreign], date(2030, 7, 1))
    assert one(ids[0]).due_day == date(2030, 6, 1)


def test_removed_and_there_again(bob: Actor) -> None:
    id_ = given(bob, remind=0)
    with database.transaction() as session:
        tasks.remove(session, bob, id_)
        with pytest.raises(NotFound):
            tasks.get(session, bob, id_)
        assert session.exec(select(Reminder)).all() == []
    assert mine(bob) == []
    for _ in range(2):
        with database.transaction() as session:
            tasks.restore(session, bob, id_)
    assert mine(bob) == ["Call back"]
    with database.reading() as session:
        assert len(session.exec(select(Reminder)).all()) == 1


def test_the_assignee_may_be_one_the_actor_cannot_choose_and_then_stays(alice: Actor, bob: Actor) -> None:
    id_ = given(alice, assignee=bob.user_id)
    with database.transaction() as session:
        tasks.change(session, alice, id_, {"title": "B", "day": DAY})
    assert one(id_).assignee_id == bob.user_id


def test_own_ones_those_of_contacts_and_colleagues_with_the_right(bob: Actor, alice: Actor, number: int) -> None:
    private, of_contact = given(alice, title="Private"), given(alice, title="About Ada", contact=number)
    with database.reading() as session:
        assert tasks.get(session, bob, of_contact).title == "About Ada"
        with pytest.raises(NotFound):
            tasks.get(session, bob, private)
        with pytest.raises(NotPermitted):
            tasks.of_colleagues(session, bob)
        assert [row.task.title for row in tasks.of_contact(session, bob, cards.get(session, bob, number))] == [
            "About Ada"
        ]
    bobs = given(bob, title="Bob's own")
    with database.reading() as session:
        assert alice.may(Permission.TASKS_ALL) and tasks.get(session, alice, bobs)
        assert [row.task.title for row in tasks.of_colleagues(session, alice)] == ["Bob's own"]


def verbs(session: Any, actor: Actor, id_: int) -> list[Any]:
    texts = {"title": "Mine now", "day": DAY}
    return [
        lambda: tasks.change(session, actor, id_, texts),
        lambda: tasks.done(session, actor, id_),
        lambda: tasks.reopen(session, actor, id_),
        lambda: tasks.reschedule(session, actor, [id_], date(2031, 1, 1)),
        lambda: tasks.remove(session, actor, id_),
        lambda: tasks.restore(session, actor, id_),
    ]


def test_charlie_of_another_branch_finds_none_and_a_viewer_changes_none(
    bob: Actor, charlie: Actor, victor: Actor, number: int
) -> None:
    id_ = given(bob, contact=number)
    before = one(id_).model_dump()
    with database.transaction() as session:
        for verb in [*verbs(session, charlie, id_), *verbs(session, charlie, 999)]:
            with pytest.raises(NotFound, match="no such task"):
                verb()
        with pytest.raises(NotFound):
            tasks.get(session, charlie, id_)
        assert tasks.get(session, victor, id_)
        for verb in verbs(session, victor, id_):
            with pytest.raises(NotPermitted):
                verb()
    with pytest.raises(NotPermitted):
        given(victor)
    assert one(id_).model_dump() == before
    for texts in ({"contact": number}, {"assignee": bob.user_id}):
        with pytest.raises(Invalid):
            given(charlie, **texts)


def test_where_a_task_stands_in_time(bob: Actor) -> None:
    at = datetime(2030, 5, 6, 22, 30, tzinfo=UTC)  # 00:30 on the 7th in Berlin
    task = Task(title="T", due_day=date(2030, 5, 7))
    assert tasks.due(task, ZONE, at) is Due.TODAY and tasks.due(task, "UTC", at) is Due.WEEK
    task.due_time = time(0, 15)
    assert tasks.due(task, ZONE, at) is Due.OVERDUE
    task.due_time = time(9)
    assert tasks.due(task, ZONE, at) is Due.TODAY
    for days, due in ((-1, Due.OVERDUE), (1, Due.WEEK), (7, Due.WEEK), (8, Due.LATER)):
        task.due_day = date(2030, 5, 7) + timedelta(days=days)
        assert tasks.due(task, ZONE, at) is due


def test_a_contact_with_a_task_is_no_contact_to_undo(bob: Actor, number: int) -> None:
    from crm_app.services.imports.undo_ties import ties

    given(bob, contact=number)
    with database.reading() as session:
        id_ = cards.id_of(cards.get(session, bob, number))
        assert ties(session, 0, [id_])[id_].reason is not None
        assert session.exec(select(col(Task.contact_id))).one() == id_


def test_a_merge_takes_tasks_and_events_along_and_gives_them_back(bob: Actor, number: int) -> None:
    from crm_app.models import CalendarEvent
    from crm_app.services import events
    from crm_app.services.duplicates import merging, unmerging

    with database.transaction() as session:
        other = cards.create(session, bob, {"first_name": "Ada", "email": "ada@example.org"})
        events.add(session, bob, {"title": "E", "day": DAY, "time": "10:00", "contact": str(other.number)})
    given(bob, contact=other.number)

    def whose() -> set[int | None]:
        with database.reading() as session:
            return {*session.exec(select(Task.contact_id)), *session.exec(select(CalendarEvent.contact_id))}

    assert whose() == {other.id}
    with database.transaction() as session:
        merged = merging.merge(session, bob, number, [other.number])
        kept = cards.get(session, bob, number).id
    assert whose() == {kept}
    with database.transaction() as session:
        unmerging.unmerge(session, bob, unmerging.merges(session, bob, number)[0].id or 0)
    assert merged is not None and whose() == {other.id}
