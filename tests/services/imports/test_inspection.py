"""The answer of `crm inspect` for one file, taken in this process."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from crm_app.services.imports import inspection
from crm_app.services.imports.inspection import inspect

CORPORA = Path(__file__).parents[2] / "corpora"
KEYS = [
    "file", "ok", "format", "encoding", "delimiter", "quotechar", "escapechar", "sheet", "sheets", "header_row", "rows",
    "columns", "problems",
]  # fmt: skip


def written(path: Path, text: str, encoding: str = "utf-8") -> str:
    path.write_bytes(text.encode(encoding))
    return str(path)


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_answer_has_the_keys_of_the_contract_and_is_plain_json() -> None:
    answer = inspect(str(CORPORA / "excel.xlsx"))
    assert list(answer) == KEYS
    assert json.loads(json.dumps(answer)) == answer
    assert list(answer["columns"][0]) == ["index", "header", "target", "confidence", "fill"]
    assert [answer["columns"][0]["index"], answer["columns"][0]["fill"]] == [0, 1.0]


def test_an_unreadable_file_is_one_sentence(tmp_path: Path) -> None:
    path = written(tmp_path / "empty.csv", "")
    assert inspect(path) == {"file": path, "ok": False, "error": "This file is empty."}


def test_a_file_that_is_not_there_or_a_folder_is_an_answer_too(tmp_path: Path) -> None:
    assert inspect(str(tmp_path / "nowhere.csv"))["ok"] is False
    assert inspect(str(tmp_path))["ok"] is False


def test_a_file_without_header_gets_letters(tmp_path: Path) -> None:
    answer = inspect(str(CORPORA / "no-header.tsv"), rows_dir=str(tmp_path))
    assert answer["header_row"] is None
    assert [column["header"] for column in answer["columns"]][:2] == ["Column A", "Column B"]
    assert rows_of(tmp_path / "no-header.tsv.csv")[0][:2] == ["Column A", "Column B"]
    assert len(rows_of(tmp_path / "no-header.tsv.csv")) == answer["rows"] + 1


@pytest.mark.parametrize("name", ["excel.xlsx", "excel-97.xls", "libreoffice.ods", "preamble.csv", "outlook-pl.csv"])
def test_rows_are_written_as_read(tmp_path: Path, name: str) -> None:
    expected = json.loads((CORPORA / "expected.json").read_text(encoding="utf-8"))[name]
    answer = inspect(str(CORPORA / name), rows_dir=str(tmp_path / "rows"))
    target = tmp_path / "rows" / f"{name}.csv"
    assert b"\r\n" in target.read_bytes()
    header, *rows = rows_of(target)
    assert header == [column for column, _ in expected["columns"]]
    assert len(rows) == answer["rows"] == expected["rows"]
    assert rows[0] == expected["first"]


def test_problems_name_level_row_column_and_message(tmp_path: Path) -> None:
    from tests.services.imports.reading.workbooks import xlsx

    path = xlsx(tmp_path / "a.xlsx", [["Vorname", "E-Mail", "Summe"], *[["Änne", "a@example.org", "=1+1"]] * 3])
    problems: list[dict[str, Any]] = inspect(str(path))["problems"]
    assert [(problem["level"], problem["row"], problem["column"]) for problem in problems] == [
        ("error", 2, "Summe"),
        ("error", 3, "Summe"),
        ("error", 4, "Summe"),
    ]
    assert list(problems[0]) == ["level", "row", "column", "message"]


def test_many_problems_are_counted_not_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.services.imports.reading.workbooks import xlsx

    monkeypatch.setattr(inspection, "MOST_PROBLEMS", 2)
    path = xlsx(tmp_path / "a.xlsx", [["Vorname", "E-Mail", "Summe"], *[["Änne", "a@example.org", "=1+1"]] * 5])
    problems = inspect(str(path))["problems"]
    assert len(problems) == 3
    assert problems[-1]["message"] == "3 more problems are not listed."


def test_more_rows_than_allowed_are_refused_never_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crm_app import settings

    monkeypatch.setattr(settings.get(), "import_max_rows", 3)
    path = written(tmp_path / "a.csv", "Vorname,E-Mail\n" + "Änne,a@example.org\n" * 4)
    assert inspect(path)["error"] == "This file has more than 3 rows. Split it and retry."


def test_a_cell_beyond_excels_limit_refuses_its_row(tmp_path: Path) -> None:
    rows = [
        "Vorname,E-Mail,Notiz",
        "Änne,a@example.org,kurz",
        f"Jörg,j@example.org,{'x' * 32_768}",
        "Zoë,z@example.org,kurz",
    ]
    answer = inspect(written(tmp_path / "a.csv", "\n".join(rows) + "\n"))
    assert answer["rows"] == 2
    assert [(problem["row"], problem["column"]) for problem in answer["problems"]] == [(3, "Notiz")]
    assert "32,767" in answer["problems"][0]["message"]
