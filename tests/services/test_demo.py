"""Invented contacts."""

from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlmodel import func, select

from crm_app.models import Charge, Payment
from crm_app.models.base import now
from crm_app.services import database, demo, demo_courses
from crm_app.services.actor import SYSTEM
from crm_app.services.courses import catalogue


def test_the_planner_knows_the_invented_contacts(db: Any) -> None:
    demo.fill(30, lambda line: None)
    with database.reading() as session:
        if not database.is_sqlite(session):
            pytest.skip("PostgreSQL looks for itself")
        tables = session.execute(sql("SELECT DISTINCT tbl FROM sqlite_stat1")).scalars().all()
    assert {"contact", "contact_point"} <= set(tables)


def test_courses_show_members_who_paid_and_who_are_late(db: Any) -> None:
    demo.fill(60, lambda line: None)
    with database.reading() as session:
        found = [(one.course.name, one.taken, one.waiting) for one in catalogue.listing(session, SYSTEM)]
        paid = session.exec(select(func.count()).select_from(Payment)).one()
        late = session.exec(select(func.count()).where(Charge.due_on < now().date(), Charge.settled == 0)).one()
    assert found == [("Piano for beginners", 16, 0), ("Practice room", 16, 0), ("Summer choir", 12, 4)]
    assert paid and late
    assert demo_courses.fill() == 0
