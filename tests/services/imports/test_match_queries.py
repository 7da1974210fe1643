"""The queries that find contacts by the match key look each value up in an index, whatever the planner knows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy import text as sql

from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import visible_of_few
from crm_app.services.duplicates import loading
from crm_app.services.imports import finding
from crm_app.services.imports.columns import NAME_AND_BIRTH

# What ANALYZE finds in a base of a million contacts with two points each, few of them with the other keys.
LARGE = {
    "sqlite_autoindex_contact_1": "1000000 1",
    "ix_contact_by_city": "1000000 125000 131 1",
    "ix_contact_by_company": "1000000 166667 174 1",
    "ix_contact_by_email": "1000000 1 1 1",
    "ix_contact_created_at": "1000000 1 1 1",
    "ix_contact_lifecycle": "1000000 333334 348 1 1 1 1 1 1",
    "ix_contact_list_created": "1000000 1000000 500000 1 1 1",
    "ix_contact_list_name": "1000000 1000000 500000 521 1 1",
    "ix_contact_owner_id": "250000 250000 261 1 1 1 1 1 1",
    "ix_contact_sort_name": "1000000 1042 1 1",
    "ix_contact_status_id": "666667 133334 139 1 1 1 1 1 1",
    "ix_contact_updated_at": "1000000 2000 1 1",
    "ix_contact_point_contact_id": "2000000 2",
    "ix_contact_point_norm": "2000000 1000000 1",
}


@pytest.fixture(params=[False, True], ids=["without statistics", "statistics of a large base"])
def planner(request: pytest.FixtureRequest, db: Any) -> None:
    with database.reading() as session:
        if not database.is_sqlite(session):
            pytest.skip("PostgreSQL's planner reads small tables whole")
    with database.engine().connect() as connection:
        connection.execute(sql("ANALYZE"))
        connection.execute(sql("DELETE FROM sqlite_stat1"))
        for index, figures in LARGE.items() if request.param else ():
            table = "contact_point" if "_point_" in index else "contact"
            row = {"tbl": table, "idx": index, "stat": figures}
            connection.execute(sql("INSERT INTO sqlite_stat1 VALUES (:tbl, :idx, :stat)"), row)
        connection.commit()
    database.engine().dispose()  # connections read the figures when they open the file


@contextmanager
def plans() -> Iterator[list[str]]:
    """The plans of all queries inside the block, a step each."""
    found: list[str] = []

    def explained(_: Any, cursor: Any, statement: str, given: Any, *__: Any) -> None:
        other = cursor.connection.cursor()
        found.extend(row[3] for row in other.execute(f"EXPLAIN QUERY PLAN {statement}", given))

    event.listen(database.engine(), "before_cursor_execute", explained)
    try:
        yield found
    finally:
        event.remove(database.engine(), "before_cursor_execute", explained)


@pytest.mark.parametrize(
    ("key", "value", "index"),
    [
        ("email", "a@example.org", "ix_contact_point_norm"),
        ("phone", "+4930123456", "ix_contact_point_norm"),
        ("number", "7", "sqlite_autoindex_contact_1"),
        ("external_id", "K-7", "ix_contact_external_id"),
        ("tax_number", "DE123", "ix_contact_tax"),
        (NAME_AND_BIRTH, "rossi anna|1980-05-17", "ix_contact_"),
    ],
)
def test_a_key_is_looked_up_in_its_index(planner: None, bob: Actor, key: str, value: str, index: str) -> None:
    keys = [value, *(f"{value}{n}" for n in range(5_000))]
    with database.reading() as session, plans() as steps:
        finding.find(session, bob, key, keys)
    assert any(index in step for step in steps), steps
    assert not by_branch(steps)


def test_contacts_are_looked_up_one_by_one(planner: None, bob: Actor) -> None:
    wanted = range(1, 5_001)
    with database.reading() as session, plans() as steps:
        finding.ids(session, bob, wanted)
        finding.numbers(session, bob, wanted)
        loading.some(session, wanted, visible_of_few(bob))
        list(loading.everybody(session, visible_of_few(bob)))
    assert len(steps) > 4
    assert not by_branch(steps)


def by_branch(steps: list[str]) -> list[str]:
    """Steps that read all contacts, or those of a branch, which are as many."""
    return [step for step in steps if "SCAN contact" in step or "(branch_id" in step]
