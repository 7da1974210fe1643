"""Closed vocabularies: what the texts of a column mean, said once and applied to every row."""

import pytest
from sqlmodel import select

from crm_app.models import Contact, LeadStatus
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid, NotPermitted
from crm_app.services.imports import steps, values
from crm_app.services.imports.columns import ColumnMapping, Options
from tests.services.imports.conftest import Flow

FILE = "email,status,gender\n" + "".join(
    f"p{number}@example.org,{'Hot' if number % 3 else 'new'},{'w' if number % 2 else 'X-y'}\n" for number in range(9)
)


def columns(**meant: dict[str, str]) -> list[ColumnMapping]:
    return [
        ColumnMapping(place, name, name, values=meant.get(name, {}))
        for place, name in enumerate(("email", "status", "gender"))
    ]


def listed(flow: Flow, id_: int, **meant: dict[str, str]) -> dict[int, list[tuple]]:
    with database.reading() as session:
        found = values.listing(session, flow.actor, id_, columns(**meant))
    return {
        index: [(v.cell, v.rows, v.value, v.problem is None, v.meant) for v in shown] for index, shown in found.items()
    }


def test_values_are_counted_and_those_nobody_understands_come_first(flow: Flow) -> None:
    id_ = flow.bring(FILE)
    assert listed(flow, id_) == {
        1: [("Hot", 6, None, False, None), ("new", 3, "New", True, None)],
        2: [("X-y", 5, None, False, None), ("w", 4, "female", True, None)],
    }


def test_what_a_value_means_is_used_for_every_row(flow: Flow) -> None:
    id_ = flow.bring(FILE)
    meant = {"status": {"Hot": "Interested"}, "gender": {"X-y": ""}}
    assert listed(flow, id_, **meant)[1][0] == ("Hot", 6, "Interested", True, "Interested")
    with database.transaction() as session:
        steps.map_columns(session, flow.actor, id_, columns(**meant), Options("email"))
    flow.work(steps.check, id_)
    assert flow.counts(id_) == {"create": 9}
    flow.commit(id_)
    with database.reading() as session:
        rows = session.exec(select(Contact.gender, LeadStatus.name).join(LeadStatus)).all()
    assert sorted(set(rows), key=str) == [
        ("female", "Interested"),
        ("female", "New"),
        (None, "Interested"),
        (None, "New"),
    ]


def test_a_value_can_become_a_new_status(flow: Flow, alice: Actor) -> None:
    id_ = flow.bring(FILE)
    with database.transaction() as session:
        assert values.add_status(session, alice, " Hot ").name == "Hot"
        assert values.add_status(session, alice, "HOT").name == "Hot"
    assert listed(flow, id_)[1] == [("Hot", 6, "Hot", True, None), ("new", 3, "New", True, None)]


def test_only_who_may_change_settings_makes_a_status(flow: Flow, alice: Actor) -> None:
    with database.transaction() as session, pytest.raises(NotPermitted):
        values.add_status(session, flow.actor, "Hot")
    with database.transaction() as session, pytest.raises(Invalid):
        values.add_status(session, alice, "  ")
