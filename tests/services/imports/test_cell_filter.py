"""Rows of the preview by what stands in one column."""

import pytest

from crm_app.models import Outcome
from crm_app.services import database
from crm_app.services.imports import edits, preview
from crm_app.services.imports.cell_filter import CellFilter, Holds
from tests.services.imports.conftest import Flow

FILE = "email,city\na@example.org,Bonn\nb@example.org,\nc@example.org,\u00a0\nnobody,\nd@example.org,Ulm\n"


def shown(flow: Flow, id_: int, holds: Holds, **also: object) -> list[int]:
    page = preview.page(flow.folder(id_), cells=CellFilter(1, holds), **also)  # type: ignore[arg-type]
    return [row.row for row in page.rows]


def test_rows_are_found_by_a_blank_a_filled_and_a_changed_cell(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    assert shown(flow, id_, Holds.BLANK) == [3, 4, 5]
    assert shown(flow, id_, Holds.SOMETHING) == [2, 6]
    assert shown(flow, id_, Holds.CHANGED) == []
    with database.transaction() as session:
        edits.change(session, flow.actor, id_, 3, 1, "Köln")
        edits.change(session, flow.actor, id_, 6, 1, "")
    assert shown(flow, id_, Holds.BLANK) == [4, 5, 6]
    assert shown(flow, id_, Holds.SOMETHING) == [2, 3]
    assert shown(flow, id_, Holds.CHANGED) == [3, 6]


def test_it_goes_together_with_the_other_filters_and_with_paging(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    assert shown(flow, id_, Holds.BLANK, outcome=Outcome.INVALID) == [5]
    assert shown(flow, id_, Holds.BLANK, query="example") == [3, 4]
    assert shown(flow, id_, Holds.BLANK, after=3, limit=1) == [4]
    assert shown(flow, id_, Holds.BLANK, before=5, limit=1) == [4]
    assert shown(flow, id_, Holds.SOMETHING, also=[5]) == [2, 5, 6]


def test_a_column_that_is_not_there_is_blank(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    page = preview.page(flow.folder(id_), cells=CellFilter(99, Holds.SOMETHING))
    assert page.rows == []


@pytest.mark.parametrize("written", ["", "1", "1.", ".blank", "-1.blank", "1.BLANK", "1.blank.x", "²3.blank"])
def test_what_is_no_filter_is_none(written: str) -> None:
    assert CellFilter.of(written) is None


def test_a_filter_is_written_and_read() -> None:
    assert str(CellFilter(3, Holds.CHANGED)) == "3.changed"
    assert CellFilter.of("3.changed") == CellFilter(3, Holds.CHANGED)
