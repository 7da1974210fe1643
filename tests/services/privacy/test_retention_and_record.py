"""Retention rules propose lists and delete nothing; the record of processing says what the settings say."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from crm_app.models import Activity, Contact, LeadStatus
from crm_app.models.base import now
from crm_app.services import comments, database, installation
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, listing
from crm_app.services.errors import Invalid, NotPermitted
from crm_app.services.privacy import record, retention
from crm_app.services.privacy.holdings import HOLDINGS

LONG_AGO = now() - timedelta(days=4 * 365)


@pytest.fixture
def people(alice: Actor) -> dict[str, int]:
    """All of long ago; with one of them somebody talked yesterday."""
    with database.transaction() as session:
        lost = session.exec(select(LeadStatus.name).where(col(LeadStatus.is_lost))).one()
        numbers = {}
        for name, values in {
            "Idle": {},
            "Talked": {},
            "Customer": {"lifecycle": "customer"},
            "Lost": {"lifecycle": "lead", "status": lost},
            "Away": {},
        }.items():
            numbers[name] = cards.create(session, alice, {"first_name": name, **values}).number
        cards.deactivate(session, alice, cards.get(session, alice, numbers["Away"]))
        for entry in session.exec(select(Activity)).all():
            session.delete(entry)
        session.execute(update(Contact).values(updated_at=LONG_AGO, created_at=LONG_AGO))
        session.flush()
        session.expire_all()
        comments.add(session, alice, cards.get(session, alice, numbers["Talked"]), "Called yesterday")
    return numbers


def test_each_rule_leads_to_the_list_it_counts(people: dict[str, int], alice: Actor) -> None:
    with database.reading() as session:
        found = {one.rule: one for one in retention.proposals(session, alice)}
        names = {
            rule: {row.first_name for row in listing.page(session, alice, one.wanted).contacts}
            for rule, one in found.items()
        }
    assert names == {"idle_months": {"Idle", "Lost"}, "lost_months": {"Lost"}, "inactive_months": {"Away"}}
    assert {rule: one.count for rule, one in found.items()} == {
        "idle_months": 2,
        "lost_months": 1,
        "inactive_months": 1,
    }


def test_a_rule_is_changed_and_turned_off_and_nobody_is_deleted(people: dict[str, int], alice: Actor) -> None:
    with database.transaction() as session:
        retention.set_months(session, alice, "idle_months", 60)
        retention.set_months(session, alice, "lost_months", 0)
        found = {one.rule: one.count for one in retention.proposals(session, alice)}
        assert (found["idle_months"], found["lost_months"]) == (0, 0)
        assert len(session.exec(select(Contact)).all()) == 5


def test_months_and_rights_are_checked(alice: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        for rule, months in (("idle_months", -1), ("idle_months", 241), ("export_days", 1)):
            with pytest.raises(Invalid):
                retention.set_months(session, alice, rule, months)
        with pytest.raises(NotPermitted):
            retention.set_months(session, bob, "idle_months", 1)
        with pytest.raises(NotPermitted):
            retention.proposals(session, bob)


def test_the_record_says_how_long_things_are_kept_here(alice: Actor) -> None:
    with database.transaction() as session:
        installation.current(session).file_days = 17
        session.flush()
        found = {str(one.name): one for one in record.activities(session, alice)}
    assert "Files for 17 days" in [str(one) for one in found["Imports"].kept]
    assert "In the trash for 30 days" in [str(one) for one in found["Contacts"].kept]


def test_whatever_names_a_person_belongs_to_one_activity(alice: Actor) -> None:
    with database.reading() as session:
        told = [table for one in record.activities(session, alice) for table in one.tables]
    assert sorted(told) == sorted({one.table for one in HOLDINGS})


def test_people_fill_in_what_only_they_know(alice: Actor, bob: Actor) -> None:
    with database.transaction() as session:
        record.write(session, alice, {"controller": " School of Music \r\nBerlin\x00 ", "unknown": "x"})
        record.write(session, alice, {"officer": "Nobody"})
        found = record.texts(session, alice)
        assert (found["controller"], found["officer"]) == ("School of Music \nBerlin", "Nobody")
        with pytest.raises(Invalid) as error:
            record.write(session, alice, {"notes": "x" * 4001})
        assert error.value.field == "notes"
        for verb in (lambda: record.write(session, bob, {}), lambda: record.texts(session, bob)):
            with pytest.raises(NotPermitted):
                verb()
