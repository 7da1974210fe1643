import pytest
from sqlmodel import func, select

from crm_app.models import Contact, Import, ImportState, Job, JobKind, JobState
from crm_app.services import database, jobs
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid, NotFound, NotPermitted
from crm_app.services.imports import access, steps, uploads, work
from crm_app.services.imports.columns import ColumnMapping, Options
from crm_app.services.imports.reading.types import ReadSettings
from tests.services.imports.conftest import Flow

PEOPLE = "first_name,email\nAda,ada@example.org\nKurt,kurt@example.org\n"


def test_a_file_goes_through_the_states_one_by_one(flow: Flow) -> None:
    id_ = flow.bring(PEOPLE)
    assert flow.state(id_) is ImportState.READ
    flow.map(id_)
    flow.work(steps.check, id_)
    assert flow.state(id_) is ImportState.CHECKED
    flow.commit(id_)
    assert flow.state(id_) is ImportState.DONE
    found = flow.get(id_)
    assert found.committed_at and found.finished_at


@pytest.mark.parametrize("verb", [steps.read, steps.check, steps.commit, steps.cancel, uploads.delete, access.get])
def test_each_verb_needs_the_right_to_import(flow: Flow, victor: Actor, verb) -> None:
    id_ = flow.checked(PEOPLE)
    with pytest.raises(NotPermitted), database.transaction() as session:
        verb(session, victor, id_)
    assert flow.state(id_) is ImportState.CHECKED


@pytest.mark.parametrize("verb", [steps.read, steps.check, steps.commit, steps.cancel, uploads.delete, access.get])
def test_a_foreign_import_and_a_missing_one_get_the_same_answer(flow: Flow, charlie: Actor, verb) -> None:
    id_ = flow.checked(PEOPLE)
    answers = []
    for actor, wanted in ((charlie, id_), (flow.actor, 999)):
        with pytest.raises(NotFound) as raised, database.transaction() as session:
            verb(session, actor, wanted)
        answers.append(str(raised.value))
    assert answers[0] == answers[1]
    assert flow.state(id_) is ImportState.CHECKED


def test_mapping_says_what_does_not_fit(flow: Flow) -> None:
    id_ = flow.bring(PEOPLE)

    def refused(columns: list[ColumnMapping], options: Options = Options()) -> str:  # noqa: B008
        with pytest.raises(Invalid) as raised, database.transaction() as session:
            steps.map_columns(session, flow.actor, id_, columns, options)
        return str(raised.value)

    assert "same field" in refused([ColumnMapping(0, "a", "email"), ColumnMapping(1, "b", "email")])
    assert "no field" in refused([ColumnMapping(0, "a", "password_hash")])
    assert "no column" in refused([ColumnMapping(7, "h", "email")])
    assert "No column" in refused([ColumnMapping(0, "a")])
    assert "matched by" in refused([ColumnMapping(0, "a", "email")], Options("external_id"))
    assert "matched by" in refused([ColumnMapping(0, "a", "city")], Options("city"))


def test_a_second_click_on_commit_has_one_effect(flow: Flow) -> None:
    id_ = flow.checked(PEOPLE)
    found = set()
    for _ in range(20):
        with database.transaction() as session:
            found.add(steps.commit(session, flow.actor, id_).id)
    assert len(found) == 1
    with database.transaction() as session:
        claims = [jobs.claim(session, job_id) for job_id in found for _ in range(5)]
    assert sum(claim is not None for claim in claims) == 1
    assert work.run(next(claim for claim in claims if claim)) is JobState.DONE
    with database.transaction() as session:
        assert steps.commit(session, flow.actor, id_).id in found
        assert session.exec(select(func.count()).select_from(Contact)).one() == 2


def test_a_colleague_who_commits_the_same_import_is_told_who_runs_it(flow: Flow, alice: Actor) -> None:
    id_ = flow.checked(PEOPLE)
    with database.transaction() as session:
        steps.commit(session, flow.actor, id_)
    with pytest.raises(Conflict, match="Bob"), database.transaction() as session:
        steps.commit(session, alice, id_)


def test_one_commit_at_a_time_others_wait(flow: Flow) -> None:
    first, second = flow.checked(PEOPLE), flow.checked(PEOPLE)
    with database.transaction() as session:
        one, two = (steps.commit(session, flow.actor, id_) for id_ in (first, second))
        claim = jobs.claim(session, one.id)
        assert claim is not None
        assert jobs.claim(session, two.id) is None
        running = jobs.running_commit(session)
        assert running is not None and running.id == one.id
    assert work.run(claim) is JobState.DONE
    with database.transaction() as session:
        again = jobs.claim(session, two.id)
    assert again is not None
    assert work.run(again) is JobState.DONE
    assert flow.counts(second) == {"unchanged": 2}
    assert flow.get(second).replanned == 2


def test_reading_again_makes_a_running_check_give_way(flow: Flow) -> None:
    id_ = flow.bring(PEOPLE)
    flow.map(id_)
    with database.transaction() as session:
        claim = jobs.claim(session, steps.check(session, flow.actor, id_).id)
    assert claim is not None
    with database.transaction() as session:
        again = jobs.claim(session, steps.read(session, flow.actor, id_, ReadSettings(delimiter=";")).id)
    assert again is not None
    assert work.run(claim) is None, "the check lost its claim"
    assert work.run(again) is JobState.DONE
    assert flow.get(id_).read_settings == {"delimiter": ";"}
    assert flow.state(id_) is ImportState.READ


def test_reading_again_with_the_same_columns_keeps_the_mapping(flow: Flow) -> None:
    id_ = flow.bring(PEOPLE)
    flow.map(id_, {"email": "email", "first_name": "company"})
    flow.work(steps.read, id_)
    assert [column["target"] for column in flow.get(id_).columns] == ["company", "email"]


def test_a_waiting_job_can_be_cancelled_at_once(flow: Flow) -> None:
    id_ = flow.bring(PEOPLE)
    flow.map(id_)
    with database.transaction() as session:
        steps.check(session, flow.actor, id_)
    for _ in range(2):
        with database.transaction() as session:
            steps.cancel(session, flow.actor, id_)
        assert flow.state(id_) is ImportState.READ


def test_a_finished_import_cannot_be_read_mapped_or_checked_again(flow: Flow) -> None:
    id_ = flow.checked(PEOPLE)
    flow.commit(id_)
    for verb in (steps.read, steps.check):
        with pytest.raises(Conflict), database.transaction() as session:
            verb(session, flow.actor, id_)


def test_a_file_without_rows_fails_with_a_sentence(flow: Flow) -> None:
    stored = uploads.from_text("first_name,email\n")
    with database.transaction() as session:
        id_ = uploads.create(
            session, flow.actor, file_name="a.csv", size=stored.size, sha256=stored.sha256, folder=stored.folder
        ).id
    assert id_ is not None
    assert flow.work(steps.read, id_) is JobState.FAILED
    found = flow.get(id_)
    assert found.state == ImportState.FAILED
    assert found.error is not None


def test_an_error_in_the_program_fails_the_job_without_personal_data_in_the_log(
    flow: Flow, monkeypatch, caplog
) -> None:
    id_ = flow.checked(PEOPLE)

    secret = "@".join(["ada", "example.org"])

    def broken(*_: object) -> None:
        raise RuntimeError(secret)

    monkeypatch.setattr("crm_app.services.imports.commit.write", broken)
    assert flow.work(steps.commit, id_) is JobState.FAILED
    assert flow.state(id_) is ImportState.CANCELLED
    assert flow.get(id_).error is not None
    assert "RuntimeError" in caplog.text
    assert secret not in caplog.text
    monkeypatch.undo()


def test_history_shows_own_branch_newest_first(flow: Flow, charlie: Actor) -> None:
    first, second = flow.checked(PEOPLE), flow.bring(PEOPLE)
    with database.reading() as session:
        rows, total = access.history(session, flow.actor)
        assert ([row.found.id for row in rows], total) == ([second, first], 2)
        assert rows[0].who == "Bob"
        assert rows[1].job is not None and rows[1].job.kind == JobKind.CHECK
        older, total = access.history(session, flow.actor, before=second, limit=1)
        assert ([row.found.id for row in older], total) == ([first], 2)
        assert access.history(session, flow.actor, query="PEOPLE.")[1] == 2
        assert access.history(session, flow.actor, query="%")[1] == 0
        assert access.history(session, charlie) == ([], 0)


def test_the_same_content_imported_before_is_known(flow: Flow) -> None:
    first = flow.checked(PEOPLE)
    flow.commit(first)
    second = flow.bring(PEOPLE)
    with database.reading() as session:
        assert [found.id for found in access.same_file(session, flow.actor, flow.get(second))] == [first]
        assert access.written(session, flow.get(first)) == {"create": 2}


def test_progress_knows_rate_and_time_left(flow: Flow) -> None:
    id_ = flow.checked(PEOPLE)
    flow.commit(id_)
    with database.reading() as session:
        _, job = access.progress(session, flow.actor, id_)
    assert job is not None
    shown = jobs.progress(job)
    assert (shown.done, shown.total) == (2, 2)
    assert shown.rate is not None and shown.rate > 0
    assert shown.seconds_left == 0


def test_rename_works_in_any_state(flow: Flow) -> None:
    id_ = flow.checked(PEOPLE)
    flow.commit(id_)
    with database.transaction() as session:
        steps.rename(session, flow.actor, id_, "  Messe 2026 ")
    assert flow.get(id_).name == "Messe 2026"


def test_nothing_is_left_of_an_import_deleted_while_it_is_read(flow: Flow) -> None:
    id_ = flow.bring(PEOPLE)
    with database.transaction() as session:
        claim = jobs.claim(session, steps.read(session, flow.actor, id_).id)
    assert claim is not None
    folder = flow.folder(id_)
    with database.transaction() as session:
        uploads.delete(session, flow.actor, id_)
    assert work.run(claim) is None
    assert not folder.exists()
    with database.reading() as session:
        assert session.get(Import, id_) is None
        assert [job.state for job in session.exec(select(Job)).all() if not job.is_finished] == []
