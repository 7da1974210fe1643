"""Finding a text in a column and replacing it: one step, judged like any other change."""

from typing import Any

import pytest

from crm_app.models import Outcome
from crm_app.services import database
from crm_app.services.errors import Conflict, Invalid, NotFound
from crm_app.services.imports import edits, find_replace, preview, steps
from tests.services.imports.conftest import Flow

FILE = (
    "email,first_name,city\n"
    "ada@example.org,Ada,Berlin Mitte\n"
    "bea@example.org,Bea,BERLIN\n"
    "cleo@example.org,Cleo, berlin \n"
    "dora@example.org,Dora,\n"
    "eva@example.org,Eva,Bonn\n"
)
CITY = 2


def cities(flow: Flow, id_: int) -> list[str]:
    return [row.cells[CITY] for row in flow.rows(id_)]


def replace(flow: Flow, id_: int, find: str, new: str, index: int = CITY, **how: Any) -> edits.Edited:
    with database.transaction() as session:
        return edits.replace_in(session, flow.actor, id_, index, find, new, **how)


def count(flow: Flow, id_: int, find: str, index: int = CITY, **how: Any) -> int:
    with database.reading() as session:
        return edits.count_in(session, flow.actor, id_, index, find, **how)


def test_a_text_is_replaced_wherever_it_stands_and_taken_back_as_one_step(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    before = cities(flow, id_)
    assert count(flow, id_, "berlin") == 3
    assert replace(flow, id_, "berlin", "Wien").rows == 3
    assert cities(flow, id_) == ["Wien Mitte", "Wien", " Wien ", "", "Bonn"]
    assert [row.edited for row in flow.rows(id_)][:1] == [frozenset({CITY})]
    assert count(flow, id_, "berlin") == 0
    assert edits.steps_taken(flow.get(id_)) == 1
    with database.transaction() as session:
        edits.undo(session, flow.actor, id_)
    assert cities(flow, id_) == before
    assert edits.steps_taken(flow.get(id_)) == 0


@pytest.mark.parametrize(
    ("how", "rows", "expected"),
    [
        ({"match_case": True}, 1, ["Berlin Mitte", "X", " berlin ", "", "Bonn"]),
        ({"whole_cell": True}, 2, ["Berlin Mitte", "X", "X", "", "Bonn"]),
        ({"whole_cell": True, "match_case": True}, 1, ["Berlin Mitte", "X", " berlin ", "", "Bonn"]),
    ],
)
def test_whole_cells_and_case(flow: Flow, how: dict[str, bool], rows: int, expected: list[str]) -> None:
    id_ = flow.checked(FILE)
    assert (count(flow, id_, "BERLIN", **how), replace(flow, id_, "BERLIN", "X", **how).rows) == (rows, rows)
    assert cities(flow, id_) == expected


def test_blank_cells_are_filled(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    assert count(flow, id_, "", whole_cell=True) == 1
    replace(flow, id_, "", "Ulm", whole_cell=True)
    assert cities(flow, id_)[3] == "Ulm"


def test_an_empty_text_is_found_nowhere(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    assert (count(flow, id_, ""), replace(flow, id_, "", "x").rows) == (0, 0)
    assert edits.steps_taken(flow.get(id_)) == 0


def test_nothing_in_it_is_a_pattern(flow: Flow) -> None:
    id_ = flow.checked("email,city\na@example.org,a.c\nb@example.org,abc\n")
    assert replace(flow, id_, "a.c", r"\1%_", 1).rows == 1
    assert [row.cells[1] for row in flow.rows(id_)] == [r"\1%_", "abc"]


@pytest.mark.parametrize("cell", ['say "so"', "a\\b", "50%_~", "tab\tbed", "x" * 9_000])
def test_signs_with_a_meaning_elsewhere_are_found(flow: Flow, cell: str) -> None:
    quoted = cell.replace('"', '""')
    id_ = flow.checked(f'email,city\na@example.org,"{quoted}"\n')
    assert (count(flow, id_, cell, 1), count(flow, id_, cell, 1, whole_cell=True, match_case=True)) == (1, 1)


def test_accented_letters_meet_their_capitals(flow: Flow) -> None:
    id_ = flow.checked("email,city\na@example.org,KÖLN\n")
    assert replace(flow, id_, "köln", "Köln", 1).rows == 1


def test_cells_that_stay_as_they_are_do_not_count_as_changed(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    assert replace(flow, id_, "Bonn", "Bonn").rows == 0
    assert replace(flow, id_, "bonn", "Bonn").rows == 0
    assert edits.steps_taken(flow.get(id_)) == 0


def test_what_was_changed_before_is_what_is_searched(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    with database.transaction() as session:
        edits.change(session, flow.actor, id_, 6, CITY, "Köln")
    assert (count(flow, id_, "Bonn"), replace(flow, id_, "Köln", "Ulm").rows) == (0, 1)
    with database.transaction() as session:
        edits.undo(session, flow.actor, id_)
    assert cities(flow, id_)[4] == "Köln"


def test_rows_are_judged_again(flow: Flow) -> None:
    id_ = flow.checked("email,first_name\nada_at_example.org,Ada\nbea_at_example.org,Bea\nbea@example.org,B\n")
    assert flow.outcomes(id_) == ["invalid", "invalid", "create"]
    assert not replace(flow, id_, "_at_", "@", 0).needs_check
    assert flow.outcomes(id_) == ["create", "create", "skip"]
    shown = {outcome: rows for outcome, rows in preview.counts(flow.folder(id_)).items() if rows}
    assert shown == {Outcome.CREATE: 2, Outcome.SKIP: 1}


def test_many_rows_go_in_batches_and_ask_for_a_whole_check(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find_replace, "BATCH", 2)
    monkeypatch.setattr(edits, "AT_ONCE", 3)
    id_ = flow.checked(FILE)
    done = replace(flow, id_, "example.org", "example.com", 0)
    assert (done.rows, done.needs_check) == (5, True)
    flow.work(steps.check, id_)
    assert [row.values["email"] for row in flow.rows(id_)][4] == "eva@example.com"
    with database.transaction() as session:
        undone = edits.undo(session, flow.actor, id_)
    assert undone is not None and undone.needs_check
    flow.work(steps.check, id_)
    assert [row.values["email"] for row in flow.rows(id_)][4] == "eva@example.org"


def test_a_cell_that_would_get_too_long_refuses_all_of_it(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    before = cities(flow, id_)
    with pytest.raises(Invalid, match=r"row 2 would hold more than 10,?000"):
        replace(flow, id_, "berlin", "x" * 9_999)
    assert (cities(flow, id_), edits.steps_taken(flow.get(id_))) == (before, 0)


def test_a_column_that_is_not_there_holds_nothing(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    for index in (-1, 99):
        assert (count(flow, id_, "a", index), replace(flow, id_, "a", "b", index).rows) == (0, 0)


def test_only_between_check_and_import_and_only_ones_own(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    with pytest.raises(NotFound):
        replace(flow, 99, "Bonn", "Ulm")
    flow.commit(id_)
    with pytest.raises(Conflict, match="between the check and the import"):
        replace(flow, id_, "Bonn", "Ulm")
    with pytest.raises(Conflict, match="between the check and the import"):
        count(flow, id_, "Bonn")
