"""Invented contacts."""

from typing import Any

import pytest
from sqlalchemy import text as sql

from crm_app.services import database, demo


def test_the_planner_knows_the_invented_contacts(db: Any) -> None:
    demo.fill(30, lambda line: None)
    with database.reading() as session:
        if not database.is_sqlite(session):
            pytest.skip("PostgreSQL looks for itself")
        tables = session.execute(sql("SELECT DISTINCT tbl FROM sqlite_stat1")).scalars().all()
    assert {"contact", "contact_point"} <= set(tables)
