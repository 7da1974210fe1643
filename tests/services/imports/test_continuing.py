"""Failed rows that come back mended are rows of the import they once fell out of."""

import csv
import io
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import col, select

from crm_app.models import Contact, Course, Import, ImportRow, ImportState, JobState, Outcome
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import timeline
from crm_app.services.errors import Conflict
from crm_app.services.imports import (
    access,
    continuing,
    course_plan,
    failed_rows,
    plan_file,
    returning,
    steps,
    undo,
    uploads,
)
from crm_app.services.imports.returning import Returned
from tests.services.imports.conftest import Flow, add_contact, contacts
from tests.services.imports.courses import into, members, places, undone

PEOPLE = (
    "first_name,email,birth_date,city\n"
    "Fine,fine@example.org,1980-12-10,Bern\n"
    "Bad,no address,,Bonn\n"
    "Ada,ada@example.org,1990-02-30,Köln\n"
    "Good,good@example.org,,Rom\n"
)


def downloaded(flow: Flow, id_: int, folder: Path) -> list[list[str]]:
    """The failed rows as a table, header first."""
    with database.reading() as session:
        failed_rows.write(session, flow.actor, id_, folder / "failed.csv")
    with (folder / "failed.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def as_csv(table: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(table)
    return out.getvalue()


def mended(table: list[list[str]], **cells: str) -> list[list[str]]:
    """The table with texts replaced: old by new."""
    return [[cells.get(cell.replace(" ", "_").replace("-", "_"), cell) for cell in row] for row in table]


def looked(flow: Flow, id_: int) -> Returned | None:
    with database.reading() as session:
        return continuing.look(session, flow.actor, id_)


def taken(flow: Flow, table: list[list[str]]) -> int:
    """Brought back and checked; the id of the file's own import."""
    id_ = flow.bring(as_csv(table), "people (failed rows).csv")
    assert flow.work(continuing.start, id_) is JobState.DONE
    return id_


def history(flow: Flow) -> list[int | None]:
    with database.reading() as session:
        entries, total = access.history(session, flow.actor)
    assert total == len(entries)
    return [entry.found.id for entry in entries]


@pytest.fixture
def first(flow: Flow) -> int:
    """An import with two rows in and two that stayed out (3 and 4)."""
    id_ = flow.checked(PEOPLE, tags=("Messe",))
    assert flow.commit(id_) == {"create": 2, "invalid": 2}
    return id_


def test_mended_rows_come_in_with_their_import(flow: Flow, first: int, tmp_path: Path, session) -> None:
    table = mended(downloaded(flow, first, tmp_path), no_address="bad@example.org")
    id_ = flow.bring(as_csv(table))
    found = looked(flow, id_)
    assert found is not None
    assert (found.original.id, found.rows, found.left_alone, found.refusal) == (first, {2: 3, 3: 4}, 0, None)
    assert returning.remarks(found) == []
    assert flow.work(continuing.start, id_) is JobState.DONE
    assert [(row.row, row.outcome.value) for row in flow.rows(id_)] == [(3, "create"), (4, "invalid")]
    assert flow.counts(first) == {"create": 2, "invalid": 2}, "before the commit nothing changes"
    assert history(flow) == [id_, first]
    assert flow.commit(id_) == {"create": 1, "invalid": 1}

    assert flow.counts(first) == {"create": 3, "invalid": 1}
    assert history(flow) == [first]
    assert [row.outcome.value for row in flow.rows(first)] == ["create", "create", "invalid", "create"]
    assert flow.rows(first)[1].cells == ["Bad", "bad@example.org", "", "Bonn"]
    proofs = session.exec(select(ImportRow.import_id, ImportRow.row, ImportRow.through).order_by(col(ImportRow.row)))
    assert proofs.all() == [(first, 2, None), (first, 3, id_), (first, 5, None)]
    assert downloaded(flow, first, tmp_path)[1][:4] == ["Ada", "ada@example.org", "1990-02-30", "Köln"]
    with database.reading() as reading:
        made = continuing.rounds(reading, flow.get(first))
        bad = reading.exec(select(Contact).where(Contact.first_name == "Bad")).one()
        entry = timeline.entries(reading, bad)[0]
        assert [(one.file_name, one.rows, one.who) for one in made] == [("people.csv", 1, "Bob")]
        assert (entry.data["import"], entry.at) == (first, flow.get(id_).committed_at)


def test_a_second_file_brings_the_rest_and_undo_takes_all_rows_back(
    flow: Flow, first: int, tmp_path: Path, session
) -> None:
    flow.commit(taken(flow, mended(downloaded(flow, first, tmp_path), no_address="bad@example.org")))
    flow.commit(taken(flow, mended(downloaded(flow, first, tmp_path), **{"1990_02_30": "1990-02-28"})))
    assert flow.counts(first) == {"create": 4}
    assert len(contacts(session)) == 4
    with database.reading() as reading:
        plan = undo.preview(reading, flow.actor, first)
    assert (plan.reversed, plan.kept, plan.impossible) == (4, 0, 0)
    assert flow.work(steps.undo, first) is JobState.DONE
    assert contacts(session) == []


def test_rows_that_are_in_stay_as_they_are(flow: Flow, first: int, tmp_path: Path, session) -> None:
    table = mended(downloaded(flow, first, tmp_path), no_address="bad@example.org")
    one, two = taken(flow, table), taken(flow, mended(table, Bad="Worse", **{"1990_02_30": ""}))
    assert flow.commit(one) == {"create": 1, "invalid": 1}
    assert flow.commit(two) == {"create": 1, "skip": 1}, "the check was earlier, the commit knows better"
    assert flow.counts(first) == {"create": 4}
    assert [contact.first_name for contact in contacts(session)] == ["Fine", "Good", "Bad", "Ada"]
    assert flow.rows(first)[1].cells[0] == "Bad"

    id_ = flow.bring(as_csv(table))
    found = looked(flow, id_)
    assert found is not None
    assert (found.rows, found.there) == ({}, [2, 3])
    assert "2 rows have come in already" in str(returning.remarks(found)[0])
    with pytest.raises(Conflict, match="come in already"), database.transaction() as writing:
        continuing.start(writing, flow.actor, id_)


def test_rows_without_a_key_to_believe_are_named_and_can_come_in_as_a_new_file(
    flow: Flow, first: int, tmp_path: Path, session
) -> None:
    head, bad, ada = mended(downloaded(flow, first, tmp_path), no_address="bad@example.org")
    forged = ["Eve", "eve@example.org", "", "", "", bad[-1].replace("-3-", "-4-")]
    id_ = flow.bring(as_csv([head, bad, bad, forged, ["New", "new@example.org", "", "", "", ""], [""] * 6, ada]))
    found = looked(flow, id_)
    assert found is not None
    assert (found.rows, found.twice, found.strange) == ({2: 3, 7: 4}, [3], [4, 5])
    said = " ".join(str(one) for one in returning.remarks(found))
    assert "1 row stands in the file a second time and is left out (row 3)." in said
    assert "2 rows are not known to that import and are left out (rows 4, 5)." in said
    flow.map(id_, {name: name for name in head[:4]})
    flow.work(steps.check, id_)
    assert flow.commit(id_)["create"] == 3
    assert flow.counts(first) == {"create": 2, "invalid": 2}
    assert history(flow) == [id_, first]


def test_columns_are_found_by_their_heading(flow: Flow, first: int, tmp_path: Path, session) -> None:
    table = mended(downloaded(flow, first, tmp_path), no_address="bad@example.org")
    moved = [[row[5], row[1], "new" if n else "Phone", row[0]] for n, row in enumerate(table)]
    id_ = flow.bring(as_csv(moved))
    found = looked(flow, id_)
    assert found is not None
    assert (found.lost, found.new) == (["birth_date", "city"], ["Phone"])
    assert [str(one).partition(":")[2] for one in returning.remarks(found)] == [" “Phone”.", " “birth_date”, “city”."]
    flow.work(continuing.start, id_)
    assert flow.commit(id_) == {"create": 1, "invalid": 1}
    bad = contacts(session)[-1]
    assert (bad.first_name, bad.email, bad.city) == ("Bad", "bad@example.org", "Bonn")


def test_the_choices_of_the_import_hold(flow: Flow, session) -> None:
    contact = add_contact(first_name="Ada", email="ada@example.org", city="Rom")
    text = "Mail;Geburt;Ort\nada@example.org;31.12.1990;Bonn\nnope;03.04.1990;Köln\n"
    targets = {"Mail": "email", "Geburt": "birth_date", "Ort": "city"}
    id_ = flow.checked(text, targets, tags=("Messe",), lifecycle="lead", match_key="email")
    flow.commit(id_)
    with database.reading() as reading:
        key = failed_rows.row_key(flow.get(id_), 3)
        assert session.get(Contact, contact)
        reading.rollback()
    back = flow.bring(f"Ort;Geburt;Mail;crm_row_key\nKöln;03.04.1990;eve@example.org;{key}\n")
    flow.work(continuing.start, back)
    columns = {column["header"]: (column["target"], column["date_format"]) for column in flow.get(back).columns}
    assert columns == {"Mail": ("email", None), "Geburt": ("birth_date", "%d.%m.%Y"), "Ort": ("city", None)}
    flow.commit(back)
    eve = contacts(session)[-1]
    assert (eve.email, str(eve.birth_date), eve.lifecycle) == ("eve@example.org", "1990-04-03", "lead")


def test_a_contact_of_the_import_is_not_touched_by_another_of_its_rows(
    flow: Flow, first: int, tmp_path: Path, session
) -> None:
    id_ = taken(flow, mended(downloaded(flow, first, tmp_path), no_address="fine@example.org"))
    row = flow.rows(id_)[0]
    assert (row.outcome, str(row.reason)) == (Outcome.SKIP, "The same contact as in row 2; the first row counts.")
    flow.commit(id_)
    assert flow.counts(first) == {"create": 2, "skip": 1, "invalid": 1}
    assert contacts(session)[0].city == "Bern"


def test_rows_can_be_mended_once_more_in_the_preview(flow: Flow, first: int, tmp_path: Path) -> None:
    from crm_app.services.imports import edits

    id_ = taken(flow, downloaded(flow, first, tmp_path))
    with database.transaction() as session:
        edits.change(session, flow.actor, id_, 3, 1, "fine@example.org")
    assert flow.rows(id_)[0].outcome is Outcome.SKIP
    with database.transaction() as session:
        edits.change(session, flow.actor, id_, 3, 1, "bad@example.org")
        edits.leave_out(session, flow.actor, id_, 4)
    assert flow.commit(id_) == {"create": 1, "skip": 1}
    assert flow.counts(first) == {"create": 3, "invalid": 1}, "a row left out here waits on in its import"
    assert flow.rows(first)[1].cells[1] == "bad@example.org"


def test_the_switch_for_bad_cells_goes_on_in_the_same_import(flow: Flow, first: int, tmp_path: Path) -> None:
    from dataclasses import replace

    from crm_app.services.imports.columns import Options, from_json

    id_ = taken(flow, downloaded(flow, first, tmp_path))
    found = flow.get(id_)
    options = replace(Options.from_json(found.options), take_rows_without_bad_cells=True)
    with database.transaction() as session:
        steps.map_columns(session, flow.actor, id_, from_json(found.columns), options)
    flow.work(steps.check, id_)
    assert flow.commit(id_) == {"create": 1, "invalid": 1}, "the e-mail is the key"
    assert flow.counts(first) == {"create": 3, "invalid": 1}


def test_read_again_it_is_a_file_of_its_own(flow: Flow, first: int, tmp_path: Path) -> None:
    id_ = taken(flow, downloaded(flow, first, tmp_path))
    flow.work(steps.read, id_)
    found = flow.get(id_)
    assert (found.continues_id, found.read_out["headers"][-1]) == (None, "crm_row_key")
    assert looked(flow, id_) is not None


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (ImportState.UNDONE, "was undone"),
        (ImportState.CHECKED, "has not come in yet"),
        (ImportState.COMMITTING, "just being worked on"),
        (None, "not kept any more"),
    ],
)
def test_an_import_that_takes_no_rows_back_says_why(
    flow: Flow, first: int, tmp_path: Path, state: ImportState | None, sentence: str
) -> None:
    table = downloaded(flow, first, tmp_path)
    waits = taken(flow, mended(table, no_address="bad@example.org"))
    id_ = flow.bring(as_csv(table))
    if state is None:
        (flow.folder(first) / plan_file.NAME).unlink()
    else:
        with database.transaction() as session:
            session.get_one(Import, first).state = state
    found = looked(flow, id_)
    assert found is not None and found.refusal is not None
    assert sentence in str(found.refusal)
    for verb, one in ((continuing.start, id_), (steps.commit, waits)):
        with pytest.raises(Conflict, match=sentence), database.transaction() as session:
            verb(session, flow.actor, one)


def test_undo_waits_while_rows_come_back(flow: Flow, first: int, tmp_path: Path) -> None:
    id_ = taken(flow, downloaded(flow, first, tmp_path))
    with database.transaction() as session:
        steps.commit(session, flow.actor, id_)
    with pytest.raises(Conflict, match="still at work"), database.transaction() as session:
        steps.undo(session, flow.actor, first)


def test_another_branch_sees_a_file_like_any_other(flow: Flow, first: int, tmp_path: Path, charlie: Actor) -> None:
    other = Flow(charlie)
    id_ = other.bring(as_csv(downloaded(flow, first, tmp_path)))
    assert looked(other, id_) is None
    with pytest.raises(Conflict, match="does not bring back"), database.transaction() as session:
        continuing.start(session, charlie, id_)


def test_a_workbook_comes_back_as_a_workbook(flow: Flow, tmp_path: Path, session) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for row in [["Name", "Mail", "Note"], ["Fine", "fine@example.org", "x"], ["=1+1", "bad", "'quoted"]]:
        book.active.append(row)  # type: ignore[union-attr]
    book.active["A3"].data_type = "s"  # type: ignore[index]
    book.save(tmp_path / "people.xlsx")

    def bring(path: Path) -> int:
        stored = uploads.from_path(path)
        with database.transaction() as writing:
            made = uploads.create(
                writing, flow.actor, file_name=path.name, size=stored.size, sha256=stored.sha256, folder=stored.folder
            )
        assert made.id is not None
        assert flow.work(steps.read, made.id) is JobState.DONE
        return made.id

    id_ = bring(tmp_path / "people.xlsx")
    flow.map(id_, {"Name": "last_name", "Mail": "email", "Note": "notes"})
    flow.work(steps.check, id_)
    flow.commit(id_)
    with database.reading() as reading:
        failed_rows.write(reading, flow.actor, id_, tmp_path / "failed.xlsx")
    book = load_workbook(tmp_path / "failed.xlsx")
    book.active["B2"] = "eve@example.org"  # type: ignore[index]
    book.save(tmp_path / "failed.xlsx")
    back = bring(tmp_path / "failed.xlsx")
    flow.work(continuing.start, back)
    assert flow.commit(back) == {"create": 1}
    eve = contacts(session)[-1]
    assert (eve.last_name, eve.email, eve.notes) == ("=1+1", "eve@example.org", "'quoted")
    with plan_file.reading(flow.folder(id_)) as plan:
        assert plan.execute("SELECT row, idx, value FROM edit").fetchall() == [(3, 1, "eve@example.org")]


def test_stopped_in_the_middle_the_import_counts_what_is_in(flow: Flow, tmp_path: Path, session, monkeypatch) -> None:
    from crm_app.services.imports import pace

    for name in ("FIRST", "SMALLEST", "LARGEST"):
        monkeypatch.setattr(pace, name, 10)
    rows = "".join(f"P{n},bad\n" for n in range(30))
    first = flow.checked("first_name,email\nFine,fine@example.org\n" + rows)
    flow.commit(first)
    table = downloaded(flow, first, tmp_path)
    for n, row in enumerate(table[1:]):
        row[1] = f"p{n}@example.org"
    id_ = taken(flow, table)

    def stop(done: int, _total: int) -> None:
        if done == 10:
            with database.transaction() as writing:
                steps.cancel(writing, flow.actor, id_)

    assert flow.work(steps.commit, id_, on_progress=stop) is JobState.CANCELLED
    assert flow.counts(first) == {"create": 11, "invalid": 20}
    with database.reading() as reading:
        assert access.came_in(reading, flow.get(id_)) == {"create": 10}
    assert history(flow) == [id_, first]
    assert len(downloaded(flow, first, tmp_path)) == 21
    assert flow.commit(id_) == {"create": 30}
    assert flow.counts(first) == {"create": 31}
    assert len(contacts(session)) == 31


def test_rows_of_a_stopped_import_come_back_before_it_goes_on(flow: Flow, tmp_path: Path, session, monkeypatch) -> None:
    from crm_app.services.imports import pace

    for name in ("FIRST", "SMALLEST", "LARGEST"):
        monkeypatch.setattr(pace, name, 2)
    first = flow.checked("first_name,email\n" + "".join(f"P{n},p{n}@example.org\n" for n in range(6)) + "Bad,bad\n")

    def stop(done: int, _total: int) -> None:
        with database.transaction() as writing:
            steps.cancel(writing, flow.actor, first)

    flow.work(steps.commit, first, on_progress=stop)
    back = taken(flow, mended(downloaded(flow, first, tmp_path), bad="bad@example.org"))
    flow.commit(back)
    assert flow.commit(first) == {"create": 7}
    assert len(contacts(session)) == 7
    assert session.exec(select(ImportRow.row).order_by(col(ImportRow.row))).all() == list(range(2, 9))


def test_a_killed_return_goes_on_without_doubles(flow: Flow, first: int, tmp_path: Path, session, monkeypatch) -> None:
    from crm_app.services.imports import merging

    id_ = taken(flow, mended(downloaded(flow, first, tmp_path), no_address="bad@example.org"))
    count = merging.count
    monkeypatch.setattr(merging, "count", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        flow.work(steps.commit, id_)
    monkeypatch.setattr(merging, "count", count)
    with database.transaction() as writing:
        from crm_app.models import Job

        job = writing.exec(select(Job).where(Job.subject_id == id_).order_by(col(Job.id).desc())).first()
        assert job is not None
        job.state = JobState.QUEUED
        job.claim = None
    assert flow.work(partial(_again, job.id), id_) is JobState.DONE
    assert flow.counts(first) == {"create": 3, "invalid": 1}
    assert len(contacts(session)) == 3


def _again(job_id: int | None, session: Any, *_: Any) -> Any:
    from crm_app.models import Job

    return session.get_one(Job, job_id)


def test_mended_rows_are_enrolled_as_rows_of_the_import_they_belong_to(
    flow: Flow, session, course: Course, template: int, tmp_path: Path
) -> None:
    text = "first_name,email,offer\nAda,ada@example.org,once\nBen,ben@example.org,Gold\n"
    first = flow.checked(text, course=into(course, template=template))
    assert flow.commit(first) == {"create": 1, "invalid": 1}
    again = taken(flow, mended(downloaded(flow, first, tmp_path), Gold="Monthly"))
    assert [place for place in places(flow, again) if place] == [("enrolled", "Monthly")]
    flow.commit(again)
    assert flow.counts(first) == {"create": 2}
    assert members(session) == [("Ada", "active", "Once"), ("Ben", "active", "Monthly")]
    assert course_plan.counts(flow.folder(first))["enrolled"] == 2
    assert undone(flow, session, first).members.enrolments == 2
    assert members(session) == []
