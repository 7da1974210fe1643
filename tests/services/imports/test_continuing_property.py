"""The promise of mended rows: whatever the file, they end as if the mended file had come in at once."""

import csv
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from crm_app.models import Contact, ContactPoint, ContactTag, Import, ImportRow, JobState, Tag
from crm_app.services import database
from crm_app.services.contacts import cards
from crm_app.services.imports import continuing, failed_rows, steps
from crm_app.services.imports.columns import Blank
from tests.services.imports import test_plan_equals_commit as generated
from tests.services.imports.conftest import Flow
from tests.services.imports.test_continuing import as_csv
from tests.services.imports.test_undo_property import state

HEADER = ["external_id", "first_name", "email", "phone", "birth_date", "tags", "city"]
OPTIONS: list[list[str]] = [
    ["", "Ada", "=1+1", "'Bea'"],
    ["", "{n}@example.org", "bad", "bad", "{n}@@"],
    ["", "030 123456{n}", "x"],
    ["", "31.12.1990", "30.02.1990", "03.04.1990"],
    ["", "VIP", "vip, Kurs"],
    ["", "Bern", " Köln; (alt)"],
]
MENDED = {"bad": "", "x": "", "30.02.1990": "28.02.1990"}
row = st.tuples(*map(st.sampled_from, OPTIONS))
person = st.fixed_dictionaries(
    {"external_id": st.sampled_from(["1", "2"]), "first_name": st.just("Cleo"), "city": st.sampled_from(["", "Rom"])}
)
options = st.fixed_dictionaries(
    {
        "match_key": st.sampled_from(["external_id", "email", None]),
        "tags": st.sampled_from([(), ("Messe",)]),
        "blank": st.sampled_from(Blank),
        "lifecycle": st.sampled_from([None, "lead"]),
    }
)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def mend(cell: str, n: int) -> str:
    return f"{n}@example.org" if "@@" in cell else MENDED.get(cell, cell)


def contacts(session: Session) -> list[Any]:
    """Everything of the contacts but what depends on their order and on the moment."""
    session.rollback()
    apart = {"id", "number", "version", "created_at", "updated_at", "search_text"}
    found = []
    for contact in session.exec(select(Contact)).all():
        points = session.exec(select(ContactPoint).where(ContactPoint.contact_id == contact.id)).all()
        tags = session.exec(select(Tag.folded).join(ContactTag).where(ContactTag.contact_id == contact.id)).all()
        shown = {name: str(value) for name, value in contact.model_dump(exclude=apart).items()}
        found.append((sorted(shown.items()), sorted((p.kind, p.label, p.norm) for p in points), sorted(tags)))
    return sorted(found)


def world(flow: Flow, people: list[dict[str, str]]) -> None:
    generated.empty()
    with database.transaction() as session:
        for one in {one["external_id"]: one for one in people}.values():
            cards.create(session, flow.actor, one)


def done(flow: Flow, table: list[list[str]], chosen: dict[str, Any]) -> int:
    id_ = flow.bring(as_csv([HEADER, *table]), settings=generated.AS_WRITTEN)
    flow.map(id_, {name: name for name in HEADER}, **chosen)
    assert flow.work(steps.check, id_) is JobState.DONE
    flow.commit(id_)
    return id_


# Texts in apostrophes beside our mark before a formula: they look like quoted cells.
APOSTROPHES = [
    ("", "", "030 123456{n}", "", "", ""),
    ("=1+1", "", "", "30.02.1990", "", ""),
    ("=1+1", "{n}@@", "", "", "", ""),
    ("", "{n}@example.org", "", "", "", ""),
    ("'Bea'", "bad", "", "", "", ""),
    ("'Bea'", "{n}@@", "", "", "", ""),
]
MORE_APOSTROPHES = [
    ("=1+1", "{n}@@", "", "", "", ""),
    ("=1+1", "", "", "30.02.1990", "", ""),
    ("'Bea'", "", "030 123456{n}", "", "vip, Kurs", "Bern"),
    ("'Bea'", "{n}@@", "030 123456{n}", "", "", ""),
    ("Ada", "", "030 123456{n}", "", "VIP", ""),
    ("'Bea'", "{n}@@", "", "03.04.1990", "", ""),
    ("=1+1", "{n}@@", "", "31.12.1990", "", " Köln; (alt)"),
]
PLAIN: dict[str, Any] = {"match_key": "external_id", "tags": (), "blank": Blank.KEEP, "lifecycle": None}


@quick
@given(people=st.lists(person, max_size=2), rows=st.lists(row, min_size=1, max_size=7), chosen=options)
@example(people=[], rows=APOSTROPHES, chosen=PLAIN)
@example(people=[], rows=MORE_APOSTROPHES, chosen=PLAIN)
def test_mended_rows_end_as_if_the_mended_file_had_come_at_once(
    flow: Flow, tmp_path: Path, session: Session, people: Any, rows: Any, chosen: dict[str, Any]
) -> None:
    table = [[str(n), *(cell.format(n=n) for cell in cells)] for n, cells in enumerate(rows, 1)]
    whole = [[mend(cell, n) for cell in cells] for n, cells in enumerate(table, 1)]
    world(flow, people)
    done(flow, whole, chosen)
    expected = contacts(session)

    world(flow, people)
    before = state(session)
    id_ = done(flow, table, chosen)
    with database.reading() as reading:
        failed_rows.write(reading, flow.actor, id_, tmp_path / "failed.csv")
    with (tmp_path / "failed.csv").open(encoding="utf-8", newline="") as file:
        head, *failed = csv.reader(file)
    if failed:
        back = flow.bring(as_csv([head, *[[*(mend(c, int(r[0])) for c in r[:-2]), *r[-2:]] for r in failed]]))
        flow.work(continuing.start, back)
        flow.commit(back)
    assert contacts(session) == expected
    counts = flow.counts(id_)
    assert sum(counts.values()) == len(table)
    there = [row.outcome for row in session.exec(select(ImportRow).where(ImportRow.import_id == id_)).all()]
    assert {outcome: there.count(outcome) for outcome in set(there)} == {
        outcome: count for outcome, count in counts.items() if outcome in ("create", "update", "unchanged")
    }
    assert {entry.continues_id for entry in session.exec(select(Import)).all()} <= {None, id_}

    if counts.get("create") or counts.get("update"):
        assert flow.work(steps.undo, id_) is JobState.DONE
    assert state(session) == before
