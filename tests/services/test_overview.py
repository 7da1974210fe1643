"""The start page's figures: each counts exactly whom its filter lists."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from crm_app.models import Branch, Contact, Lifecycle
from crm_app.models.base import now
from crm_app.services import choosable, database, events, overview, tasks
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, listing
from crm_app.services.errors import NotPermitted
from crm_app.services.overview import Overview


def looked(actor: Actor) -> Overview:
    with database.reading() as session:
        return overview.of(session, actor)


def add(actor: Actor, name: str, *, days_ago: int = 0, **values: str) -> None:
    with database.transaction() as session:
        made = cards.create(session, actor, {"first_name": name, **values})
        made.created_at = now() - timedelta(days=days_ago)
        session.add(made)


def test_an_empty_installation_is_told_from_one_whose_contacts_are_inactive(db: Path, alice: Actor) -> None:
    assert looked(alice).is_empty
    add(alice, "Ada", active="no")
    assert not looked(alice).is_empty


def test_leads_are_counted_by_age_owner_and_status(db: Path, alice: Actor) -> None:
    with database.reading() as session:
        first, second = (status.name for status in choosable.statuses(session)[:2])
    add(alice, "Ada", lifecycle="lead", status=first, owner=alice.name)
    add(alice, "Bea", lifecycle="lead", status=second, days_ago=8)
    add(alice, "Cid", lifecycle="lead", status=second)
    add(alice, "Dan", lifecycle="customer", status=second)
    found = looked(alice)
    assert (found.new.total, found.mine.total) == (2, 1)
    assert [(status.name, count.total) for status, count in found.statuses if status][:2] == [(first, 1), (second, 2)]
    assert found.statuses[-1][0] is None


def test_twelve_weeks_end_with_this_one(db: Path, alice: Actor) -> None:
    add(alice, "Ada")
    add(alice, "Bea", days_ago=7)
    add(alice, "Cid", days_ago=7 * 20)
    totals = [count.total for _, count in looked(alice).weeks]
    assert (len(totals), totals[-1], totals[-2], sum(totals)) == (12, 1, 1, 2)


def test_sources_come_by_frequency_and_conversion_counts_those_who_came_lately(db: Path, alice: Actor) -> None:
    for name, source in (("Ada", "Fair"), ("Bea", "Website"), ("Cid", "website"), ("Dan", "")):
        add(alice, name, source=source, lifecycle="lead")
    add(alice, "Eva", lifecycle="customer")
    add(alice, "Fay", lifecycle="customer", days_ago=7 * 20)
    found = looked(alice)
    assert [(source, count.total) for source, count in found.sources] == [("Website", 2), ("Fair", 1)]
    assert (found.came.total, found.won.total) == (5, 1)


def test_each_figure_counts_whom_its_filter_lists(db: Path, alice: Actor) -> None:
    add(alice, "Ada", lifecycle="lead", source="Fair")
    add(alice, "Bea", lifecycle="lead", days_ago=40)
    found = looked(alice)
    counts = [found.new, found.mine, found.loose, found.idle, found.came, found.won]
    counts += [count for _, count in [*found.statuses, *found.weeks, *found.sources]]
    with database.reading() as session:
        for count in counts:
            assert len(listing.page(session, alice, count.wanted).contacts) == count.total, count.wanted


def test_nobody_counts_what_they_may_not_see(db: Path, alice: Actor, charlie: Actor) -> None:
    with database.transaction() as session:
        session.add(Branch(id=77, name="Elsewhere"))
    add(alice, "Ada", lifecycle="lead")
    with database.transaction() as session:
        for contact in session.exec(select(Contact)).all():
            contact.branch_id = 77
            session.add(contact)
    found = looked(charlie)
    assert found.is_empty
    assert sum(count.total for _, count in found.weeks) == 0
    with pytest.raises(NotPermitted):
        looked(Actor(user_id=None, name="nobody"))
    assert found.new.wanted.lifecycle == Lifecycle.LEAD


def test_a_lead_with_an_open_task_or_a_coming_event_has_a_next_step(db: Path, alice: Actor) -> None:
    for name in ("Ada", "Bea", "Cid"):
        add(alice, name, lifecycle="lead")
    with database.transaction() as session:
        numbers = [contact.number for contact in session.exec(select(Contact).order_by(col(Contact.number))).all()]
        day = now().date().isoformat()
        task = tasks.add(session, alice, {"title": "Call", "day": day, "contact": str(numbers[0])})
        events.add(session, alice, {"title": "Trial lesson", "day": day, "all_day": "on", "contact": str(numbers[1])})
    assert looked(alice).loose.total == 1
    with database.transaction() as session:
        tasks.done(session, alice, task.id or 0)
    assert looked(alice).loose.total == 2
