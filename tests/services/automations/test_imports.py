"""An import sets automations off once its chunks are in, and writes nothing where nobody waits."""

from collections.abc import Callable

from sqlmodel import select

from crm_app.models import AutomationEvent, Trigger
from crm_app.services import database
from crm_app.services.imports import steps
from tests.services.automations.conftest import Make, create, states, status_named, tags_of, worked
from tests.services.imports.conftest import Flow, inline

__all__ = ["inline"]

PEOPLE = "first_name,email\n" + "".join(f"P{n},p{n}@example.org\n" for n in range(3))


def flow_of(actor: object) -> Flow:
    return Flow(actor)  # type: ignore[arg-type]


def waiting() -> int:
    with database.reading() as session:
        return len(session.exec(select(AutomationEvent)).all())


def test_each_new_contact_of_a_file_is_one_happening(inline: None, automation: Make, bob: object) -> None:
    create(bob, email="p1@example.org")  # type: ignore[arg-type]
    made = automation(Trigger.CREATED_BY_IMPORT)
    flow = flow_of(bob)
    flow.commit(flow.checked(PEOPLE))
    assert waiting() == 2
    assert worked() == 2 and states(made) == ["done", "done"]
    assert tags_of(2) == ["Noticed"] and tags_of(1) == []


def test_tags_and_statuses_of_a_file_count_too(
    inline: None, automation: Make, bob: object, tag: Callable[[str], int]
) -> None:
    number = create(bob, email="p1@example.org", lifecycle="lead")  # type: ignore[arg-type]
    piano, won = automation(Trigger.TAG, value=tag("Piano")), automation(Trigger.STATUS, value=status_named("Won"))
    flow = flow_of(bob)
    flow.commit(
        flow.checked("first_name,email,tags,status\nAda,p1@example.org,Piano,Won\nEve,p2@example.org,Piano,Won\n")
    )
    assert worked() == 3 and states(piano) == ["done", "done"]
    assert states(won) == ["skipped"], "a new contact comes with its status: nothing was changed to it"
    assert tags_of(number) == ["Noticed", "Piano"]


def test_where_nobody_waits_nothing_is_written(inline: None, automation: Make, bob: object) -> None:
    automation(Trigger.CREATED_BY_IMPORT, on=False)
    automation(Trigger.CREATED_BY_HAND)
    flow = flow_of(bob)
    flow.commit(flow.checked(PEOPLE))
    assert waiting() == 0


def test_what_waits_for_a_contact_does_not_keep_it_from_an_undo(inline: None, automation: Make, bob: object) -> None:
    automation(Trigger.CREATED_BY_IMPORT)
    flow = flow_of(bob)
    id_ = flow.checked(PEOPLE)
    flow.commit(id_)
    assert waiting() == 3
    flow.work(steps.undo, id_)
    assert flow.get(id_).undo_counts["reversed"] == 3 and waiting() == 0 and worked() == 0
