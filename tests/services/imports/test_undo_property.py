"""The promise of undo, whatever database, file and edits: back to the state before, but for exactly what was edited."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session, col, select

from crm_app.models import (
    Activity,
    Contact,
    ContactPoint,
    ContactSource,
    ContactTag,
    Import,
    ImportRow,
    ImportState,
    JobState,
    Tag,
    UndoOutcome,
)
from crm_app.models.base import now
from crm_app.services import crash, database, jobs
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards, derived
from crm_app.services.contacts.validating import ONE_OF, InvalidFields
from crm_app.services.custom_fields import PREFIX
from crm_app.services.folding import fold
from crm_app.services.imports import pace, steps, undo, work
from tests.services.imports import test_plan_equals_commit as generated
from tests.services.imports.conftest import Flow

HEADER = generated.HEADER
VALUES = {  # of stored contacts and of edits; files take generated.row
    "external_id": ["", "1", "2"],
    "first_name": ["", "Ada", "Bea", "Cleo"],
    "email": ["", "a@example.org", "b@example.org", "d@example.org"],
    "phone": ["", "030 1234567", "040 7654321"],
    "mobile": ["", "0170 9876543", "0171 1111111"],
    "birth_date": ["", "1990-12-31", "1980-01-01"],
    "city": ["", "Bern"],
    "tags": ["", "VIP", "Messe, Kurs", "VIP, Kurs"],
    "fee": ["", "12,50", "7"],
    "instrument": ["", "Geige"],
}
stored = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()})
# Half of the worlds are made so that rows meet contacts and edits meet what the rows wrote.
known = st.fixed_dictionaries(
    {
        **{name: st.sampled_from(values) for name, values in VALUES.items()},
        "first_name": st.sampled_from(["Ada", "Bea"]),
    }
)
CELLS = (
    [""],
    [""],
    ["Ada", "Cleo"],
    ["c@example.org", ""],
    ["030 1234567", ""],
    [""],
    ["1990-12-31"],
    ["VIP", "vip, Kurs"],
    ["", "yes", "no"],
    ["12,50", "8"],
    ["", "Klavier"],
)
meeting = {
    "people": st.tuples(known, known).map(
        lambda pair: [{**one, "external_id": str(n)} for n, one in enumerate(pair, 1)]
    ),
    "rows": st.tuples(*[st.tuples(*map(st.sampled_from, CELLS))] * 3).map(
        lambda rows: [(str(n), *cells) for n, cells in enumerate(rows, 1)]
    ),
    "chosen": st.fixed_dictionaries({"match_key": st.just("external_id"), "tags": st.sampled_from([(), ("Messe",)])}),
}
anything = {
    "people": st.lists(stored, max_size=4),
    "rows": st.lists(generated.row, min_size=1, max_size=8),
    "chosen": generated.options,
}
some_world = st.one_of(st.fixed_dictionaries(meeting), st.fixed_dictionaries(anything))
OFTEN = ["retag", "first_name", "email", "phone", "birth_date", "tags", "fee"]
ANY = [*OFTEN, *OFTEN, "deactivate", *VALUES]
some_edit = st.tuples(st.integers(0, 2), st.sampled_from(ANY), st.integers(0, 3))
history = st.lists(some_edit, min_size=3, max_size=8)
quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def world(flow: Flow, made: dict[str, Any]) -> int:
    """A database with these people and a checked import of these rows."""
    people, rows, chosen = made["people"], made["rows"], made["chosen"]
    generated.empty()
    with database.transaction() as session:
        session.execute(text("DELETE FROM activity"))
        for person in people:
            if any(person[name] for name in ("first_name", "email", "phone", "mobile")):
                cards.create(session, flow.actor, person)
    id_ = flow.bring(generated.as_csv(rows), settings=generated.AS_WRITTEN)
    flow.map(id_, {name: name for name in HEADER}, **chosen)
    assert flow.work(steps.check, id_) is JobState.DONE
    return id_


def state(session: Session, *, apart: tuple[str, ...] = ("version", "updated_at")) -> dict[str, Any]:
    """What an undo restores, without the ids of rows beside the contact's own."""
    session.rollback()
    points = session.exec(select(ContactPoint)).all()
    tags = session.exec(select(ContactTag.contact_id, Tag.folded).join(Tag)).all()
    sources = session.exec(select(ContactSource)).all()
    return {
        "contact": {c.id: _values(c, apart) for c in session.exec(select(Contact)).all()},
        "contact_point": sorted((p.contact_id, p.kind, p.label, p.value, p.norm, p.primary) for p in points),
        "contact_tag": sorted(tuple(pair) for pair in tags),
        "contact_source": sorted((s.contact_id, s.source, str(s.external_id), s.first_seen) for s in sources),
        "tag": sorted(session.exec(select(Tag.folded)).all()),
    }


def _values(contact: Contact, apart: tuple[str, ...]) -> dict[str, Any]:
    """The contact's own columns, and its own fields under the names of their changes."""
    own = {PREFIX + name: contact.custom.get(name) for name in generated.OWN}
    return contact.model_dump(exclude={*apart, "custom"}) | own


def everything(session: Session) -> Any:
    """What a replay must not change, and a kill must not leave different."""
    found = state(session, apart=("updated_at",))
    found["activity"] = sorted(
        (a.contact_id, a.kind, a.source, str(a.data), a.user_id) for a in session.exec(select(Activity)).all()
    )
    found["rows"] = [row.model_dump() for row in session.exec(select(ImportRow).order_by(col(ImportRow.row))).all()]
    found["counts"] = [one.undo_counts for one in session.exec(select(Import)).all()]
    return found


def look() -> dict[str, Any]:
    with database.reading() as session:
        return state(session)


def undone(flow: Flow, id_: int) -> dict[UndoOutcome, int]:
    with database.reading() as session:
        try:
            plan = undo.preview(session, flow.actor, id_)
        except undo.Conflict:
            return {}
    assert flow.work(steps.undo, id_) is JobState.DONE
    counts = flow.get(id_).undo_counts
    assert (plan.reversed, plan.kept, plan.impossible) == tuple(counts[one] for one in UndoOutcome), "one plan"
    with database.reading() as session:
        if database.is_sqlite(session):
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    return {one: counts[one] for one in UndoOutcome}


def apply(actor: Actor, edits: list[tuple[int, str, int]]) -> dict[int, set[str]]:
    """Carries the edits out as a form would; the tags that were given or taken, by contact."""
    toggled: dict[int, set[str]] = {}
    for place, name, choice in edits:
        with database.transaction() as session:
            people = session.exec(select(Contact).order_by(col(Contact.id))).all()
            if place >= len(people):
                continue
            contact = people[place]
            if name == "deactivate":
                cards.deactivate(session, actor, contact)
                continue
            if name == "retag":  # all tags away, and given again
                forms = [{"tags": ""}, {"tags": ", ".join(tag.name for tag in cards.tags_of(session, contact))}]
            else:
                forms = [{name: VALUES[name][choice % len(VALUES[name])]}]
            for values in forms:
                with suppress(InvalidFields):
                    old, new = cards.change(session, actor, contact, values).get("tags", ((), ()))
                    changed = {fold(tag) for tag in old} ^ {fold(tag) for tag in new}
                    toggled.setdefault(cards.id_of(contact), set()).update(changed)
    return toggled


def tags_of(seen: dict[str, Any], id_: int) -> set[str]:
    return {tag for contact, tag in seen["contact_tag"] if contact == id_}


@quick
@given(made=some_world)
def test_without_edits_everything_is_as_it_was(flow: Flow, db: Path, made) -> None:
    id_ = world(flow, made)
    before = look()
    flow.commit(id_)
    counts = undone(flow, id_)
    assert look() == before
    written = flow.counts(id_)
    assert sum(counts.values()) == counts.get(UndoOutcome.REVERSED, 0)
    assert sum(counts.values()) == written.get("create", 0) + written.get("update", 0)


@quick
@given(made=some_world, edits=history)
def test_exactly_what_was_edited_stays(flow: Flow, db: Path, alice: Actor, made, edits) -> None:
    id_ = world(flow, made)
    before = look()
    flow.commit(id_)
    written = look()
    toggled = apply(alice, edits)
    edited = look()
    with database.reading() as session:
        touched = set(session.exec(select(Activity.contact_id).where(Activity.kind != "created")).all())
        changes = {row.contact_id: row.changes or {} for row in session.exec(select(ImportRow)).all()}
    undone(flow, id_)
    after = look()
    new = written["contact"].keys() - before["contact"].keys()
    assert after["contact"].keys() == edited["contact"].keys() - (new - touched)
    for contact_id, now_ in after["contact"].items():
        was, wrote, present = (seen["contact"].get(contact_id, {}) for seen in (before, written, edited))
        if contact_id in new:
            assert now_ == present
            assert tags_of(after, contact_id) == tags_of(edited, contact_id)
            continue
        ours = changes.get(contact_id, {}).keys() - {"tags"}
        expected = {name: was[name] if name in ours and present[name] == wrote[name] else present[name] for name in was}
        if not any(expected[name] for name in ONE_OF):
            expected |= {name: present[name] for name in ONE_OF}
        apart = {"search_text", "sort_name"}
        assert {n: v for n, v in now_.items() if n not in apart} == {
            n: v for n, v in expected.items() if n not in apart
        }
        given_ = tags_of(written, contact_id) - tags_of(before, contact_id)
        taken = given_ - toggled.get(contact_id, set())
        assert tags_of(after, contact_id) == tags_of(edited, contact_id) - taken
        _is_consistent(after, contact_id)


def _is_consistent(seen: dict[str, Any], id_: int) -> None:
    """Points, search text and sort key follow from the values."""
    contact = seen["contact"][id_]
    points = [point for point in seen["contact_point"] if point[0] == id_]
    assert sorted(point[3] for point in points) == sorted(
        contact[name] for name in derived.POINT_FIELDS if contact[name]
    )
    norms = [point[4] for point in points if point[1] != "link"]
    assert sorted(contact["search_text"].split()) == sorted(derived.search_text(contact, norms).split())
    assert contact["sort_name"] == derived.sort_name(contact)


@quick
@given(made=some_world, edits=history)
def test_a_replay_changes_nothing(flow: Flow, db: Path, alice: Actor, made, edits) -> None:
    id_ = world(flow, made)
    flow.commit(id_)
    apply(alice, edits)
    if not undone(flow, id_):
        return
    with database.reading() as session:
        before = everything(session)
    with database.transaction() as session:
        assert steps.undo(session, flow.actor, id_).is_finished
        found = session.get_one(Import, id_)
        found.state, found.undone_row, found.undo_counts = ImportState.UNDO_STOPPED, 0, {}
        session.add(found)
    assert flow.work(steps.undo, id_) is JobState.DONE
    with database.reading() as session:
        assert everything(session) == before


class Killed(BaseException):
    """The process is gone at this line."""


@pytest.mark.sqlite_only
@settings(quick, max_examples=15)
@given(
    made=some_world,
    edits=history,
    place=st.sampled_from(["undo:before-chunk", "undo:inside-chunk", "undo:after-chunk"]),
    passage=st.integers(1, 3),
)
def test_killed_anywhere_it_ends_like_an_undisturbed_undo(
    flow: Flow, db: Path, alice: Actor, made, edits, place, passage
) -> None:
    id_ = world(flow, made)
    flow.commit(id_)
    apply(alice, edits)
    _to_file(db, db / "kept.sqlite")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("FIRST", "LARGEST", "SMALLEST"):
            patch.setattr(pace, name, 2)
        if not undone(flow, id_):
            return
        with database.reading() as session:
            undisturbed = everything(session)
        database.dispose()
        _from_file(db, db / "kept.sqlite")
        passed = []

        def point(name: str) -> None:
            if name == place:
                passed.append(name)
                if len(passed) == passage:
                    raise Killed

        patch.setattr(crash, "point", point)
        with database.transaction() as session:
            job = steps.undo(session, flow.actor, id_)
            claim = jobs.claim(session, job.id or 0)
        assert claim is not None
        try:
            work.run(claim)
        except Killed:
            with database.transaction() as session:
                assert jobs.abandoned(session, now(), is_first_start=True) == [job.id]
                claim = jobs.claim(session, job.id or 0)
            assert claim is not None
            assert work.run(claim) is JobState.DONE
    assert flow.state(id_) is ImportState.UNDONE
    with database.reading() as session:
        assert everything(session) == undisturbed


def _to_file(db: Path, copy: Path) -> None:
    with database.engine().connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    database.dispose()
    shutil.copy(db / "crm.sqlite", copy)


def _from_file(db: Path, copy: Path) -> None:
    for ending in ("-wal", "-shm"):
        (db / f"crm.sqlite{ending}").unlink(missing_ok=True)
    shutil.copy(copy, db / "crm.sqlite")


RUN = """
import sys
from crm_app.services import database, jobs
from crm_app.services.imports import work
with database.transaction() as session:
    claim = jobs.claim(session, int(sys.argv[1]))
work.run(claim)
"""


@pytest.mark.sqlite_only
@pytest.mark.parametrize("point", ["undo:before-chunk:2", "undo:inside-chunk:2", "undo:after-chunk:2"])
def test_a_killed_process_leaves_whole_chunks_and_another_goes_on(flow: Flow, alice: Actor, point: str) -> None:
    people = "external_id,first_name,email,tags\n" + "".join(f"{n},P{n},p{n}@example.org,VIP\n" for n in range(900))
    id_ = flow.checked(people)
    flow.commit(id_)
    with database.transaction() as session:
        job_id = steps.undo(session, flow.actor, id_).id
    process = subprocess.run(
        [sys.executable, "-c", RUN, str(job_id)], env={**os.environ, "CRM_CRASH_AT": point}, timeout=60, check=False
    )
    assert process.returncode == -signal.SIGKILL
    with database.transaction() as session:
        left = len(session.exec(select(Contact.id)).all())
        marked = len(session.exec(select(ImportRow.row).where(col(ImportRow.undone).is_not(None))).all())
        assert 0 < left < 900 and left + marked == 900
        assert jobs.abandoned(session, now(), is_first_start=True) == [job_id]
        claim = jobs.claim(session, job_id or 0)
    assert claim is not None and work.run(claim) is JobState.DONE
    assert flow.get(id_).undo_counts == {"reversed": 900, "kept": 0, "impossible": 0}
    with database.reading() as session:
        assert session.exec(select(Contact)).all() == []
        assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
