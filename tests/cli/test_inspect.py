"""`crm inspect` as scripts use it, and what it says about every file of the corpora."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from crm_app.cli.inspect import inspect
from crm_app.services.imports.inspection import inspect as inspect_here

CORPORA = Path(__file__).parents[1] / "corpora"
EXPECTED: dict[str, Any] = json.loads((CORPORA / "expected.json").read_text(encoding="utf-8"))
SAME_FOR_US = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8", "windows-1252": "cp1252", "windows-1250": "cp1250"}

app = typer.Typer()
app.command()(inspect)


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def encoding(name: str | None) -> str | None:
    lower = name.lower() if name else None
    return SAME_FOR_US.get(lower, lower) if lower else None


@pytest.mark.parametrize("name", EXPECTED)
def test_every_corpus_file_is_read_as_expected(name: str) -> None:
    expected, answer = EXPECTED[name], inspect_here(str(CORPORA / name))
    assert answer["ok"], answer
    assert encoding(answer["encoding"]) == encoding(expected["encoding"])
    for key in ("format", "delimiter", "sheet", "header_row", "rows"):
        assert answer[key] == expected[key], key
    assert [column["header"] for column in answer["columns"]] == [header for header, _ in expected["columns"]]


@pytest.mark.parametrize("name", EXPECTED)
def test_every_corpus_column_is_mapped_as_expected(name: str) -> None:
    answer = inspect_here(str(CORPORA / name))
    found = {column["header"]: column["target"] for column in answer["columns"] if column["target"]}
    assert found == {header: target for header, target in EXPECTED[name]["columns"] if target}


def test_each_file_is_one_line_of_json_and_one_bad_file_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    files = [CORPORA / "kwiga.csv", tmp_path / "bad.xlsx", CORPORA / "excel.xlsx"]
    result = run("--json", "--rows-dir", tmp_path / "rows", *files)
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.output.splitlines()]
    assert [answer["ok"] for answer in answers] == [True, False, True]
    assert [answer["file"] for answer in answers] == [str(file) for file in files]
    assert {path.name for path in (tmp_path / "rows").iterdir()} == {"kwiga.csv.csv", "excel.xlsx.csv"}


def test_a_sheet_can_be_chosen(tmp_path: Path) -> None:
    answer = json.loads(run("--json", "--sheet", "Fornitori", CORPORA / "libreoffice.xlsx").output)
    assert answer["sheet"] == "Fornitori"


def test_people_get_a_summary() -> None:
    output = run(CORPORA / "excel.xlsx").output
    assert "excel.xlsx: xlsx, sheet “Adressen”, header in row 3, 8 rows" in output
    assert "first_name" in output


def test_nothing_readable_is_exit_status_1(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    result = run("--json", tmp_path / "empty.csv", tmp_path / "missing.csv")
    assert result.exit_code == 1
    assert all(json.loads(line)["ok"] is False for line in result.output.splitlines())


def test_wrong_usage_is_exit_status_2(tmp_path: Path) -> None:
    assert run().exit_code == 2
    assert run("--nonsense", "x").exit_code == 2
    (tmp_path / "file").touch()
    assert run("--rows-dir", tmp_path / "file", CORPORA / "kwiga.csv").exit_code == 2


def test_hostile_files_leave_it_alive(tmp_path: Path) -> None:
    from tests.services.imports.reading.workbooks import bomb, with_sheet_data

    corner = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    hostile = [with_sheet_data(tmp_path / "sparse.xlsx", corner), bomb(tmp_path / "bomb.xlsx", 1 << 27)]
    result = run("--json", *hostile, CORPORA / "excel.xlsx")
    errors = [json.loads(line).get("error", "") for line in result.output.splitlines()]
    assert ["50,000,000" in errors[0], "unpacks" in errors[1], errors[2]] == [True, True, ""]
