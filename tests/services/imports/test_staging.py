import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_app.locales import text
from crm_app.models import Outcome
from crm_app.services.errors import Invalid
from crm_app.services.fields.verdict import Level, Problem
from crm_app.services.imports import plan_file, preview, staging
from crm_app.services.imports.profile import CAP, Profiles
from crm_app.services.imports.reading.types import Format, ReadOut, Record
from tests.services.imports.conftest import Flow


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Stages records that a reader would have found."""

    def run(headers: list[str], found: list[Record | Problem]) -> dict:
        def records(*_: object, **__: object) -> Iterator[Record | Problem]:
            return iter(found)

        monkeypatch.setattr(staging.reader, "understand", lambda *_: ReadOut(Format.CSV, headers=list(headers)))
        monkeypatch.setattr(staging.reader, "records", records)
        payload = {"folder": str(tmp_path), "file": plan_file.NAME, "file_name": "a.csv", "settings": {}, "max_rows": 9}
        return list(staging.stage(payload))[-1]

    return run


def cells(folder: Path) -> dict[int, list[str]]:
    with plan_file.reading(folder) as plan:
        return {row: json.loads(found) for row, found in plan.execute("SELECT row, cells FROM cells")}


def test_every_record_is_as_wide_as_the_header(stage, tmp_path: Path) -> None:
    stage(["a", "b"], [Record(2, ["1"]), Record(3, ["1", "2", ""]), Record(4, ["1", "2", "3"])])
    assert cells(tmp_path) == {2: ["1", ""], 3: ["1", "2"], 4: ["1", "2"]}
    with plan_file.reading(tmp_path) as plan:
        assert plan.execute("SELECT row, level, value FROM note").fetchall() == [(4, "error", "3")]


def test_refused_records_are_rows_too(stage, tmp_path: Path) -> None:
    refused = Problem(Level.ERROR, text("The quote is never closed."), row=3, value='"x')
    doubtful = Problem(Level.WARNING, text("Odd."), row=2)
    whole = Problem(Level.WARNING, text("The file ends in the middle."))
    result = stage(["a"], [doubtful, Record(2, ["1"]), refused, whole])
    assert result["rows"] == 2
    told = [problem["message"][0] for problem in result["read_out"]["problems"]]
    assert told == ["The quote is never closed.", "The file ends in the middle."]


def test_any_character_survives(stage, tmp_path: Path) -> None:
    odd = ["\ud800", "\x00", "\uffff", "a\x1fb", "😀", '"\\', "%_~"]
    stage(["a"], [Record(n, [cell]) for n, cell in enumerate(odd, 2)])
    assert [found[0] for found in cells(tmp_path).values()] == odd


def test_no_rows_is_an_error(stage) -> None:
    with pytest.raises(Invalid, match="no rows"):
        stage(["a"], [])


def test_a_failed_reading_leaves_the_old_plan_file(stage, tmp_path: Path) -> None:
    stage(["a"], [Record(2, ["1"])])
    assert (tmp_path / plan_file.NAME).stat().st_mode & 0o777 == 0o600


def test_columns_say_what_they_hold() -> None:
    profiles = Profiles(["a", "b"])
    profiles.add([["x", ""], ["x", " "], ["y", "1"]])
    profiles.add([["z", ""]])
    first, second = profiles.columns()
    assert (first.filled, first.different, first.samples, first.fill) == (4, 3, ["x", "y", "z"], 1.0)
    assert (second.filled, second.different, second.fill) == (1, 1, 0.25)
    many = Profiles(["a"])
    many.add([[str(n)] for n in range(CAP + 5)])
    assert (many.columns()[0].different, many.columns()[0].is_capped) == (CAP, True)


PEOPLE = "first_name,email\n" + "".join(f"P{n},p{n}@example.org\n" for n in range(120)) + "Bad,x\nÄnne 100%,\n"


def test_pages_go_forth_and_back(flow: Flow) -> None:
    folder = flow.folder(flow.checked(PEOPLE))
    first = preview.page(folder)
    assert ([row.row for row in first.rows], first.has_more) == (list(range(2, 52)), True)
    second = preview.page(folder, after=first.rows[-1].row)
    assert second.rows[0].row == 52
    assert [row.row for row in preview.page(folder, before=52).rows] == [row.row for row in first.rows]
    last = preview.page(folder, after=101)
    assert (len(last.rows), last.has_more) == (22, False)


def test_rows_are_filtered_by_outcome_problem_and_search(flow: Flow) -> None:
    folder = flow.folder(flow.checked(PEOPLE))
    assert preview.counts(folder)[Outcome.CREATE] == 121
    assert [row.row for row in preview.page(folder, outcome=Outcome.INVALID).rows] == [122]
    assert [row.row for row in preview.page(folder, problem_column=1).rows] == [122]
    group = preview.problem_groups(folder)[0]
    assert (group.index, group.level, group.rows) == (1, Level.ERROR, 1)
    assert preview.page(folder, problem_column=1, problem=group.message).rows[0].row == 122
    assert [row.row for row in preview.page(folder, query="P77@").rows] == [79]
    assert [row.row for row in preview.page(folder, query="änne").rows] == [123]
    assert [row.row for row in preview.page(folder, query="100%").rows] == [123]
    assert preview.page(folder, query='","').rows == []


def test_every_outcome_has_a_reason(flow: Flow) -> None:
    folder = flow.folder(flow.checked(PEOPLE))
    assert all(str(row.reason) for row in preview.page(folder, limit=500).rows)
    assert set(preview.REASONS) == set(Outcome)
