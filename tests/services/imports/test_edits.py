"""Cells mended in the preview: judged at once, undone step by step, and taken over by commit and failed rows."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from crm_app.models import Contact, ImportState, Outcome
from crm_app.services import database
from crm_app.services.errors import Conflict, Invalid, NotFound
from crm_app.services.imports import edits, preview, steps
from crm_app.services.imports.columns import InFile
from crm_app.services.imports.edits import Edited
from tests.services.imports.conftest import Flow, add_contact

FILE = "email,first_name,birth_date\nada@example.org,Ada,31.02.1990\nbea@example.org,Bea,31.02.1990\nnobody,Cleo,\n"


def do(flow: Flow, what: Callable[..., Any], id_: int, *arguments: Any, **named: Any) -> Any:
    with database.transaction() as session:
        return what(session, flow.actor, id_, *arguments, **named)


def counts(flow: Flow, id_: int) -> dict[str, int]:
    shown = {outcome.value: count for outcome, count in preview.counts(flow.folder(id_)).items() if count}
    assert shown == flow.counts(id_), "the history and the preview say the same"
    return shown


def test_a_mended_cell_makes_its_row_come_in(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    assert counts(flow, id_) == {"invalid": 3}
    assert do(flow, edits.change, id_, 4, 0, "cleo@example.org") == Edited(needs_check=False)
    row = flow.rows(id_)[2]
    assert (row.outcome, row.cells[0], row.edited, row.problems) == (
        Outcome.CREATE,
        "cleo@example.org",
        frozenset({0}),
        [],
    )
    assert counts(flow, id_) == {"invalid": 2, "create": 1}
    flow.commit(id_)
    with database.reading() as session:
        assert [contact.email for contact in session.query(Contact)] == ["cleo@example.org"]


def test_others_with_the_same_text_are_counted_and_can_be_mended_too(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    assert do(flow, edits.change, id_, 2, 2, "28.02.1990").alike == 1
    do(flow, edits.change_alike, id_, 2, "31.02.1990", "28.02.1990")
    assert flow.outcomes(id_) == ["create", "create", "invalid"]
    assert preview.problem_groups(flow.folder(id_))[0].index == 0


def test_a_wrong_value_is_judged_like_any_other(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    do(flow, edits.change, id_, 2, 2, "99.99.1990")
    row = flow.rows(id_)[0]
    assert (row.outcome, row.problems[0].value) == (Outcome.INVALID, "99.99.1990")


def test_a_row_can_be_left_out_and_taken_again(flow: Flow) -> None:
    id_ = flow.checked("email,first_name\nada@example.org,Ada\n")
    do(flow, edits.leave_out, id_, 2)
    row = flow.rows(id_)[0]
    assert (row.outcome, str(row.reason), counts(flow, id_)) == (Outcome.SKIP, "You left this row out.", {"skip": 1})
    do(flow, edits.leave_out, id_, 2, is_out=False)
    assert counts(flow, id_) == {"create": 1}


def test_steps_are_undone_the_last_one_first(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    do(flow, edits.change, id_, 4, 0, "cleo@example.org")
    do(flow, edits.change, id_, 4, 0, "other@example.org")
    do(flow, edits.change_alike, id_, 2, "31.02.1990", "")
    assert edits.steps_taken(flow.get(id_)) == 3
    do(flow, edits.undo, id_)
    assert counts(flow, id_) == {"invalid": 2, "create": 1}
    do(flow, edits.undo, id_)
    assert flow.rows(id_)[2].cells[0] == "cleo@example.org"
    do(flow, edits.undo, id_)
    assert (flow.rows(id_)[2].cells[0], counts(flow, id_)) == ("nobody", {"invalid": 3})
    assert do(flow, edits.undo, id_) is None


def test_a_key_mended_away_lets_the_next_row_count(flow: Flow) -> None:
    id_ = flow.checked("email,first_name\nada@example.org,Ada\nada@example.org,Adele\nada@example.org,Adda\n")
    assert flow.outcomes(id_) == ["create", "skip", "skip"]
    do(flow, edits.change, id_, 2, 0, "other@example.org")
    assert flow.outcomes(id_) == ["create", "create", "skip"]
    assert str(flow.rows(id_)[2].reason) == "The same key as in row 3; the first row counts."
    do(flow, edits.change, id_, 4, 0, "other@example.org")
    assert str(flow.rows(id_)[2].reason) == "The same key as in row 2; the first row counts."
    do(flow, edits.leave_out, id_, 2)
    assert flow.outcomes(id_) == ["skip", "create", "create"]


def test_changes_survive_the_next_check(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    do(flow, edits.change, id_, 4, 0, "cleo@example.org")
    do(flow, edits.leave_out, id_, 2)
    flow.work(steps.check, id_)
    assert flow.outcomes(id_) == ["skip", "invalid", "create"]


def test_files_whose_rows_hang_together_are_checked_as_a_whole(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = flow.checked(FILE, in_file=InFile.LAST)
    assert do(flow, edits.change, id_, 4, 0, "cleo@example.org") == Edited(needs_check=False)
    assert counts(flow, id_) == {"invalid": 2, "create": 1}
    monkeypatch.setattr(edits, "AT_ONCE", 2)  # a larger file takes a job for it
    assert do(flow, edits.change, id_, 4, 0, "other").needs_check
    flow.work(steps.check, id_)
    assert flow.outcomes(id_)[2] == "invalid"


def test_cells_that_are_not_there_are_refused(flow: Flow) -> None:
    id_ = flow.checked(FILE)
    for row, index in ((1, 0), (99, 0), (2, 3), (2, -1)):
        with pytest.raises(Invalid, match="no row"):
            do(flow, edits.change, id_, row, index, "x")
    with pytest.raises(Invalid, match=r"10,?000"):
        do(flow, edits.change, id_, 2, 0, "x" * 10_001)
    with pytest.raises(NotFound):
        do(flow, edits.change, 99, 2, 0, "x")


def test_after_the_import_nothing_can_be_changed(flow: Flow) -> None:
    id_ = flow.checked("email,first_name\nada@example.org,Ada\n")
    flow.commit(id_)
    with pytest.raises(Conflict, match="between the check and the import"):
        do(flow, edits.change, id_, 2, 1, "Adele")
    assert flow.state(id_) is ImportState.DONE


@pytest.mark.parametrize("seed", range(6))
def test_judging_again_says_what_a_whole_check_says(flow: Flow, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(5):
        add_contact(first_name=f"Stored {number}", email=f"p{number}@example.org", phone=f"+49 30 90182{number}")
    rows = [f"p{chance.randrange(9)}@example.org,N{n},+49 30 90182{chance.randrange(9)}" for n in range(30)]
    key = chance.choice(["email", "phone"])
    id_ = flow.checked("email,first_name,phone\n" + "\n".join(rows) + "\n", match_key=key)
    for _ in range(15):
        row = chance.randrange(2, 32)
        match chance.randrange(4):
            case 0:
                do(flow, edits.change, id_, row, 0, chance.choice(["", "bad", f"p{chance.randrange(9)}@example.org"]))
            case 1:
                do(flow, edits.change, id_, row, 2, chance.choice(["", f"+49 30 90182{chance.randrange(9)}"]))
            case 2:
                do(flow, edits.leave_out, id_, row, is_out=chance.random() < 0.7)
            case 3:
                do(flow, edits.undo, id_)
        quick = [(r.row, r.outcome, str(r.reason), r.contact_id, r.changes) for r in flow.rows(id_)]
        quick_counts, groups = counts(flow, id_), preview.problem_groups(flow.folder(id_))
        flow.work(steps.check, id_)
        assert quick == [(r.row, r.outcome, str(r.reason), r.contact_id, r.changes) for r in flow.rows(id_)]
        assert (quick_counts, groups) == (counts(flow, id_), preview.problem_groups(flow.folder(id_)))
