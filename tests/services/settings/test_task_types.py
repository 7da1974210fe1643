"""The types of tasks: who changes them, and what becomes of the tasks of a removed one."""

import pytest
from sqlmodel import select

from crm_app.models import AuditEntry, Task
from crm_app.services import choosable, database, installation, tasks
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.settings import task_types


def ids() -> dict[str, int]:
    with database.reading() as session:
        return {one.name: one.id or 0 for one in choosable.task_types(session)}


def audited() -> list[str]:
    with database.reading() as session:
        return [entry.action for entry in session.exec(select(AuditEntry)) if entry.action.startswith("task_type")]


def test_a_new_installation_has_some_in_its_language(db: object) -> None:
    assert list(ids()) == ["To do", "Phone call", "E-mail", "Meeting"]
    with database.transaction() as session:
        installation.translate_first_words(session, "de")
    assert list(ids()) == ["Zu tun", "Anruf", "E-Mail", "Treffen"]


def test_one_is_added_renamed_and_moved(alice: Actor) -> None:
    with database.transaction() as session:
        made = task_types.add(session, alice, " Send  books ", "package").id or 0
        task_types.change(session, alice, made, name="Parcel", icon="package")
        task_types.change(session, alice, made, name="Parcel", icon="package")
        task_types.move(session, alice, made, -1)
        task_types.move(session, alice, made, 1)
        task_types.move(session, alice, made, 1)
    assert list(ids())[-1] == "Parcel"
    assert audited() == ["task_type.add", "task_type.change", "task_type.move", "task_type.move"]
    with database.transaction() as session:
        for name, icon in (("", "phone"), ("x" * 81, "phone"), ("PARCEL", "phone"), ("Letter", "skull")):
            with pytest.raises(Invalid):
                task_types.add(session, alice, name, icon)


def test_the_open_tasks_of_a_removed_one_get_another_and_done_ones_keep_it(alice: Actor, bob: Actor) -> None:
    call, mail = ids()["Phone call"], ids()["E-mail"]
    with database.transaction() as session:
        texts = {"title": "Ring", "day": "2030-05-06", "type": str(call)}
        open_, old = (tasks.add(session, bob, texts).id or 0 for _ in range(2))
        tasks.done(session, bob, old)
        assert {entry.type.name: entry.tasks for entry in task_types.listing(session, alice)}["Phone call"] == 1
        with pytest.raises(Conflict):
            task_types.remove(session, alice, call, call)
        assert task_types.remove(session, alice, call, mail) == 1
    with database.reading() as session:
        assert [session.get_one(Task, id_).type_id for id_ in (open_, old)] == [mail, call]
        assert [one.name for one in task_types.removed(session, alice)] == ["Phone call"]
        assert (choosable.task_type(session, "call") or object).name == "To do"  # type: ignore[attr-defined]
    with database.transaction() as session, pytest.raises(Invalid):
        tasks.add(session, bob, texts)
    with database.transaction() as session:
        assert task_types.bring_back(session, alice, call).position == 4
        with pytest.raises(NotFound):
            task_types.bring_back(session, alice, call)
    assert list(ids()) == ["To do", "E-mail", "Meeting", "Phone call"]


def test_only_who_may_change_settings_does(bob: Actor) -> None:
    before, call = ids(), ids()["Phone call"]
    for verb in (
        lambda s: task_types.listing(s, bob),
        lambda s: task_types.removed(s, bob),
        lambda s: task_types.add(s, bob, "Later"),
        lambda s: task_types.change(s, bob, call, name="X", icon="phone"),
        lambda s: task_types.move(s, bob, call, 1),
        lambda s: task_types.remove(s, bob, call),
        lambda s: task_types.bring_back(s, bob, call),
    ):
        with pytest.raises(NotPermitted), database.transaction() as session:
            verb(session)
    assert ids() == before
