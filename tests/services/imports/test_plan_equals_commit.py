"""The promise of the preview: what it shows is what is written, row for row, whatever file and database."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session, select

from crm_app.models import Contact, ContactTag, FieldType, ImportRow, JobState, Outcome, Tag
from crm_app.services import custom_fields, database
from crm_app.services.actor import SYSTEM
from crm_app.services.imports import steps
from crm_app.services.imports.columns import Blank, InFile, WriteRule
from crm_app.services.imports.reading.types import ReadSettings
from tests.services.imports.conftest import Flow, add_contact

MAILS = ["", "a@example.org", "A@Example.org", "b@example.org", "c@example.org", "nonsense", "[clear]"]
PHONES = ["", "[clear]", "030 1234567", "+49 30 1234567", "0170 9876543", "x"]
NAMES = ["", "[clear]", "Ada", "Bea", "Ünal", "=1+1"]
IDS = ["", "1", "2", "3"]
LIFECYCLES = ["", "lead", "Kunde", "?"]
SOURCES = ["", "fair"]
TAGS = ["", "VIP", "vip, Kurs"]
DATES = ["", "[clear]", "1990-12-31", "1990-02-30"]
AS_WRITTEN = ReadSettings(encoding="utf-8", delimiter=",", quotechar='"', header_row=1)
HEADER = [
    *("external_id", "lifecycle", "source", "first_name", "email", "phone", "mobile", "birth_date", "tags"),
    *("fee", "instrument"),
]
OWN = ("fee", "instrument")  # own fields of the installation
FEES = ["", "[clear]", "12,50", "€ 1.200,00", "much"]
INSTRUMENTS = ["", "[clear]", "Klavier", "GEIGE", "Tuba"]

RULES = [WriteRule.FILL, WriteRule.NEVER, WriteRule.OVERWRITE]

stored = st.fixed_dictionaries(
    {
        "external_id": st.sampled_from(["1", "2", None]),
        "first_name": st.sampled_from(["Ada", "Bea"]),
        "email": st.sampled_from(["a@example.org", "b@example.org", None]),
        "mobile": st.sampled_from(["+491709876543", None]),
        "branch_id": st.sampled_from([1, 1, 1, 2]),
        "custom": st.sampled_from([{}, {"fee": 12.5, "instrument": "Klavier"}, {"fee": 1200, "gone": "kept"}]),
    }
)
row = st.tuples(
    *[
        st.sampled_from(values)
        for values in (IDS, LIFECYCLES, SOURCES, NAMES, MAILS, PHONES, PHONES, DATES, TAGS, FEES, INSTRUMENTS)
    ]
)
options = st.fixed_dictionaries(
    {
        "match_key": st.sampled_from([None, "external_id", "email", "phone", "mobile"]),
        "take_rows_without_bad_cells": st.booleans(),
        "tags": st.sampled_from([(), ("Messe",)]),
        "lifecycle": st.sampled_from([None, "lead"]),
        "source": st.sampled_from([None, "Messe"]),
        "blank": st.sampled_from(Blank),
        "in_file": st.sampled_from(InFile),
        "rules": st.fixed_dictionaries({}, optional={name: st.sampled_from(RULES) for name in HEADER}),
    }
)


@pytest.fixture
def clean(flow: Flow) -> Iterator[Flow]:
    yield flow


def empty() -> None:
    with database.transaction() as session:
        for table in (
            "import_row",
            "contact_tag",
            "contact_source",
            "contact_point",
            "contact",
            "tag",
            "job",
            "import",
            "custom_field",
        ):
            session.execute(text(f'DELETE FROM "{table}"'))
        custom_fields.create(session, SYSTEM, "Fee", FieldType.MONEY)
        custom_fields.create(session, SYSTEM, "Instrument", FieldType.CHOICE, ["Klavier", "Geige"])
        if database.is_sqlite(session):
            session.execute(text("INSERT INTO contact_search(contact_search) VALUES ('rebuild')"))


def as_csv(rows: list[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([["n", *HEADER], *[(n, *cells) for n, cells in enumerate(rows)]])
    return out.getvalue()


def values(session: Session) -> dict[int, dict[str, Any]]:
    tags: dict[int, set[str]] = {}
    for contact_id, name in session.exec(select(ContactTag.contact_id, Tag.folded).join(Tag)).all():
        tags.setdefault(contact_id, set()).add(name)
    found = session.exec(select(Contact)).all()
    own = {c.id: {name: c.custom.get(name) for name in (*OWN, "gone")} for c in found}
    return {
        c.id: {**c.model_dump(exclude={"custom"}), **own[c.id], "tags": tags.get(c.id, set())}
        for c in found
        if c.id is not None
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(stored, max_size=4), rows=st.lists(row, min_size=1, max_size=8), chosen=options)
def test_what_the_preview_shows_is_what_is_written(clean: Flow, db: Path, people, rows, chosen) -> None:
    empty()
    for person in people:
        add_contact(**person)
    id_ = clean.bring(as_csv(rows), settings=AS_WRITTEN)
    clean.map(id_, {name: name for name in HEADER}, **chosen)
    assert clean.work(steps.check, id_) is JobState.DONE
    planned = {found.row: found for found in clean.rows(id_)}
    with database.reading() as session:
        before = values(session)
    counts = clean.counts(id_)
    assert clean.commit(id_) == counts
    assert clean.get(id_).replanned == 0
    with database.reading() as session:
        after = values(session)
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        proofs = {proof.row: proof for proof in session.exec(select(ImportRow)).all()}
    taken = {n: found for n, found in planned.items() if found.outcome in ("create", "update", "unchanged")}
    assert {n: proof.outcome for n, proof in proofs.items()} == {n: found.outcome for n, found in taken.items()}
    touched = set()
    for n, found in taken.items():
        proof = proofs[n]
        assert proof.contact_id is not None
        touched.add(proof.contact_id)
        if found.outcome is Outcome.CREATE:
            assert proof.contact_id not in before
            made = {name: after[proof.contact_id][name] for name in found.values}
            assert {name: str(value) for name, value in made.items()} == {n: str(v) for n, v in found.values.items()}
            continue
        assert proof.contact_id == found.contact_id
        changed = {
            name
            for name, value in after[proof.contact_id].items()
            if value != before[proof.contact_id][name]
            and name not in ("version", "updated_at", "search_text", "sort_name")
        }
        assert changed == set(found.changes), "exactly the shown fields changed"
    assert len(touched) == len(taken), "no contact is written twice"
    for contact_id in before.keys() - touched:
        assert after[contact_id] == before[contact_id]
    assert len(after) == len(before) + counts.get("create", 0)
    assert sum(counts.values()) == len(rows)
