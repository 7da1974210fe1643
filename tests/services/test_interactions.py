from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, delete, select

from crm_app.models import Activity, ContactSource, Interaction, InteractionKind
from crm_app.models.base import now
from crm_app.services import database, interactions
from crm_app.services.actor import Actor
from crm_app.services.contacts import brief, cards, listing, timeline
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.duplicates import merging, unmerging
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.filters.tree import Condition, Group
from crm_app.services.imports import undo_ties
from crm_app.services.interactions import Recorded, Report

AT = datetime(2026, 3, 1, 10, 30, tzinfo=UTC)


@pytest.fixture
def number(bob: Actor) -> int:
    return person(bob, "Ada")


def person(actor: Actor, name: str) -> int:
    with database.transaction() as session:
        return cards.create(session, actor, {"first_name": name}).number


def record(actor: Actor, number: int, kind: str = "order", **values: Any) -> Recorded:
    report = Report(InteractionKind(kind), **{"source": "till", "at": AT, **values})
    with database.transaction() as session:
        return interactions.record(session, actor, number, report)


def found(actor: Actor, subject: str, operator: str, *values: str) -> list[int]:
    wanted = ContactFilter(where=Group(items=(Condition(subject, operator, values),)))
    with database.reading() as session:
        return [one.number for one in listing.page(session, actor, wanted).contacts]


def test_an_order_stands_in_the_timeline_with_source_time_words_and_revenue(number: int, bob: Actor) -> None:
    record(bob, number, source="online shop", amount="49.90", description="Piano, 10 lessons")
    with database.reading() as session:
        entry = timeline.entries(session, cards.get(session, bob, number))[-1]
        assert (entry.kind, entry.source, entry.at) == ("order", "online shop", AT)
        assert entry.data == {"description": "Piano, 10 lessons", "amount": 4990, "currency": "EUR"}
        assert "online shop" in session.exec(select(ContactSource.source)).all()


@pytest.mark.parametrize(
    ("written", "currency", "units"),
    [("49.9", "EUR", 4990), ("-5", "EUR", -500), ("1200", "JPY", 1200), ("0.005", "KWD", 5), ("1e2", "EUR", 10000)],
)
def test_amounts_are_exact_in_the_smallest_units(
    written: str, currency: str, units: int, number: int, bob: Actor
) -> None:
    made = record(bob, number, amount=written, currency=currency).interaction
    assert (made.amount, made.currency) == (units, currency)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": "49.905"}, "amount"),
        ({"amount": "a lot"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "1e99999"}, "amount"),
        ({"amount": "1", "currency": "XXX"}, "currency"),
        ({"source": "  "}, "source"),
        ({"source": "x" * 61}, "source"),
        ({"at": now() + timedelta(days=2)}, "at"),
        ({"description": "x" * 2001}, "description"),
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, Any], field: str, number: int, bob: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        record(bob, number, **values)
    assert refused.value.field == field


def test_the_same_id_of_a_source_is_there_once(number: int, bob: Actor) -> None:
    first = record(bob, number, external_id="R-1", amount="10")
    again = record(bob, number, external_id="R-1", amount="10.00")
    assert first.is_new and not again.is_new and again.interaction.id == first.interaction.id
    with pytest.raises(Conflict):
        record(bob, number, external_id="R-1", amount="11")
    assert record(bob, number, external_id="R-1", source="online shop").is_new


def test_another_branch_has_ids_of_its_own_and_sees_nothing(number: int, bob: Actor, charlie: Actor) -> None:
    record(bob, number, external_id="R-1", amount="10")
    assert record(charlie, person(charlie, "Ben"), external_id="R-1").is_new
    for act in (lambda: record(charlie, number), lambda: listed(charlie, number)):
        with pytest.raises(NotFound):
            act()


def listed(actor: Actor, number: int, **values: Any) -> list[Interaction]:
    with database.reading() as session:
        return interactions.listing(session, actor, number, **values)


def test_who_may_only_look_records_nothing(number: int, victor: Actor) -> None:
    with pytest.raises(NotPermitted):
        record(victor, number)
    assert listed(victor, number) == []


def test_the_quick_info_tells_visits_revenue_and_how_often(number: int, bob: Actor) -> None:
    record(bob, number, "visit", at=AT - timedelta(days=1))
    record(bob, number, "visit")
    record(bob, number, amount="10", at=AT - timedelta(days=2))
    record(bob, number, amount="-2.50")
    record(bob, number, amount="7", currency="CHF", at=AT - timedelta(days=9))
    with database.reading() as session:
        shown = brief.of(session, cards.get(session, bob, number))
    assert (shown.touches, shown.spent.last_visit, shown.spent.last_revenue) == (5, AT, (-250, "EUR"))
    assert shown.spent.total == {"EUR": 750, "CHF": 700}


def test_lists_ask_for_the_last_visit_and_for_revenue(number: int, bob: Actor) -> None:
    ben, cleo = person(bob, "Ben"), person(bob, "Cleo")
    record(bob, number, "visit", at=now() - timedelta(days=40))
    record(bob, number, "visit", at=now() - timedelta(days=3))
    record(bob, ben, "visit", at=now() - timedelta(days=40))
    record(bob, number, amount="19.99")
    record(bob, number, amount="30.01")
    record(bob, ben, amount="500", currency="CHF")
    assert found(bob, "last_visit", "last", "7") == [number]
    assert found(bob, "last_visit", "older", "30") == [ben]
    assert found(bob, "last_visit", "empty") == [cleo]
    assert found(bob, "revenue", "is", "50") == found(bob, "revenue", "min", "49,99") == [number]
    assert found(bob, "revenue", "max", "49.99") == [] and found(bob, "revenue", "empty") == [ben, cleo]
    assert found(bob, "last_order", "filled") == [number, ben]


def test_a_merge_takes_them_along_and_its_undo_brings_them_back(number: int, alice: Actor, bob: Actor) -> None:
    other = person(bob, "Ada L.")
    record(bob, other, external_id="R-1", amount="10")
    with database.transaction() as session:
        merge = merging.merge(session, alice, number, [other])
    assert [one.external_id for one in listed(bob, number)] == ["R-1"]
    assert not record(bob, number, external_id="R-1", amount="10").is_new
    with database.transaction() as session:
        unmerging.unmerge(session, alice, merge.id or 0)
    assert listed(bob, number) == [] and [one.external_id for one in listed(bob, other)] == ["R-1"]


def test_a_contact_with_an_order_outlives_the_undo_of_its_import(number: int, bob: Actor) -> None:
    record(bob, number)
    with database.reading() as session:
        id_ = cards.get(session, bob, number).id or 0
        session.execute(delete(Activity).where(col(Activity.contact_id) == id_))  # as an import leaves it
        assert undo_ties.ties(session, 0, [id_])[id_].reason == undo_ties.REFERRED_TO
