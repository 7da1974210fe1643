"""Erased people in files: the files of imports that hold them go, and later files do not bring them back."""

from pathlib import Path

import pytest
from sqlmodel import select

from crm_app.models import Contact, Import, ImportRow, ImportState, JobState
from crm_app.services import database, jobs
from crm_app.services.actor import Actor
from crm_app.services.imports import steps
from crm_app.services.privacy import erasing
from tests.services.imports.conftest import Flow
from tests.services.privacy import world
from tests.services.privacy.test_erasing import erased, start, work

HEAD = "first_name,last_name,email,mobile\n"
ROW = f"{world.FIRST},{world.LAST},{world.MAIL},{world.PHONE}\n"
OTHERS = "Olga,Other,olga@example.org,0170 1112223\n"


def number_of(last_name: str = world.LAST) -> int:
    with database.reading() as session:
        return session.exec(select(Contact.number).where(Contact.last_name == last_name)).one()


@pytest.mark.sqlite_only
def test_the_file_a_person_came_from_goes_and_its_counts_stay(flow: Flow, alice: Actor, db: Path) -> None:
    id_ = flow.checked(HEAD + ROW + OTHERS)
    flow.commit(id_)
    assert any(name.startswith("imports") for name in world.traces(db))
    with database.reading() as session:
        assert [str(one) for one in erasing.preview(session, alice, number_of()).imports] == ["people.csv"]
    done = erased(alice, number_of())
    database.dispose()
    assert world.traces(db) == {}
    assert done.counts["import_files"] == 1
    found = flow.get(id_)
    assert (found.state, found.counts["create"]) == (ImportState.DONE, 2) and found.purged_at is not None
    assert not flow.folder(id_).exists()


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "rows",
    [
        OTHERS + f"Z.,Q.,{world.MAIL.upper()},\n",  # with another name
        OTHERS + "Somebody,Else,,+49 (0)171 / 99 88 77 6\n",  # by the number alone, written another way
    ],
)
def test_drafts_that_hold_the_person_go_too(rows: str, flow: Flow, alice: Actor, db: Path) -> None:
    flow.done(HEAD + ROW)
    draft, other = flow.checked(HEAD + rows), flow.checked(HEAD + OTHERS)
    erased(alice, number_of())
    with database.reading() as session:
        assert session.get(Import, draft) is None
        assert flow.state(other) is ImportState.CHECKED
    database.dispose()
    assert world.traces(db) == {}


def test_a_row_that_stayed_out_is_found_by_its_address(flow: Flow, alice: Actor) -> None:
    flow.done(HEAD + ROW)
    id_ = flow.checked("email,birth_date,first_name\n" + f"{world.MAIL},the day before,Zed\nok@example.org,,Ok\n")
    flow.commit(id_)
    erased(alice, number_of())
    assert not flow.folder(id_).exists()


def test_while_such_an_import_is_at_work_the_erasure_waits_for_another_try(flow: Flow, alice: Actor) -> None:
    flow.done(HEAD + ROW)
    draft = flow.checked(HEAD + ROW + OTHERS)
    with database.transaction() as session:
        waiting = steps.commit(session, flow.actor, draft).id or 0
    done = start(alice, number_of())
    assert work(done) is JobState.FAILED
    assert number_of()
    with database.transaction() as session:
        claim = jobs.claim(session, waiting)
    from crm_app.services.imports import work as imports

    assert claim is not None and imports.run(claim) is JobState.DONE
    with database.transaction() as session:
        again = erasing.again(session, alice, done.id or 0)
    assert work(again) is JobState.DONE
    with database.reading() as session:
        assert session.exec(select(Contact.last_name).where(Contact.last_name == world.LAST)).first() is None


def test_an_undo_of_the_import_afterwards_leaves_the_erased_out(flow: Flow, alice: Actor) -> None:
    id_ = flow.checked(HEAD + ROW + OTHERS)
    flow.commit(id_)
    update = flow.checked(HEAD + ROW.replace(world.PHONE, "0171 9988700"))
    flow.commit(update)
    erased(alice, number_of())
    with database.reading() as session:
        assert {str(row.changes) for row in session.exec(select(ImportRow)) if row.contact_id is None} <= {"None", "{}"}
    for one in (update, id_):
        assert flow.work(steps.undo, one) is JobState.DONE
    with database.reading() as session:
        assert session.exec(select(Contact)).all() == []


def test_a_hundred_erased_people_do_not_come_back_by_an_import(flow: Flow, alice: Actor, monkeypatch) -> None:
    people = [("First", f"Gone{n}", f"gone{n}@example.org", f"0171 55500{n:02}") for n in range(100)]
    flow.done(HEAD + "".join(",".join(one) + "\n" for one in people))
    monkeypatch.setattr(erasing, "clean", lambda _: None)
    for _, last, _, _ in people:
        erased(alice, number_of(last))
    rows = []
    for n, (first, last, mail, phone) in enumerate(people):
        spelled = (
            (f" {mail.upper()}", ""),
            (f"{first} <{mail}>", ""),
            ("", phone.replace("0171", "+49 171")),
            (mail, "1"),
        )
        rows.append(",".join((first, last, *spelled[n % 4])) + "\n")
    counts = flow.done(HEAD + "".join(rows) + OTHERS, match_key="email")
    with database.reading() as session:
        assert session.exec(select(Contact.last_name)).all() == ["Other"]
    assert counts["create"] == 1
