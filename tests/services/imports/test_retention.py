"""What is given up when its time is over, what stays, and what is said about it then."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from crm_app.models import AuditEntry, Contact, Import, ImportRow, ImportState, Job
from crm_app.models.base import now
from crm_app.services import database, installation
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.contacts import timeline
from crm_app.services.errors import Conflict, NotFound, NotPermitted
from crm_app.services.imports import access, failed_rows, kept, retention, steps, undo, uploads
from tests.services.imports.conftest import Flow

PEOPLE = "external_id,first_name,email\n1,Ada,ada@example.org\n2,Bo,no address\n"
CHANGED = "external_id,first_name,city\n1,Ada,Bonn\n"


def in_days(days: float) -> datetime:
    return now() + timedelta(days=days)


@pytest.fixture
def session(flow: Flow) -> Iterator[Session]:
    with database.reading() as opened:
        yield opened


def imported(flow: Flow, text: str = PEOPLE) -> int:
    id_ = flow.checked(text)
    flow.commit(id_)
    return id_


def chosen(**values: object) -> None:
    with database.transaction() as session:
        installation.change(session, SYSTEM, **values)


def audited(action: str) -> list[dict[str, object]]:
    with database.reading() as session:
        return list(session.exec(select(AuditEntry.data).where(AuditEntry.action == action)))


def test_the_file_of_a_finished_import_goes_after_its_days_and_its_counts_stay(flow: Flow) -> None:
    id_ = imported(flow)
    assert retention.purge(in_days(89)) == {}
    assert retention.purge(in_days(91)) == {"files": 1}
    found = flow.get(id_)
    assert not flow.folder(id_).exists() and found.purged_at is not None
    assert flow.counts(id_) == {"create": 1, "invalid": 1}
    assert "Ada" not in str(found.read_out) and found.read_out["headers"] == ["external_id", "first_name", "email"]
    assert audited("imports.purged") == [{"files": 1}]
    assert retention.purge(in_days(92)) == {}, "again it changes nothing"


def test_without_a_limit_everything_stays(flow: Flow) -> None:
    chosen(file_days="0", undo_days="0")
    imported(flow)
    flow.checked(PEOPLE)
    assert retention.purge(in_days(30_000)) == {}


def test_a_draft_nobody_went_on_with_goes_with_its_jobs(flow: Flow, session: Session) -> None:
    id_ = flow.checked(PEOPLE)
    folder = flow.folder(id_)
    assert retention.purge(in_days(89)) == {}
    assert retention.purge(in_days(91)) == {"drafts": 1}
    with pytest.raises(NotFound):
        flow.get(id_)
    assert not folder.exists()
    assert session.exec(select(Job).where(Job.subject_id == id_)).all() == []


def test_a_draft_somebody_went_on_with_stays(flow: Flow) -> None:
    id_ = flow.bring(PEOPLE)
    with database.transaction() as session:
        session.get_one(Import, id_).created_at = in_days(-200)
    with database.transaction() as session:
        steps.rename(session, flow.actor, id_, "Fair")
    assert retention.purge() == {}
    assert flow.state(id_) is ImportState.READ


def test_cells_mended_lately_keep_a_draft_although_only_the_folder_shows_it(flow: Flow) -> None:
    id_ = flow.checked(PEOPLE)
    with database.transaction() as session:
        found = session.get_one(Import, id_)
        found.created_at = found.changed_at = in_days(-200)
    assert retention.purge() == {}


def test_a_file_that_could_not_be_read_goes_and_stays_in_the_history(flow: Flow) -> None:
    stored = uploads.from_text("name\n")
    with database.transaction() as session:
        made = uploads.create(
            session, flow.actor, file_name="a.csv", size=stored.size, sha256=stored.sha256, folder=stored.folder
        )
    assert made.id is not None
    flow.work(steps.read, made.id)
    assert flow.state(made.id) is ImportState.FAILED
    assert retention.purge(in_days(91)) == {"files": 1}
    with database.transaction() as session, pytest.raises(Conflict, match="was deleted"):
        steps.read(session, flow.actor, made.id)


def test_an_import_with_a_job_is_left_alone(flow: Flow) -> None:
    id_ = imported(flow)
    with database.transaction() as session:
        steps.undo(session, flow.actor, id_)
    waiting = flow.checked(PEOPLE.replace("Ada", "Ida"))
    with database.transaction() as session:
        steps.commit(session, flow.actor, waiting)
    assert retention.purge(in_days(4000)) == {}


def test_a_process_that_died_after_the_mark_leaves_a_folder_the_sweep_removes(
    flow: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = imported(flow)
    with monkeypatch.context() as patched:
        patched.setattr(uploads, "discard", lambda folder: None)
        retention.purge(in_days(91))
    assert flow.folder(id_).exists()
    with database.transaction() as session:
        assert failed_rows.count(flow.get(id_)) == 0
        assert uploads.clean(session, older_than=-1) == 1
    assert not flow.folder(id_).exists()


def test_what_needs_the_file_is_refused_in_one_sentence(flow: Flow, tmp_path: Path) -> None:
    id_ = imported(flow)
    retention.purge(in_days(91))
    for verb in (steps.read, steps.check, steps.commit):
        with database.transaction() as session, pytest.raises(Conflict):
            verb(session, flow.actor, id_)
    with database.reading() as session, pytest.raises(Conflict, match="was deleted"):
        failed_rows.write(session, flow.actor, id_, tmp_path / "rows")
    with pytest.raises(Conflict, match="not kept"):
        flow.rows(id_)
    assert failed_rows.count(flow.get(id_)) == 0


def test_a_stopped_import_cannot_go_on_without_its_file(flow: Flow) -> None:
    id_ = flow.checked(PEOPLE)
    with database.transaction() as session:
        steps.commit(session, flow.actor, id_)
    with database.transaction() as session:
        steps.cancel(session, flow.actor, id_)
    retention.purge(in_days(91))
    with database.transaction() as session, pytest.raises(Conflict, match="was deleted"):
        steps.commit(session, flow.actor, id_)
    assert flow.state(id_) is ImportState.CANCELLED


def test_the_undo_needs_no_file(flow: Flow, session: Session) -> None:
    id_ = imported(flow)
    retention.purge(in_days(91))
    flow.work(steps.undo, id_)
    assert flow.state(id_) is ImportState.UNDONE
    assert session.exec(select(Contact)).all() == []


def test_after_its_days_an_undo_is_refused_and_the_values_of_before_are_forgotten(
    flow: Flow, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    imported(flow)
    id_ = imported(flow, CHANGED.replace("Ada", "Adele") + "2,Bo,Kiel\n1,Ada,twice\n")
    assert retention.purge(in_days(364)) == {"files": 2}
    assert retention.purge(in_days(366)) == {"undo": 2}
    changes = session.exec(select(ImportRow.changes).where(ImportRow.import_id == id_, ImportRow.row == 2)).one()
    assert changes == {"first_name": [None, "Adele"], "city": [None, "Bonn"]}
    with database.transaction() as writing, pytest.raises(Conflict, match="cannot be undone any more"):
        steps.undo(writing, flow.actor, id_)
    for look in (undo.preview, undo.page):
        with pytest.raises(Conflict, match="cannot be undone any more"):
            look(session, flow.actor, id_)
    ada = session.exec(select(Contact).where(Contact.first_name == "Adele")).one()
    assert [entry.data["changes"] for entry in timeline.entries(session, ada)] == [changes, {}]
    assert retention.due(session, in_days(400)).undo == []


def test_half_forgotten_is_finished_by_the_next_run(flow: Flow, session: Session) -> None:
    imported(flow)
    id_ = imported(flow, CHANGED)
    with database.transaction() as writing:
        writing.get_one(Import, id_).undo_purged_at = now()
    assert retention.due(session, now()).undo == [id_]
    retention.purge()
    row = session.exec(select(ImportRow).where(ImportRow.import_id == id_)).one()
    assert row.changes == {"city": [None, "Bonn"]}


def test_the_figures_of_an_undo_stay_when_its_rows_are_forgotten(flow: Flow, session: Session) -> None:
    id_ = imported(flow)
    flow.work(steps.undo, id_)
    retention.purge(in_days(366))
    assert undo.preview(session, flow.actor, id_).reversed == 1


def test_an_administrator_gives_a_file_up_now(flow: Flow, alice: Actor, bob: Actor) -> None:
    id_ = imported(flow)
    folder = flow.folder(id_)
    for _ in range(2):
        with database.transaction() as session:
            retention.delete_file(session, alice, id_)
    assert not folder.exists()
    assert audited("import.file_deleted") == [{"import": id_}]
    with database.transaction() as session, pytest.raises(NotPermitted):
        retention.delete_file(session, bob, id_)


def test_the_file_of_a_draft_is_still_needed_and_a_foreign_one_is_not_there(
    flow: Flow, alice: Actor, charlie: Actor
) -> None:
    id_ = flow.checked(PEOPLE)
    with database.transaction() as session, pytest.raises(Conflict, match="still needed"):
        retention.delete_file(session, alice, id_)
    stranger = Actor(**{**_fields(alice), "branch_ids": charlie.branch_ids})
    with database.transaction() as session, pytest.raises(NotFound):
        retention.delete_file(session, stranger, id_)


def _fields(actor: Actor) -> dict[str, object]:
    return {name: getattr(actor, name) for name in actor.__slots__}


def test_until_when_things_are_kept_is_known(flow: Flow, session: Session) -> None:
    id_, settings = imported(flow), installation.current(session)
    found = access.get(session, flow.actor, id_)
    assert found.finished_at is not None
    assert kept.file_until(settings, found) == found.finished_at + timedelta(days=90)
    assert kept.undo_until(settings, found) == found.finished_at + timedelta(days=365)
    retention.purge(in_days(366))
    gone = flow.get(id_)
    assert kept.file_until(settings, gone) is None and kept.undo_until(settings, gone) is None


def test_two_at_once_do_it_once(flow: Flow) -> None:
    ids = [imported(flow, PEOPLE.replace("Ada", f"Ada{n}")) for n in range(4)]
    at = in_days(91)
    with ThreadPoolExecutor(2) as pool:
        done = [one.result() for one in [pool.submit(retention.purge, at) for _ in range(2)]]
    assert sum(one.get("files", 0) for one in done) == len(ids)
    assert all(flow.get(id_).purged_at for id_ in ids)


def test_room_taken_and_what_is_due_is_known(flow: Flow, session: Session) -> None:
    imported(flow)
    used = retention.usage(session, in_days(91))
    assert used.folders == 1 and used.size > 1000 and (used.due, used.due_undo) == (1, 0)
