"""The rows that did not come in, as a file like the one they came from."""

import csv
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from crm_app.models import ImportState, JobState
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, NotFound, NotPermitted
from crm_app.services.imports import failed_rows, plan_file, steps, uploads
from tests.services.imports.conftest import Flow, add_contact

PEOPLE = (
    "first_name;email;birth_date\n"
    "Jürgen;j@example.org;1980-12-10\n"
    "Ada;no address;1990-02-30\n"
    "Jürgen;j@example.org;\n"
    ";;\n"
    '"=1+1; x";bad;\n'
    "Twin;twin@example.org;\n"
)


def bring(flow: Flow, path: Path) -> int:
    stored = uploads.from_path(path)
    with database.transaction() as session:
        made = uploads.create(
            session, flow.actor, file_name=path.name, size=stored.size, sha256=stored.sha256, folder=stored.folder
        )
    assert made.id is not None
    assert flow.work(steps.read, made.id) is JobState.DONE
    return made.id


def written(flow: Flow, tmp_path: Path, content: str, encoding: str = "utf-8", actor: Actor | None = None) -> Any:
    """The whole way of a file; its import's id, and the failed rows as bytes."""
    source = tmp_path / "people.csv"
    source.write_bytes(content.encode(encoding))
    id_ = bring(flow, source)
    flow.map(id_)
    flow.work(steps.check, id_)
    flow.commit(id_)
    return id_, rows_of(flow, id_, tmp_path, actor)[1]


def rows_of(flow: Flow, id_: int, tmp_path: Path, actor: Actor | None = None) -> tuple[int, Path]:
    found = flow.get(id_)
    target = tmp_path / failed_rows.file_name(found)
    with database.reading() as session:
        return failed_rows.write(session, actor or flow.actor, id_, target), target


def table(path: Path, encoding: str, **dialect: Any) -> list[list[str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.reader(file, strict=True, **dialect))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_failed_rows_keep_columns_delimiter_and_encoding(flow: Flow, tmp_path: Path, encoding: str) -> None:
    for _ in range(2):
        add_contact(first_name="Twin", email="twin@example.org")
    id_, path = written(flow, tmp_path, PEOPLE.replace("Ada", "Zoë"), encoding)
    assert path.name == "people (failed rows).csv"
    assert path.stat().st_mode & 0o777 == 0o600
    head, *rows = table(path, encoding, delimiter=";")
    assert head == ["first_name", "email", "birth_date", "Why this row did not come in", "crm_row_key"]
    assert [row[:3] for row in rows] == [
        ["Zoë", "no address", "1990-02-30"],
        ["'=1+1; x", "bad", ""],
        ["Twin", "twin@example.org", ""],
    ]
    assert rows[0][3].count("email") and rows[0][3].count("birth_date")
    assert "2 contacts" in rows[2][3]
    found = flow.get(id_)
    assert [failed_rows.row_of(found, row[4]) for row in rows] == [3, 6, 7]


def test_reasons_are_in_the_reader_s_language(flow: Flow, tmp_path: Path) -> None:
    german = Actor(**{**{name: getattr(flow.actor, name) for name in Actor.__slots__}, "language": "de"})
    _, path = written(flow, tmp_path, PEOPLE, actor=german)
    head, first, *_ = table(path, "utf-8", delimiter=";")
    assert head[-2] == "Warum diese Zeile nicht übernommen wurde"
    assert "„birth_date“" in first[-2]


def test_a_character_the_encoding_lacks_makes_it_utf_8(flow: Flow, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(
        "crm_app.services.imports.failed_rows_file.Target.encoding", property(lambda _: "ascii"), raising=True
    )
    _, path = written(flow, tmp_path, PEOPLE.replace("Ada", "Żoë"))
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert table(path, "utf-8-sig", delimiter=";")[1][0] == "Żoë"


def test_a_workbook_becomes_xlsx_with_text_cells_and_a_hidden_key(flow: Flow, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Kurs 1"
    for row in csv.reader(PEOPLE.splitlines(), delimiter=";"):
        sheet.append(row)
    sheet["A6"].data_type = "s"
    book.save(tmp_path / "people.xlsx")
    id_ = bring(flow, tmp_path / "people.xlsx")
    flow.map(id_)
    flow.work(steps.check, id_)
    number, path = rows_of(flow, id_, tmp_path)
    assert (number, path.name) == (2, "people (failed rows).xlsx")
    made = load_workbook(path)
    sheet = made["Kurs 1"]
    assert [cell.value for cell in sheet[3]][:2] == ["=1+1; x", "bad"]
    assert sheet["A3"].data_type == "s"
    assert sheet.column_dimensions["E"].hidden
    assert failed_rows.row_of(flow.get(id_), str(sheet["E3"].value)) == 6


def test_written_again_from_a_file_with_keys_there_is_one_reason_and_one_key(flow: Flow, tmp_path: Path) -> None:
    _, path = written(flow, tmp_path, PEOPLE)
    again = tmp_path / "again.csv"
    again.write_bytes(path.read_bytes())
    id_ = bring(flow, again)
    flow.map(id_, {name: name for name in ("first_name", "email", "birth_date")})
    flow.work(steps.check, id_)
    number, path = rows_of(flow, id_, tmp_path)
    head, _, second = table(path, "utf-8", delimiter=";")
    assert (number, len(head), head.count("crm_row_key")) == (2, 5, 1)
    assert second[0] == "'=1+1; x", "marked once, not twice"


def test_a_key_is_believed_only_by_the_import_it_names(flow: Flow) -> None:
    one, other = flow.get(flow.checked("first_name\nA\n")), flow.get(flow.checked("first_name\nB\n"))
    key = failed_rows.row_key(one, 7)
    assert failed_rows.key_parts(key) == (one.id, 7)
    assert failed_rows.row_of(one, f" {key} ") == 7
    forged = [key[:-1] + ("0" if key[-1] != "0" else "1"), key.replace("-7-", "-8-"), "", "1-2", "x-7-y", "7"]
    assert [failed_rows.row_of(one, wrong) for wrong in forged] == [None] * len(forged)
    assert failed_rows.row_of(other, key) is None


def test_rows_that_could_not_be_read_are_there_with_the_reader_s_reason(flow: Flow, tmp_path: Path) -> None:
    id_ = flow.bring("first_name,email\nAda,a@example.org\n")
    with plan_file.writing(flow.folder(id_)) as plan:
        message = plan_file.text_json(steps.STOPPED)
        plan.execute("INSERT INTO note VALUES (3, -1, 'error', ?, 'x')", (message,))
        plan_file.put(plan, rows=2)
    with database.transaction() as session:
        session.merge(flow.get(id_)).rows = 2
    flow.map(id_)
    flow.work(steps.check, id_)
    number, path = rows_of(flow, id_, tmp_path)
    assert number == 1
    assert table(path, "utf-8")[1][:3] == ["", "", str(steps.STOPPED)]


def test_nothing_is_written_without_right_plan_or_files(
    flow: Flow, tmp_path: Path, victor: Actor, charlie: Actor
) -> None:
    id_ = flow.bring(PEOPLE)
    with pytest.raises(Conflict):
        rows_of(flow, id_, tmp_path)
    flow.map(id_)
    flow.work(steps.check, id_)
    for actor, error in ((victor, NotPermitted), (charlie, NotFound)):
        with pytest.raises(error):
            rows_of(flow, id_, tmp_path, actor)
    (flow.folder(id_) / plan_file.NAME).unlink()
    with pytest.raises(Conflict):
        rows_of(flow, id_, tmp_path)
    assert list(tmp_path.glob("*failed*")) == []
    assert flow.state(id_) is ImportState.CHECKED


def test_the_count_is_what_would_be_written(flow: Flow, tmp_path: Path) -> None:
    for _ in range(2):
        add_contact(first_name="Twin", email="twin@example.org")
    id_, path = written(flow, tmp_path, PEOPLE)
    assert failed_rows.count(flow.get(id_)) == len(table(path, "utf-8", delimiter=";")) - 1 == 3
    (flow.folder(id_) / plan_file.NAME).unlink()
    assert failed_rows.count(flow.get(id_)) == 0
