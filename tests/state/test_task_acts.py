"""What pages do to tasks, event by event."""

from datetime import date

from sqlmodel import select

from crm_app.components.planned_fields import REMINDERS
from crm_app.components.task_icon import TASK_ICONS
from crm_app.components.task_sheet import PRIORITIES, REPEATS
from crm_app.models import Priority, Repeat, Task
from crm_app.services import database, reminders, tasks
from crm_app.services.actor import Actor
from crm_app.services.settings import task_types
from crm_app.state import event_form, planned_view
from crm_app.state.messages import MessageState
from crm_app.state.task_acts import TaskActState
from crm_app.state.task_form import TaskFormState
from crm_app.state.tasks import TasksState
from tests.state.events import Tab, app
from tests.state.sample import cookie_of


def given(actor: Actor, title: str) -> int:
    with database.transaction() as session:
        return tasks.add(session, actor, {"title": title, "day": "2030-05-06"}).id or 0


def is_done(task_id: int) -> bool:
    with database.reading() as session:
        return session.get_one(Task, task_id).done_at is not None


def test_pages_and_services_know_the_same_words() -> None:
    assert tuple(TASK_ICONS) == task_types.ICONS
    assert set(REMINDERS) == {"", *map(str, reminders.OFFSETS)}
    assert set(PRIORITIES) == {str(one.value) for one in Priority}
    assert set(REPEATS) == set(Repeat) == set(planned_view.REPEATS)


async def test_each_undo_leads_back_from_its_own_message_and_once(bob: Actor) -> None:
    one, two = given(bob, "One"), given(bob, "Two")
    async with Tab(app, cookie_of(bob)) as tab:
        await tab.fire(TaskActState.done, task_id=one)
        first = (await tab.state(MessageState)).n
        await tab.fire(TaskActState.done, task_id=two)
        second = (await tab.state(MessageState)).n
        await tab.fire(TaskFormState.take_back, message=first)  # not a message of the form
        assert (is_done(one), is_done(two)) == (True, True)
        await tab.fire(TaskActState.take_back, message=first)
        assert (is_done(one), is_done(two)) == (False, True)
        await tab.fire(TaskActState.done, task_id=one)
        await tab.fire(TaskActState.take_back, message=first)  # a second press takes nothing more back
        assert (is_done(one), is_done(two)) == (True, True)
        await tab.fire(TaskActState.take_back, message=second)
        assert (is_done(one), is_done(two)) == (True, False)


async def test_put_off_by_days_and_put_back(bob: Actor) -> None:
    ids = [given(bob, "One"), given(bob, "Two")]
    async with Tab(app, cookie_of(bob)) as tab:
        for id_ in ids:
            await tab.fire(TaskActState.tick, task_id=id_)
        await tab.fire(TaskActState.put_off_by, days=7)
        with database.reading() as session:
            assert len({task.due_day.isoformat() for task in session.exec(select(Task))} | {"2030-05-06"}) == 2
        assert (await tab.state(TaskActState)).ticked == []
        await tab.fire(TaskActState.take_back, message=(await tab.state(MessageState)).n)
        with database.reading() as session:
            assert {task.due_day.isoformat() for task in session.exec(select(Task))} == {"2030-05-06"}


async def test_charlies_tab_does_nothing_to_a_task_of_bob(bob: Actor, charlie: Actor) -> None:
    id_ = given(bob, "One")
    async with Tab(app, cookie_of(charlie)) as tab:
        for handler in (TaskActState.done, TaskActState.reopen):
            await tab.fire(handler, task_id=id_)
        answer = await tab.fire(TaskFormState.edit, task_id=id_)
        assert "One" not in answer.shown() and not (await tab.state(TaskFormState)).is_open
        await tab.fire(TaskActState.move, kind="task", id=id_, day="2031-01-01")
    with database.reading() as session:
        task = session.get_one(Task, id_)
        assert (task.done_at, task.due_day.isoformat()) == (None, "2030-05-06")


async def test_two_who_mend_one_task_lose_nothing_of_each_other(bob: Actor, alice: Actor) -> None:
    id_ = given(bob, "One")
    async with Tab(app, cookie_of(bob)) as tab:
        await tab.fire(TaskFormState.edit, task_id=id_)
        form = dict((await tab.state(TaskFormState))._seen)
        with database.transaction() as session:
            tasks.reschedule(session, alice, [id_], date(2030, 5, 9))
        await tab.fire(TaskFormState.save, form=form | {"priority": "3"})
        with database.reading() as session:
            found = session.get_one(Task, id_)
        assert (found.due_day, found.priority) == (date(2030, 5, 9), 3)
        await tab.fire(TaskFormState.edit, task_id=id_)
        with database.transaction() as session:
            tasks.reschedule(session, alice, [id_], date(2030, 5, 10))
        await tab.fire(TaskFormState.save, form=form | {"day": "2030-05-20"})
        assert "changed it meanwhile" in (await tab.state(TaskFormState)).error
        with database.reading() as session:
            assert session.get_one(Task, id_).due_day == date(2030, 5, 10)


async def test_an_undo_leaves_what_was_moved_on_since(bob: Actor, alice: Actor) -> None:
    ids = [given(bob, "One"), given(bob, "Two")]
    async with Tab(app, cookie_of(bob)) as tab:
        for id_ in ids:
            await tab.fire(TaskActState.tick, task_id=id_)
        await tab.fire(TaskActState.put_off_by, days=7)
        with database.transaction() as session:
            tasks.reschedule(session, alice, ids[:1], date(2031, 1, 1))
        await tab.fire(TaskActState.take_back, message=(await tab.state(MessageState)).n)
    with database.reading() as session:
        days = [session.get_one(Task, id_).due_day for id_ in ids]
    assert days == [date(2031, 1, 1), date(2030, 5, 6)]


async def test_ticks_go_with_the_list_that_shows_them(bob: Actor) -> None:
    one, two = given(bob, "One"), given(bob, "Two")
    async with Tab(app, cookie_of(bob)) as tab:
        for id_ in (one, two):
            await tab.fire(TaskActState.tick, task_id=id_)
        with database.transaction() as session:
            tasks.remove(session, bob, one)
        await tab.fire(TasksState.load)
        assert (await tab.state(TaskActState)).ticked == [two]


def test_who_takes_part_is_laid_over_what_a_colleague_chose() -> None:
    assert event_form._taking_part("1,2", "1", "1,3") == "1,2,3"
    assert event_form._taking_part("2", "1,2", "1,2,3") == "2,3"
