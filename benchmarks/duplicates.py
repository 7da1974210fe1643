"""How fast and how well duplicates are found: 100,000 invented contacts with a tenth entered twice, and FEBRL.

    python -m benchmarks.duplicates [--contacts 100000] [--json]

The whole search as the job and `crm duplicates` run it: read from the database, compared, written. Then once more after
a hundred contacts changed. F1 counts pairs inside groups, at the one threshold that people see.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure

NAME = "duplicates"
CONTACTS = 100_000
SECONDS_TARGET = 60.0


def bench(contacts: int = CONTACTS) -> list[Figure]:
    """In a process of its own, as figures."""
    command = [sys.executable, "-m", "benchmarks.duplicates", "--contacts", str(contacts), "--json"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    seconds = found["seconds"]
    target = SECONDS_TARGET if contacts == CONTACTS else None
    reached = None if target is None else seconds <= target
    figures = [
        Figure(
            NAME,
            f"whole search, {found['contacts']:,} contacts",
            f"{seconds:.1f} s",
            f"≤ {SECONDS_TARGET:.0f} s",
            reached,
        ),
        Figure(NAME, "again after 100 contacts changed", f"{found['again']:.1f} s"),
        Figure(NAME, "comparisons a contact", f"{found['compared'] / found['contacts']:.1f}"),
        Figure(NAME, "most RSS", f"{found['memory']:.0f} MB"),
    ]
    for name, (precision, recall, f1) in found["accuracy"].items():
        figures.append(Figure(NAME, f"F1, {name}", f"{f1:.4f} (precision {precision:.4f}, recall {recall:.4f})"))
    return figures


def measured(contacts: int) -> dict[str, Any]:
    """The figures of one database filled with so many contacts."""
    from sqlalchemy import text
    from sqlmodel import col, select

    from crm_app.models import Contact
    from crm_app.services import database
    from crm_app.services.actor import SYSTEM
    from crm_app.services.duplicates import groups, running
    from tests.services.duplicates.people import Invented, accuracy

    invented = Invented(round(contacts / 1.1), seed=1)
    _fill(invented.rows)
    started = time.perf_counter()
    outcome = running.run(database.engine(), SYSTEM)
    seconds = time.perf_counter() - started
    with database.reading() as session:
        ids = session.exec(select(Contact.id).order_by(col(Contact.id)))
        places = {id_: place for place, id_ in enumerate(ids)}
        page = groups.page(session, SYSTEM, limit=10**6)
        found = [[places[one.id] for one in group.contacts] for group in page.groups]
    with database.transaction() as session:
        session.execute(text("UPDATE contact SET updated_at = '2020-01-01 00:00:00' WHERE id > 100"))
    started = time.perf_counter()
    running.run(database.engine(), SYSTEM)
    again = time.perf_counter() - started
    return {
        "contacts": outcome.contacts,
        "compared": outcome.compared,
        "seconds": seconds,
        "again": again,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000,
        "accuracy": {"invented people": accuracy(found, invented.truth), **_febrl()},
    }


def _fill(rows: list[Any]) -> None:
    from crm_app.models import PointKind
    from crm_app.models.base import now
    from crm_app.services import bulk, database, startup
    from crm_app.services.contacts import derived, search
    from crm_app.services.duplicates.prepared import Raw

    startup.prepare()
    at = bulk.moment(now())
    columns = [name for name in Raw._fields if name not in ("branch", "emails", "phones")]
    given = (
        "number", "branch_id", "lifecycle", "active", "custom", "search_text", "sort_name", "version", "created_at",
        "updated_at",
    )  # fmt: skip
    with database.transaction() as session:
        contacts = [
            (*_plain(row, columns), row.id, 1, "contact", True, "{}", *_derived(row, derived), 1, at, at)
            for row in rows
        ]
        before = search.last_id(session)
        bulk.insert(session, "contact", (*columns, *given), contacts)
        search.fill(session, before)
        points = [
            (row.id, kind.value, "", norm, norm, True)
            for row in rows
            for kind, norms in ((PointKind.EMAIL, row.emails), (PointKind.PHONE, row.phones))
            for norm in norms
        ]
        bulk.insert(session, "contact_point", ("contact_id", "kind", "label", "value", "norm", "primary"), points)


def _derived(row: Any, derived: Any) -> tuple[str, str]:
    """Search text and place in the order of names."""
    values = {**row._asdict(), "email": next(iter(row.emails), None), "phone": next(iter(row.phones), None)}
    return derived.search_text(values, (*row.emails, *row.phones)), derived.sort_name(values)


def _plain(row: Any, columns: list[str]) -> list[Any]:
    values = [getattr(row, name) for name in columns]
    return [value.isoformat() if hasattr(value, "isoformat") else value for value in values]


def _febrl() -> dict[str, tuple[float, float, float]]:
    from crm_app.services.duplicates.engine import Engine
    from crm_app.services.duplicates.prepared import people
    from tests.services.duplicates.people import accuracy
    from tests.services.duplicates.test_rules import febrl

    found = {}
    for number in (1, 2, 3):
        rows, truth = febrl(number)
        engine = Engine(people(rows))
        found[f"FEBRL {number}, without social security number"] = accuracy(
            engine.groups(engine.search().weights), truth
        )
    return found


def main() -> None:
    import os

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=CONTACTS)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    if not wanted.json:
        for figure in bench(wanted.contacts):
            print(figure.row)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CRM_DATA_DIR"] = folder
        print(json.dumps(measured(wanted.contacts)))


if __name__ == "__main__":
    main()
