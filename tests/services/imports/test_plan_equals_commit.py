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
from sqlmodel import Session, col, select

from crm_app.models import (
    Channel,
    Consent,
    ConsentSource,
    ConsentState,
    Contact,
    ContactTag,
    FieldType,
    ImportRow,
    JobState,
    Outcome,
    Tag,
)
from crm_app.services import custom_fields, database, schema
from crm_app.services.actor import SYSTEM
from crm_app.services.consent import ledger
from crm_app.services.consent.standing import standings
from crm_app.services.imports import steps
from crm_app.services.imports.columns import Blank, InFile, WriteRule
from crm_app.services.imports.preview import PreviewRow
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
CONSENTS = ["", "", "yes", "no", "2020-01-31", "perhaps", "[clear]"]
AS_WRITTEN = ReadSettings(encoding="utf-8", delimiter=",", quotechar='"', header_row=1)
HEADER = [
    *("external_id", "lifecycle", "source", "first_name", "email", "phone", "mobile", "birth_date", "tags"),
    *("consent_email", "fee", "instrument"),
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
        for values in (IDS, LIFECYCLES, SOURCES, NAMES, MAILS, PHONES, PHONES, DATES, TAGS, CONSENTS, FEES, INSTRUMENTS)
    ]
)
# What stands in the ledger before, by e-mail.
agreed = st.dictionaries(
    st.sampled_from(["a@example.org", "b@example.org"]),
    st.sampled_from([ConsentState.SENT, ConsentState.CONFIRMED, ConsentState.REVOKED]),
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
        forget_consents(session)


def forget_consents(session: Session) -> None:
    """Empties the ledger as nobody else can."""
    is_sqlite = database.is_sqlite(session)
    off = "DROP TRIGGER consent_delete" if is_sqlite else "ALTER TABLE consent DISABLE TRIGGER USER"
    on = schema.SQLITE_LEDGER if is_sqlite else ("ALTER TABLE consent ENABLE TRIGGER USER",)
    for statement in (off, "DELETE FROM consent", "DELETE FROM suppression", *on):
        session.connection().exec_driver_sql(statement)


def standing(session: Session) -> dict[str, ConsentState]:
    norms = ["a@example.org", "b@example.org", "c@example.org"]
    return {norm: found.state for norm, found in standings(session, Channel.EMAIL, norms).items()}


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
@given(people=st.lists(stored, max_size=4), rows=st.lists(row, min_size=1, max_size=8), chosen=options, before_=agreed)
def test_what_the_preview_shows_is_what_is_written(clean: Flow, db: Path, people, rows, chosen, before_) -> None:
    empty()
    with database.transaction() as session:
        for address, state in before_.items():
            ledger.record(session, SYSTEM, Channel.EMAIL, address, state, source=ConsentSource.FORM)
    for person in people:
        add_contact(**person)
    id_ = clean.bring(as_csv(rows), settings=AS_WRITTEN)
    clean.map(id_, {name: name for name in HEADER}, **chosen)
    assert clean.work(steps.check, id_) is JobState.DONE
    planned = {found.row: found for found in clean.rows(id_)}
    with database.reading() as session:
        before, agreed_before = values(session), standing(session)
    counts = clean.counts(id_)
    assert clean.commit(id_) == counts
    assert clean.get(id_).replanned == 0
    with database.reading() as session:
        after = values(session)
        if database.is_sqlite(session):
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
        assert changed == set(found.changes) - {"consent_email"}, "exactly the shown fields changed"
    assert len(touched) == len(taken), "no contact is written twice"
    for contact_id in before.keys() - touched:
        assert after[contact_id] == before[contact_id]
    assert len(after) == len(before) + counts.get("create", 0)
    assert sum(counts.values()) == len(rows)
    _consents_are_as_shown(planned, agreed_before)


def _consents_are_as_shown(planned: dict[int, PreviewRow], before: dict[str, ConsentState]) -> None:
    """What the preview shows stands in the ledger, nobody rose past "imported", and no revocation was lifted."""
    with database.reading() as session:
        written = session.exec(
            select(Consent).where(col(Consent.import_id).is_not(None)).order_by(col(Consent.id))
        ).all()
        after = standing(session)
    shown = {n: f"consent {one.state}" for one in reversed(written) if (n := one.import_row)}
    assert {n: row.changes["consent_email"][1] for n, row in planned.items() if "consent_email" in row.changes} == shown
    assert {one.state for one in written} <= {ConsentState.IMPORTED, ConsentState.REVOKED}
    for norm, state in after.items():
        assert state in {before[norm], ConsentState.REVOKED} or before[norm] is ConsentState.NONE
        assert before[norm] is not ConsentState.REVOKED or state is ConsentState.REVOKED
