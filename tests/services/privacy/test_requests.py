"""What people ask about their data is noted, due within a month, and answered by somebody."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from crm_app.models import AuditEntry, PrivacyRequest
from crm_app.models.base import now
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from crm_app.services.privacy import requests

TODAY = now().date()


def add(actor: Actor, kind: str = "access", **more) -> int:
    with database.transaction() as session:
        return requests.add(session, actor, kind, **({"asked_by": "Ada, by phone"} | more)).id or 0


def change(actor: Actor, request_id: int, **more) -> PrivacyRequest:
    with database.transaction() as session:
        return requests.change(session, actor, request_id, **({"state": "answered", "note": ""} | more))


def listed(actor: Actor, **more) -> list[requests.Entry]:
    with database.reading() as session:
        return requests.listing(session, actor, **more)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 1, 15), date(2026, 2, 15)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2026, 2, 28), date(2026, 3, 28)),
    ],
)
def test_it_is_due_a_calendar_month_later(received: date, due: date) -> None:
    assert requests.due(received) == due


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_month_is_never_more_than_31_days_and_never_skips_a_month(received: date) -> None:
    due = requests.due(received)
    assert 28 <= (due - received).days <= 31
    assert (due.year * 12 + due.month) - (received.year * 12 + received.month) == 1


def test_one_is_noted_with_its_contact_and_answered(alice: Actor) -> None:
    with database.transaction() as session:
        number = cards.create(session, alice, {"first_name": "Ada"}).number
    id_ = add(alice, "erasure", number=number)
    (entry,) = listed(alice)
    assert (entry.name, entry.request.due_on, entry.is_overdue) == ("Ada", requests.due(TODAY), False)
    found = change(alice, id_, note="Sent by letter")
    assert found.answered_at is not None and found.answered_by_id == alice.user_id
    before = found.answered_at
    assert change(alice, id_, note="Sent by letter").answered_at == before
    assert change(alice, id_, state="open", note="Not yet").answered_at is None
    with database.reading() as session:
        actions = session.exec(select(AuditEntry.action)).all()
    assert actions.count("request.add") == 1 and actions.count("request.change") == 2


def test_open_ones_come_first_by_the_day_they_are_due_and_overdue_ones_say_so(alice: Actor) -> None:
    late = add(alice, received_on=TODAY - timedelta(days=40))
    soon = add(alice, received_on=TODAY - timedelta(days=10))
    done = add(alice, received_on=TODAY - timedelta(days=60))
    new = add(alice)
    change(alice, done)
    assert [one.request.id for one in listed(alice)] == [late, soon, new, done]
    assert [one.is_overdue for one in listed(alice)] == [True, False, False, False]


def test_a_refusal_and_an_extension_need_the_reason(alice: Actor) -> None:
    id_ = add(alice)
    for more in ({"state": "refused"}, {"state": "open", "extended": True}):
        with pytest.raises(Invalid) as error:
            change(alice, id_, **more)
        assert error.value.field == "note"
    found = change(alice, id_, state="open", note="Many sources, told on Monday", extended=True)
    assert found.due_on == requests.due(TODAY, 3)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "gossip"}, "kind"),
        ({"asked_by": "  "}, "asked_by"),
        ({"asked_by": "x" * 301}, "asked_by"),
        ({"received_on": TODAY + timedelta(days=2)}, "received_on"),
        ({"note": "x" * 5001}, "note"),
    ],
)
def test_what_cannot_be_taken_is_named(alice: Actor, more: dict, field: str) -> None:
    with pytest.raises(Invalid) as error:
        add(alice, **more)
    assert error.value.field == field


def test_who_may_not_sees_and_writes_none(alice: Actor, bob: Actor) -> None:
    id_ = add(alice)
    for verb in (lambda: add(bob), lambda: change(bob, id_), lambda: listed(bob)):
        with pytest.raises(NotPermitted):
            verb()


def test_another_branch_gets_the_answer_of_a_missing_one(alice: Actor, charlie: Actor) -> None:
    id_ = add(alice)
    with database.transaction() as session:
        number = cards.create(session, alice, {"first_name": "Ada"}).number
    elsewhere = Actor(charlie.user_id, "c", alice.permissions, charlie.branch_ids, charlie.branch_id)
    said = []
    for one in (id_, 999):
        with pytest.raises(NotFound) as error:
            change(elsewhere, one)
        said.append(error.value.message.msgid)
    assert said[0] == said[1] and listed(elsewhere) == []
    with pytest.raises(NotFound):
        add(elsewhere, number=number)
