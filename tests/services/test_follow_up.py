"""Who was not reached is called again: a task of the type "call", at ten by the installation's clock."""

from datetime import time, timedelta

import pytest
from sqlmodel import select

from crm_app.models import Task, TaskType
from crm_app.services import choosable, database, follow_up, installation, local_time
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import NotPermitted
from crm_app.services.settings import task_types


@pytest.mark.parametrize("days", [1, 3, 7])
def test_a_call_at_ten_in_some_days(days: int, bob: Actor) -> None:
    with database.transaction() as session:
        contact = cards.create(session, bob, {"first_name": "Ada" * 25, "last_name": "Long" * 20})
        task = follow_up.call(session, bob, contact, days=days)
        kind = choosable.task_type(session, "call")
        today = local_time.today(installation.current(session).timezone)
    assert kind is not None and (task.type_id, task.assignee_id) == (kind.id, bob.user_id)
    assert (task.due_day, task.due_time) == (today + timedelta(days=days), time(10))
    assert task.title.startswith("Call Ada") and len(task.title) <= 200 and task.contact_id is not None


def test_without_that_type_it_takes_the_first_and_without_any_none(alice: Actor) -> None:
    for name, expected in (("call", "todo"), ("", None)):
        with database.transaction() as session:
            for one in session.exec(select(TaskType)).all():
                if one.removed_at is None and (not name or one.key == name):
                    task_types.remove(session, alice, one.id or 0)
            contact = cards.create(session, alice, {"first_name": "Ada"})
            task = follow_up.call(session, alice, contact, days=1)
            kind = session.get(TaskType, task.type_id) if task.type_id else None
            assert (kind.key if kind else None) == expected


def test_a_viewer_makes_none(bob: Actor, victor: Actor) -> None:
    with database.transaction() as session:
        contact = cards.create(session, bob, {"first_name": "Ada"})
    with pytest.raises(NotPermitted), database.transaction() as session:
        follow_up.call(session, victor, contact, days=1)
    with database.reading() as session:
        assert session.exec(select(Task)).all() == []
