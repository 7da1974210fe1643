"""Automations are kept by those who may write to many, in their own branch; a dry run changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import SQLModel

from crm_app.models import MessageTemplate, Permission, RunState, Trigger
from crm_app.services import database, segments
from crm_app.services.actor import Actor
from crm_app.services.automations import definitions, trial
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from crm_app.services.filters.tree import Condition, Group
from tests.services.automations.conftest import Make, create, states, status_named, worked

ROME = ContactFilter(where=Group(items=(Condition("city", "is", ("Rom",)),)))


def changed(actor: Actor, id_: int, **values: Any) -> None:
    wanted: dict[str, Any] = {"name": "N", "trigger": Trigger.CREATED_BY_HAND, "value_id": None}
    wanted |= {"wanted": ContactFilter(), "given": []}
    with database.transaction() as session:
        definitions.change(session, actor, id_, **(wanted | values))


def test_charlie_sees_and_changes_nothing_of_another_branch(automation: Make, cast: dict[str, Actor]) -> None:
    made = automation(Trigger.CREATED_BY_HAND)
    charlie = replace(cast["charlie"], permissions=cast["alice"].permissions)
    with database.transaction() as session:
        assert definitions.listing(session, charlie) == []
        for id_ in (made, 999):
            for verb in (definitions.get, definitions.log, definitions.remove, trial.run):
                with pytest.raises(NotFound):
                    verb(session, charlie, id_)
            with pytest.raises(NotFound):
                definitions.switch(session, charlie, id_, on=False)
    with pytest.raises(NotFound):
        changed(charlie, made)


def test_a_viewer_may_not_even_look_and_who_may_not_edit_may_not_automate(
    automation: Make, cast: dict[str, Actor]
) -> None:
    made = automation(Trigger.CREATED_BY_HAND)
    no_editor = replace(cast["alice"], permissions=cast["alice"].permissions - {Permission.CONTACTS_EDIT})
    with database.transaction() as session:
        for actor in (cast["victor"], no_editor):
            for verb in (definitions.get, definitions.log, definitions.remove, trial.run):
                with pytest.raises(NotPermitted):
                    verb(session, actor, made)
            with pytest.raises(NotPermitted):
                definitions.switch(session, actor, made, on=False)
            with pytest.raises(NotPermitted):
                definitions.make(session, actor, "Mine")
            with pytest.raises(NotPermitted):
                definitions.listing(session, actor)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"trigger": "moon"}, "trigger"),
        ({"trigger": Trigger.TAG, "value_id": 99}, "value"),
        ({"given": [{"kind": "dance"}]}, "actions"),
        ({"given": [{"kind": "tag", "tag": "99"}]}, "actions"),
        ({"given": [{"kind": "send", "template": ""}]}, "actions"),
        ({"given": [{"kind": "task", "title": "", "days": "1"}]}, "actions"),
        ({"given": [{"kind": "task", "title": "Call", "days": "-1"}]}, "actions"),
        ({"given": [{"kind": "task", "title": "Call", "days": "1", "type": "99"}]}, "actions"),
        ({"given": [{"kind": "tag", "tag": "1"}] * 11}, "actions"),
    ],
)
def test_what_does_not_go_together_is_refused(
    alice: Actor, tag: Callable[[str], int], values: dict[str, Any], field: str
) -> None:
    tag("Piano")
    with database.transaction() as session:
        id_ = definitions.make(session, alice, "Mine").id or 0
    with pytest.raises(Invalid) as refused:
        changed(alice, id_, **values)
    assert refused.value.field == field


def test_a_task_for_somebody_of_another_branch_is_refused(alice: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        id_ = definitions.make(session, alice, "Mine").id or 0
    with pytest.raises(Invalid):
        changed(alice, id_, given=[{"kind": "task", "title": "Call", "assignee": str(charlie.user_id)}])


def test_one_that_does_or_waits_for_nothing_cannot_be_switched_on(alice: Actor, tag: Callable[[str], int]) -> None:
    give = {"kind": "tag", "tag": tag("Piano")}
    with database.transaction() as session:
        id_ = definitions.make(session, alice, "Mine").id or 0
    for values in ({"given": []}, {"trigger": Trigger.TAG, "given": [give]}):
        changed(alice, id_, **values)
        with pytest.raises(Invalid), database.transaction() as session:
            definitions.switch(session, alice, id_, on=True)


def test_a_saved_segment_is_asked_as_it_stands_when_something_happens(
    automation: Make, alice: Actor, bob: Actor
) -> None:
    with database.transaction() as session:
        segment = segments.save(session, alice, "Rome", ROME)
        id_ = segment.id or 0
    made = automation(Trigger.CREATED_BY_HAND, wanted=ContactFilter(segment_id=id_))
    create(bob, city="Bonn")
    with database.transaction() as session:
        bonn = ContactFilter(where=Group(items=(Condition("city", "is", ("Bonn",)),)))
        segments.change(session, alice, id_, "Bonn", bonn, segments.Sharing.ME)
    assert worked() == 1 and states(made) == ["done"]
    create(bob, city="Bonn")
    with database.transaction() as session:
        segments.remove(session, alice, id_)
    assert worked() == 1 and states(made) == ["done", "failed"], "nobody is taken for whom it is not known"


def test_a_segment_nobody_else_sees_cannot_be_used_by_a_colleague(alice: Actor, cast: dict[str, Actor]) -> None:
    bob = replace(cast["bob"], permissions=alice.permissions)
    with database.transaction() as session:
        private = segments.save(session, bob, "Mine", ROME).id
        id_ = definitions.make(session, alice, "Mine").id or 0
    with pytest.raises(NotFound):
        changed(alice, id_, wanted=ContactFilter(segment_id=private))


def rows() -> dict[str, list[Any]]:
    with database.engine().connect() as connection:
        return {name: connection.execute(t.select()).all() for name, t in SQLModel.metadata.tables.items()}  # type: ignore[misc]


def test_a_dry_run_says_what_would_be_done_and_changes_nothing(
    automation: Make, template: Callable[..., MessageTemplate], alice: Actor, bob: Actor, charlie: Actor
) -> None:
    made = automation(
        Trigger.BIRTHDAY,
        {"kind": "send", "template": template(is_newsletter=True).id},
        {"kind": "status", "status": status_named("Won")},
        {"kind": "task", "title": "Call", "days": "0", "assignee": "owner"},
        wanted=ROME,
    )
    for n in range(12):
        create(bob, city="Rom", email=f"p{n}@example.org", lifecycle="lead", owner="bob@example.org" if n % 2 else "")
    create(bob, city="Bonn")
    create(charlie, city="Rom")
    before = rows()
    with database.reading() as session:
        found = trial.run(session, alice, made)
    assert rows() == before
    assert found.total == 12 and len(found.samples) == trial.SAMPLES
    newest = found.samples[0]
    assert newest.contact.number == 12
    assert [one.state for one in newest.outcomes] == [RunState.SKIPPED, RunState.DONE, RunState.DONE]
    assert str(newest.outcomes[0].why) == "did not agree to it"
    assert found.samples[1].outcomes[2].state is RunState.FAILED


def test_the_list_says_when_it_last_did_something_and_how_often(automation: Make, alice: Actor, bob: Actor) -> None:
    automation(Trigger.CREATED_BY_HAND, wanted=ROME)
    create(bob, city="Rom")
    create(bob)
    worked()
    with database.reading() as session:
        (entry,) = definitions.listing(session, alice)
        assert entry.counts == {RunState.DONE: 1, RunState.SKIPPED: 1} and entry.last is not None
        newest, oldest = definitions.log(session, alice, entry.automation.id or 0)
        assert newest[0].state == "skipped"
        assert definitions.log(session, alice, entry.automation.id or 0, before=newest[0].id or 0) == [oldest]
