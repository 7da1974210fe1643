"""Rows that would be new contacts though they probably are stored ones: said in the preview, decided by somebody."""

from typing import Any

import pytest

from crm_app.models import Contact, JobState, Outcome
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.imports import edits, preview, probably_known, steps, uploads
from crm_app.services.imports.columns import InFile
from crm_app.services.imports.plan_file import ANOTHER
from crm_app.services.imports.reading import pool
from crm_app.services.imports.reading.errors import ReaderDied
from tests.services.imports.conftest import Flow, InlineReader, add_contact

HEAD = "email,first_name,last_name,phone,birth_date,city\n"
KATHI = "kathi@example.net,Kathi,Kowalcyzk,,17.05.1980,Berlin\n"
OTHER = "nowak@example.org,Piotr,Nowak,,,Roma\n"


@pytest.fixture
def katharina() -> int:
    add_contact(first_name="Otto", last_name="Berger", city="Berlin")
    return add_contact(
        first_name="Katharina", last_name="Kowalczyk", email="kk@example.org", city="Berlin", birth_date=_day()
    )


def _day() -> Any:
    from datetime import date

    return date(1980, 5, 17)


def known(flow: Flow, id_: int) -> dict[int, list[int]]:
    found = probably_known.marks(flow.folder(id_))
    return {row: [mark.number for mark in ones] for row, ones in found.items()}


def number_of(id_: int) -> int:
    with database.reading() as session:
        return session.get_one(Contact, id_).number


def resolve(flow: Flow, id_: int, row: int, choice: str | None) -> None:
    with database.transaction() as session:
        assert not edits.resolve(session, flow.actor, id_, row, choice).needs_check


def test_a_new_row_names_whom_it_probably_is_and_why(flow: Flow, katharina: int) -> None:
    id_ = flow.checked(HEAD + KATHI + OTHER)
    assert flow.outcomes(id_) == ["create", "create"], "what happens is not changed by a suspicion"
    assert known(flow, id_) == {2: [number_of(katharina)]}
    with database.reading() as session:
        [offer] = probably_known.contacts(session, flow.actor, flow.folder(id_), [2, 3])[2]
    assert offer.match.name == "Katharina Kowalczyk"
    assert offer.score > 60
    assert "Born on the same day" in map(str, offer.reasons)


def test_it_is_a_kind_of_problem_to_filter_by(flow: Flow, katharina: int) -> None:
    id_ = flow.checked(HEAD + KATHI + OTHER)
    [group] = preview.problem_groups(flow.folder(id_))
    assert (group.level, group.rows, str(group.message)) == ("warning", 1, str(probably_known.MESSAGE))
    assert [row.row for row in flow.rows(id_, problem_column=group.index, problem=group.message)] == [2]


def test_the_stored_contact_is_updated_instead(flow: Flow, katharina: int) -> None:
    id_ = flow.checked(HEAD + KATHI)
    resolve(flow, id_, 2, str(number_of(katharina)))
    [row] = flow.rows(id_)
    assert (row.outcome, row.contact_id) == (Outcome.UPDATE, katharina)
    assert row.changes["email"] == ("kk@example.org", "kathi@example.net"), "the key is a value like any other then"
    assert preview.problem_groups(flow.folder(id_)) == []
    planned = row.changes
    assert flow.commit(id_) == {"update": 1}
    assert flow.get(id_).replanned == 0
    with database.reading() as session:
        contact = session.get_one(Contact, katharina)
        assert (contact.email, contact.first_name) == (planned["email"][1], "Kathi")


def test_a_new_one_is_meant_and_the_choice_can_be_taken_back(flow: Flow, katharina: int) -> None:
    id_ = flow.checked(HEAD + KATHI)
    resolve(flow, id_, 2, ANOTHER)
    assert (known(flow, id_), preview.problem_groups(flow.folder(id_))) == ({}, [])
    resolve(flow, id_, 2, None)
    assert known(flow, id_) == {2: [number_of(katharina)]}
    resolve(flow, id_, 2, ANOTHER)
    flow.work(steps.check, id_)
    assert known(flow, id_) == {}
    assert flow.commit(id_) == {"create": 1}


def test_two_rows_that_are_said_to_be_one_contact_count_once(flow: Flow, katharina: int) -> None:
    id_ = flow.checked(HEAD + KATHI + "k2@example.net,Katharina,Kowalczyk,,17.05.1980,Berlin\n")
    for row in (2, 3):
        resolve(flow, id_, row, str(number_of(katharina)))
    assert flow.outcomes(id_) == ["update", "skip"]
    assert flow.commit(id_) == {"update": 1, "skip": 1}


def test_a_contact_that_went_since_is_not_made_anew(flow: Flow, katharina: int) -> None:
    id_ = flow.checked(HEAD + KATHI)
    resolve(flow, id_, 2, str(number_of(katharina)))
    with database.transaction() as session:
        session.delete(session.get_one(Contact, katharina))
    assert flow.commit(id_) == {"conflict": 1}
    assert "not there any more" in str(flow.rows(id_)[0].reason)


@pytest.mark.parametrize("rule", InFile)
def test_a_mended_row_is_looked_for_again(flow: Flow, katharina: int, rule: InFile) -> None:
    id_ = flow.checked(HEAD + OTHER + KATHI, in_file=rule)
    with database.transaction() as session:
        edits.change(session, flow.actor, id_, 2, 2, "Kowalczyk")
    with database.transaction() as session:
        edits.change(session, flow.actor, id_, 2, 1, "Katharina")
    assert known(flow, id_) == {2: [number_of(katharina)], 3: [number_of(katharina)]}
    with database.transaction() as session:
        edits.undo(session, flow.actor, id_)
        edits.leave_out(session, flow.actor, id_, 3)
    assert [group.rows for group in preview.problem_groups(flow.folder(id_)) if "stored" in str(group.message)] == []


def test_through_the_indexes_the_same_is_found(flow: Flow, katharina: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probably_known, "SMALL", 0)
    assert known(flow, flow.checked(HEAD + KATHI + OTHER)) == {2: [number_of(katharina)]}


def test_too_many_rows_for_so_many_contacts_are_counted(
    flow: Flow, katharina: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probably_known, "MOST", 2)
    id_ = flow.checked(HEAD + KATHI + OTHER)
    assert (list(known(flow, id_)), probably_known.not_compared(flow.folder(id_))) == ([2], 1)


def test_a_change_of_too_many_rows_takes_a_whole_check(
    flow: Flow, katharina: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = flow.checked(HEAD + KATHI + OTHER)
    monkeypatch.setattr(probably_known, "ROWS_AT_ONCE", 0)
    monkeypatch.setattr(probably_known, "CONTACTS_AT_ONCE", 0)
    with database.transaction() as session:
        assert edits.change(session, flow.actor, id_, 3, 1, "Peter").needs_check


def test_switched_off_nobody_is_looked_for(flow: Flow, katharina: int) -> None:
    assert known(flow, flow.checked(HEAD + KATHI, similar=False)) == {}


def test_contacts_of_another_branch_are_not_told(flow: Flow, katharina: int, charlie: Actor) -> None:
    theirs = Flow(charlie)
    assert known(theirs, theirs.checked(HEAD + KATHI)) == {}
    ours = flow.checked(HEAD + KATHI)
    with database.reading() as session:
        assert probably_known.contacts(session, charlie, flow.folder(ours), [2]) == {}


def test_a_process_that_dies_over_it_spoils_no_check(
    flow: Flow, katharina: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Weak(InlineReader):
        def run(self, command: str, payload: dict[str, Any], **how: Any) -> dict[str, Any]:
            if command == "similar":
                raise ReaderDied(steps.STOPPED, "memory")
            return super().run(command, payload, **how)

    id_ = flow.bring(HEAD + KATHI)
    flow.map(id_)
    monkeypatch.setattr(pool, "reader", Weak)
    assert flow.work(steps.check, id_) is JobState.DONE
    assert (flow.outcomes(id_), known(flow, id_)) == (["create"], {})


def test_a_plan_of_an_earlier_program_has_no_marks(flow: Flow, katharina: int) -> None:
    from crm_app.services.imports import plan_file

    id_ = flow.checked(HEAD + KATHI)
    with plan_file.writing(uploads.place_of(flow.get(id_))) as plan:
        plan.execute("DROP TABLE similar")
    assert known(flow, id_) == {}
    resolve(flow, id_, 2, ANOTHER)
