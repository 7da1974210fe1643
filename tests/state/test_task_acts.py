"""What pages do to tasks, event by event."""

from sqlmodel import select

from crm_app.components.planned_fields import REMINDERS
from crm_app.components.task_icon import TASK_ICONS
from crm_app.components.task_sheet import PRIORITIES, REPEATS
from crm_app.models import Priority, Repeat, Task
from crm_app.services import database, reminders, tasks
from crm_app.services.actor import Actor
from crm_app.services.settings import task_types
from crm_app.state import planned_view
from crm_app.state.messages import MessageState
from crm_app.state.task_acts import TaskActState
from crm_app.state.task_form import TaskFormState
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
