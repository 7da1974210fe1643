"""The indexes of `contact` that leave out empty values still answer what they are there for."""

from dataclasses import replace

import pytest
from sqlalchemy import literal
from sqlalchemy import text as sql
from sqlalchemy.dialects import sqlite
from sqlmodel import select

from crm_app.models import Contact
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import audience
from crm_app.services.contacts.filter import ContactFilter


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT id FROM contact WHERE external_id IN (SELECT value FROM json_each('[\"K-1\"]'))", "external_id"),
        ("SELECT id FROM contact WHERE status_id = 1 ORDER BY sort_name, id", "status_id"),
        ("SELECT id FROM contact WHERE owner_id = 1 ORDER BY sort_name, id", "owner_id"),
    ],
)
def test_a_value_is_found_through_the_index_of_filled_ones(bob: Actor, query: str, index: str) -> None:
    with database.reading() as session:
        if not database.is_sqlite(session):
            pytest.skip("PostgreSQL's planner reads small tables whole")
        plan = " ".join(row[3] for row in session.execute(sql(f"EXPLAIN QUERY PLAN {query}")))
    assert f"ix_contact_{index}" in plan
    assert "TEMP B-TREE" not in plan


def counting(actor: Actor) -> str:
    """How the actor's list is counted."""
    with database.reading() as session:
        if not database.is_sqlite(session):
            pytest.skip("PostgreSQL's planner reads small tables whole")
        counted = select(literal(1)).select_from(Contact).where(*audience.conditions(session, actor, ContactFilter()))
        query = str(counted.compile(compile_kwargs={"literal_binds": True}, dialect=sqlite.dialect()))
        assert ("owner_id" in query) == (actor.owner_ids is not None)
        return " ".join(row[3] for row in session.execute(sql(f"EXPLAIN QUERY PLAN {query}")))


def test_a_list_is_counted_in_its_index_alone(bob: Actor) -> None:
    assert "COVERING INDEX ix_contact_list_" in counting(bob)


@pytest.mark.parametrize("owners", [{2}, {2, 3}])
def test_who_sees_some_owners_contacts_finds_them_by_owner(bob: Actor, owners: set[int]) -> None:
    assert "COVERING INDEX ix_contact_owner_id" in counting(replace(bob, owner_ids=frozenset(owners)))
