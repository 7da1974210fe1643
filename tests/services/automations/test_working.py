"""What an automation does, what it never does, and that a kill loses nothing and does nothing twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from crm_app.models import (
    Automation,
    AutomationEvent,
    Channel,
    ConsentSource,
    ConsentState,
    Contact,
    LeadStatus,
    Message,
    MessageState,
    MessageTemplate,
    Notice,
    SuppressionReason,
    Task,
    Trigger,
)
from crm_app.services import crash, database, local_time, tasks
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.automations import definitions, sweeping, working
from crm_app.services.consent import ledger, suppression
from crm_app.services.contacts import cards
from crm_app.services.messages import templates
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

Template = Callable[..., MessageTemplate]
MAIL = "ada@example.org"


class Killed(BaseException):
    """The process ends here."""


def messages() -> list[Message]:
    with database.reading() as session:
        return list(session.exec(select(Message)).all())


def test_all_four_actions_in_their_order(
    automation: Make, template: Template, bob: Actor, tag: Callable[[str], int]
) -> None:
    made = automation(
        Trigger.CREATED_BY_HAND,
        {"kind": "send", "template": template().id},
        {"kind": "task", "title": "Call back", "days": 3, "type": 2, "assignee": str(bob.user_id)},
        {"kind": "tag", "tag": tag("Welcomed")},
        {"kind": "status", "status": status_named("Contacted")},
    )
    number = create(bob, email=MAIL, lifecycle="lead")
    assert worked() == 1 and states(made) == ["done"]
    (message,) = messages()
    assert (message.state, message.address) == (MessageState.QUEUED, MAIL)
    assert tags_of(number) == ["Welcomed"]
    with database.reading() as session:
        task = session.exec(select(Task)).one()
        contact = session.exec(select(Contact).where(Contact.number == number)).one()
        told = session.exec(select(Notice.user_id)).all()
        assert contact.status_id == status_named("Contacted")
    assert (task.title, task.type_id, task.assignee_id, task.contact_id) == ("Call back", 2, bob.user_id, contact.id)
    assert task.due_day == local_time.today("Europe/Berlin") + timedelta(days=3) and told == [bob.user_id]


def test_a_task_goes_to_whoever_is_responsible_and_fails_where_nobody_is(
    automation: Make, bob: Actor, alice: Actor
) -> None:
    made = automation(Trigger.CREATED_BY_HAND, {"kind": "task", "title": "Greet", "days": 0, "assignee": "owner"})
    create(bob, owner="alice@example.org")
    create(bob)
    assert worked() == 2 and states(made) == ["done", "failed"]
    assert why(made) == ["Nobody is responsible for this contact."]
    with database.reading() as session:
        assert session.exec(select(Task)).one().assignee_id == alice.user_id


def test_who_did_not_agree_gets_no_newsletter_and_the_log_says_why(
    automation: Make, template: Template, bob: Actor
) -> None:
    newsletter = {"kind": "send", "template": template(is_newsletter=True).id}
    made = automation(Trigger.CREATED_BY_HAND, newsletter)
    create(bob, email="silent@example.org")
    create(bob)
    with database.transaction() as session:
        ledger.record(session, SYSTEM, Channel.EMAIL, MAIL, ConsentState.CONFIRMED, source=ConsentSource.FORM)
    create(bob, email=MAIL)
    assert worked() == 3 and states(made) == ["skipped", "skipped", "done"]
    assert why(made) == ["did not agree to it", "no address"]
    assert [one.address for one in messages()] == [MAIL]


def test_who_must_not_be_written_to_gets_no_service_message_either(
    automation: Make, template: Template, bob: Actor
) -> None:
    made = automation(Trigger.CREATED_BY_HAND, {"kind": "send", "template": template().id})
    with database.transaction() as session:
        suppression.add(session, [(Channel.EMAIL, MAIL)], SuppressionReason.BOUNCED)
    create(bob, email=MAIL)
    assert worked() == 1 and states(made) == ["skipped"] and messages() == []
    assert why(made) == ["must not be written to: left, bounced or erased"]


def test_an_action_that_fails_leaves_the_others_done(
    automation: Make, template: Template, bob: Actor, alice: Actor, tag: Callable[[str], int]
) -> None:
    gone = template()
    send, give = {"kind": "send", "template": gone.id}, {"kind": "tag", "tag": tag("Welcomed")}
    made = automation(Trigger.CREATED_BY_HAND, send, {"kind": "status", "status": status_named("Won")}, give)
    with database.transaction() as session:
        templates.remove(session, alice, gone.id or 0)
        session.get_one(LeadStatus, status_named("Won")).required_fields = ["city"]
    number = create(bob, email=MAIL, lifecycle="lead")
    assert worked() == 1 and states(made) == ["failed"] and tags_of(number) == ["Welcomed"]
    assert [one["state"] for one in runs(made)[0].outcomes] == ["failed", "failed", "done"]
    assert why(made)[0] == "There is no such template."


@pytest.mark.parametrize("passage", ["before", "inside"])
def test_killed_between_what_happened_and_what_is_done_nothing_is_lost_or_done_twice(
    automation: Make, template: Template, bob: Actor, passage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = automation(Trigger.CREATED_BY_HAND, {"kind": "send", "template": template().id})
    create(bob, email=MAIL)

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*((working, "_taken") if passage == "before" else (crash, "point")), killed)
        with pytest.raises(Killed):
            worked()
    assert messages() == [] and runs(made) == []
    assert worked() == 1 and worked() == 0
    assert len(messages()) == 1 and states(made) == ["done"]


def test_what_nobody_foresaw_fails_alone(
    automation: Make, bob: Actor, monkeypatch: pytest.MonkeyPatch, tag: Callable[[str], int]
) -> None:
    made = automation(Trigger.CREATED_BY_HAND, {"kind": "task", "title": "Odd", "days": 0, "assignee": "owner"})
    other = automation(Trigger.CREATED_BY_HAND, {"kind": "tag", "tag": tag("Fine")})
    number = create(bob, owner="bob@example.org")

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(tasks, "add", broken)
    assert worked() == 2 and states(made) == ["failed"] and states(other) == ["done"]
    assert tags_of(number) == ["Fine"] and why(made) == [working.BROKEN.msgid]


# The guard against loops


def test_what_an_automation_does_sets_off_others_three_deep(
    automation: Make, bob: Actor, tag: Callable[[str], int]
) -> None:
    made = [automation(Trigger.CREATED_BY_HAND, {"kind": "tag", "tag": tag("T0")})]
    made += [automation(Trigger.TAG, {"kind": "tag", "tag": tag(f"T{n + 1}")}, value=tag(f"T{n}")) for n in range(5)]
    number = create(bob)
    worked()
    assert tags_of(number) == ["T0", "T1", "T2", "T3"]
    assert [states(one) for one in made] == [["done"]] * 4 + [["stopped"], []]
    assert why(made[4]) == ["stopped: loop"]


def test_two_that_set_off_each_other_stop(automation: Make, bob: Actor) -> None:
    new, won = status_named("New"), status_named("Won")
    one = automation(Trigger.STATUS, {"kind": "status", "status": won}, value=new)
    other = automation(Trigger.STATUS, {"kind": "status", "status": new}, value=won)
    number = create(bob, lifecycle="lead")
    change(bob, number, status="Won")
    worked()
    assert states(other) == ["done", "stopped"] and states(one) == ["done"]
    assert why(other) == ["stopped: loop (it was done for this contact today already)"]


def test_the_same_contact_again_on_another_day(automation: Make, bob: Actor, tag: Callable[[str], int]) -> None:
    made = automation(Trigger.TAG, {"kind": "task", "title": "x", "days": 0, "assignee": "owner"}, value=tag("Piano"))
    number = create(bob, owner="bob@example.org")
    noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
    for at in (noon, noon + timedelta(hours=1), noon + timedelta(days=1)):
        change(bob, number, tags="Piano")
        worked(at=at)
        change(bob, number, tags="")
    assert states(made) == ["done", "stopped", "done"]


def test_a_task_made_for_an_overdue_task_is_no_endless_story(automation: Make, bob: Actor) -> None:
    made = automation(Trigger.TASK_OVERDUE, {"kind": "task", "title": "Again", "days": 0, "assignee": "owner"})
    number = create(bob, owner="bob@example.org")
    with database.transaction() as session:
        session.get_one(Automation, made).active_since = datetime(2026, 1, 1, tzinfo=UTC)
        session.exec(select(Automation)).one()
        tasks.add(session, bob, {"title": "Call", "day": local_time.today("UTC").isoformat(), "contact": str(number)})
    at = datetime.now(UTC)
    for _ in range(8):
        at += timedelta(days=2)
        sweeping.overdue(at=at)
        worked(at=at)
    assert states(made) == ["done"] * 4 + ["stopped"] and why(made) == ["stopped: loop"]


# Switched off, taken away


def test_switched_off_what_waits_is_not_done(automation: Make, bob: Actor, alice: Actor) -> None:
    made = automation(Trigger.CREATED_BY_HAND)
    number = create(bob)
    with database.transaction() as session:
        definitions.switch(session, alice, made, on=False)
    create(bob)
    assert worked() == 1 and states(made) == ["skipped"] and tags_of(number) == []


def test_a_contact_that_went_meanwhile_is_left_alone(automation: Make, bob: Actor) -> None:
    from crm_app.services.contacts import trash

    made, number = automation(Trigger.CREATED_BY_HAND), create(bob)
    with database.transaction() as session:
        trash.put(session, bob, cards.get(session, bob, number))
    assert worked() == 1 and states(made) == ["skipped"] and why(made) == ["in the trash"]


def test_deleted_for_good_it_takes_what_waits_along(automation: Make, bob: Actor, alice: Actor) -> None:
    made = automation(Trigger.CREATED_BY_HAND)
    create(bob)
    with database.transaction() as session:
        definitions.remove(session, alice, made)
    assert worked() == 0
    with database.reading() as session:
        assert session.exec(select(AutomationEvent).order_by(col(AutomationEvent.id))).all() == []
