"""Numbers of a workbook are what they are: 1.234 is never taken for 1234, wherever somebody lives."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import xlwt
from openpyxl import Workbook, load_workbook
from sqlmodel import Session, select

from crm_app.models import Contact, FieldType, JobState
from crm_app.services import custom_fields, database
from crm_app.services.actor import Actor
from crm_app.services.imports import continuing, edits, failed_rows, number_cells, plan_file, steps
from crm_app.services.imports.reading import workbook
from crm_app.services.imports.reading.types import Format, NumberCell, ReadSettings
from tests.services.imports.conftest import Flow
from tests.services.imports.reading.workbooks import rewritten, xlsx

CORPORA = Path(__file__).parents[2] / "corpora"
HEAD = ["email", "weight", "fee", "external_id"]
TARGETS = {name: name for name in HEAD}


@pytest.fixture
def own(alice: Actor) -> None:
    with database.transaction() as session:
        custom_fields.create(session, alice, "Weight", FieldType.NUMBER)
        custom_fields.create(session, alice, "Fee", FieldType.MONEY)


def book(path: Path, *rows: list[Any], formats: dict[str, str] | None = None) -> Path:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (HEAD, *rows):
        sheet.append(row)
    for cell, code in (formats or {}).items():
        sheet[cell].number_format = code
    made.save(path)
    return path


def checked(flow: Flow, path: Path) -> int:
    id_ = flow.bring_file(path)
    flow.map(id_, TARGETS)
    assert flow.work(steps.check, id_) is JobState.DONE
    return id_


def stored(session: Session) -> dict[str, tuple[Any, Any, str | None]]:
    session.rollback()
    found = session.exec(select(Contact)).all()
    return {one.email or "": (one.custom.get("weight"), one.custom.get("fee"), one.external_id) for one in found}


def test_a_number_cell_stays_what_it_is_and_text_is_read_as_the_country_writes(
    own: None, flow: Flow, session: Session, tmp_path: Path
) -> None:
    path = book(
        tmp_path / "people.xlsx",
        ["a@example.org", 1.234, 12.345, 1.234],
        ["b@example.org", "1.234", "12.345", "7"],
        ["c@example.org", -1.234, 1234, 5],
        ["d@example.org", 1.5, 123456, 6],
        formats={"B4": "0.000", "C5": '000","000'},
    )
    id_ = checked(flow, path)
    rows = flow.rows(id_)
    assert [row.cells for row in rows] == [
        ["a@example.org", "1.234", "12.345", "1.234"],
        ["b@example.org", "1.234", "12.345", "7"],
        ["c@example.org", "-1.234", "1234", "5"],
        ["d@example.org", "1.5", "123,456", "6"],
    ]
    assert [len(row.problems) for row in rows] == [0, 2, 0, 0], "only the text is doubtful"
    flow.commit(id_)
    assert stored(session) == {
        "a@example.org": (1.234, 12.345, "1.234"),
        "b@example.org": (1234, 12345, "7"),
        "c@example.org": (-1.234, 1234, "5"),
        "d@example.org": (1.5, 123456, "6"),
    }


def test_an_edited_cell_is_text_again_until_the_edit_is_taken_back(
    own: None, flow: Flow, session: Session, tmp_path: Path
) -> None:
    id_ = checked(flow, book(tmp_path / "people.xlsx", ["a@example.org", 1.234, 2.345, 1]))
    for change in (
        lambda writing: edits.change(writing, flow.actor, id_, 2, 1, "1.234"),
        lambda writing: edits.change(writing, flow.actor, id_, 2, 2, "3.456"),
        lambda writing: edits.undo(writing, flow.actor, id_),
    ):
        with database.transaction() as writing:
            change(writing)
    flow.commit(id_)
    assert stored(session) == {"a@example.org": (1234, 2.345, "1")}


def test_a_failed_row_that_comes_back_keeps_the_numbers_nobody_touched(
    own: None, flow: Flow, session: Session, tmp_path: Path
) -> None:
    first = checked(flow, book(tmp_path / "people.xlsx", ["no address", 1.234, 2.345, 1], ["b@example.org", 1, 1, 2]))
    assert flow.commit(first) == {"invalid": 1, "create": 1}
    failed = tmp_path / "failed.xlsx"
    with database.reading() as reading:
        failed_rows.write(reading, flow.actor, first, failed)
    returned = load_workbook(failed)
    sheet = returned.active
    assert sheet is not None
    for cell in next(sheet.iter_rows(min_row=2)):
        if cell.value == "no address":
            cell.value = "a@example.org"
        elif cell.value == "2.345":
            cell.value = "3.456"
    returned.save(failed)
    back = flow.bring_file(failed)
    assert flow.work(continuing.start, back) is JobState.DONE
    flow.commit(back)
    assert stored(session)["a@example.org"] == (1.234, 3456, "1")


def test_only_cells_that_can_be_mistaken_are_kept_and_none_of_text_files(own: None, flow: Flow, tmp_path: Path) -> None:
    rows = [["a@example.org", 1.234, 0.5, 1000], ["b@example.org", 1.25, "1.234", 2]]
    kept = []
    for id_ in (
        flow.bring_file(book(tmp_path / "people.xlsx", *rows)),
        flow.bring("email,weight\na@example.org,1.234\n"),
    ):
        with plan_file.reading(flow.folder(id_)) as plan:
            kept.append((plan.execute("SELECT * FROM number").fetchall(), number_cells.columns(plan)))
    assert kept == [([(2, 1, "1.2340")], {1}), ([], set())]


def test_plan_files_of_before_know_of_no_numbers(own: None, flow: Flow, session: Session, tmp_path: Path) -> None:
    id_ = flow.bring_file(book(tmp_path / "people.xlsx", ["a@example.org", 1.234, 1, 1]))
    with plan_file.writing(flow.folder(id_)) as plan:
        plan.execute("DROP TABLE number")
        plan.execute("DELETE FROM meta WHERE key = 'number_columns'")
    flow.map(id_, TARGETS)
    assert flow.work(steps.check, id_) is JobState.DONE
    flow.commit(id_)
    assert stored(session) == {"a@example.org": (1234, 1, "1")}


@pytest.mark.parametrize("format", [Format.XLSX, Format.XLS, Format.ODS])
def test_every_workbook_knows_its_number_cells(format: Format, tmp_path: Path) -> None:
    path = written(tmp_path, format)
    read_out = workbook.understand(path, format, ReadSettings())
    found = [item for item in workbook.records(path, read_out) if isinstance(item, NumberCell)]
    assert found == [NumberCell(2, 1, "1.2340")]


def written(folder: Path, format: Format) -> Path:
    rows: list[list[Any]] = [["Name", "Weight"], ["Ada", 1.234], ["Bea", "1.234"], ["Cleo", 12.5], ["Dora", 1234]]
    path = folder / f"a.{format}"
    if format is Format.XLS:
        old = xlwt.Workbook()
        sheet = old.add_sheet("A")
        for place, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(place, column, value)
        old.save(str(path))
        return path
    if format is Format.XLSX:
        return xlsx(path, rows)
    shutil.copy(CORPORA / "libreoffice.ods", path)
    return rewritten(path, "content.xml", lambda content: with_table(content, rows))


def with_table(content: bytes, rows: list[list[Any]]) -> bytes:
    before, _, rest = content.partition(b"<office:spreadsheet>")
    table = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)
    made = f'<table:table table:name="A">{table}</table:table></office:spreadsheet>'
    return before + b"<office:spreadsheet>" + made.encode() + rest.partition(b"</office:spreadsheet>")[2]


def ods_cell(value: Any) -> str:
    is_text = isinstance(value, str)
    kind = 'office:value-type="string"' if is_text else f'office:value-type="float" office:value="{value}"'
    shown = value if is_text else str(value).replace(".", ",")
    return f"<table:table-cell {kind}><text:p>{shown}</text:p></table:table-cell>"
