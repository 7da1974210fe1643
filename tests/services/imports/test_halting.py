"""A commit that is paused, or cancelled with what is in kept or taken back."""

import pytest
from sqlmodel import Session, col, select

from crm_app.models import ImportState, Job, JobKind, JobState
from crm_app.services import database, jobs
from crm_app.services.errors import Conflict, NotPermitted
from crm_app.services.imports import access, continuing, pace, steps, work
from crm_app.services.imports.steps import Then
from tests.services.imports.conftest import Flow, add_contact, contacts
from tests.services.imports.test_continuing import as_csv, downloaded

PEOPLE = "first_name,email\n" + "".join(f"P{n},p{n}@example.org\n" for n in range(30))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST", "SMALLEST", "LARGEST"):
        monkeypatch.setattr(pace, name, 10)


def stopped(flow: Flow, id_: int, then: Then, at: int = 10) -> JobState | None:
    """Commits, and asks for a stop behind so many rows."""

    def stop(done: int, _total: int) -> None:
        if done == at:
            with database.transaction() as session:
                steps.cancel(session, flow.actor, id_, then)

    return flow.work(steps.commit, id_, on_progress=stop)


def next_job(id_: int) -> JobState | None:
    """Does what waits for this import."""
    with database.transaction() as session:
        job = jobs.latest(session, id_)
        assert job is not None
        assert jobs.waiting_commit(session) == job.id
        claim = jobs.claim(session, job.id or 0)
    assert claim is not None
    return work.run(claim)


def test_paused_it_goes_on_where_it_stopped(flow: Flow, session: Session) -> None:
    id_ = flow.checked(PEOPLE)
    assert stopped(flow, id_, Then.PAUSE) is JobState.CANCELLED
    assert (flow.state(id_), len(contacts(session))) == (ImportState.PAUSED, 10)
    with database.reading() as reading:
        assert access.came_in(reading, flow.get(id_)) == {"create": 10}
    assert flow.commit(id_) == {"create": 30}
    assert len(contacts(session)) == 30


def test_cancelled_what_is_in_is_kept(flow: Flow, session: Session) -> None:
    id_ = flow.checked(PEOPLE)
    stopped(flow, id_, Then.KEEP)
    assert (flow.state(id_), len(contacts(session))) == (ImportState.CANCELLED, 10)


def test_taken_back_the_undo_follows_by_itself(flow: Flow, session: Session) -> None:
    kept = add_contact(first_name="Old", email="p1@example.org")
    id_ = flow.checked(PEOPLE)
    stopped(flow, id_, Then.TAKE_BACK, at=20)
    assert (flow.state(id_), len(contacts(session))) == (ImportState.UNDOING, 20)
    assert next_job(id_) is JobState.DONE
    assert flow.state(id_) is ImportState.UNDONE
    assert [(one.id, one.first_name) for one in contacts(session)] == [(kept, "Old")]
    with database.reading() as reading:
        job = reading.exec(select(Job).where(Job.kind == JobKind.UNDO)).one()
        assert job.user_id == flow.actor.user_id


def test_the_wish_to_take_back_holds_when_the_last_chunk_was_faster(flow: Flow, session: Session) -> None:
    id_ = flow.checked(PEOPLE)
    assert stopped(flow, id_, Then.TAKE_BACK, at=30) is JobState.DONE
    assert flow.state(id_) is ImportState.UNDOING
    assert next_job(id_) is JobState.DONE
    assert contacts(session) == []


def test_pausing_behind_the_last_chunk_means_nothing(flow: Flow) -> None:
    id_ = flow.checked(PEOPLE)
    assert stopped(flow, id_, Then.PAUSE, at=30) is JobState.DONE
    assert flow.state(id_) is ImportState.DONE


def test_the_wish_survives_a_killed_process(flow: Flow, session: Session) -> None:
    id_ = flow.checked(PEOPLE)

    def die(done: int, _total: int) -> None:
        with database.transaction() as writing:
            steps.cancel(writing, flow.actor, id_, Then.TAKE_BACK)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        flow.work(steps.commit, id_, on_progress=die)
    with database.transaction() as writing:
        job = jobs.latest(writing, id_)
        assert job is not None
        assert job.state == JobState.RUNNING
        job.state, job.claim = JobState.QUEUED, None  # what the next start does
    assert next_job(id_) is JobState.CANCELLED
    assert next_job(id_) is JobState.DONE
    assert (flow.state(id_), contacts(session)) == (ImportState.UNDONE, [])


@pytest.mark.parametrize(
    ("then", "state"),
    [
        (Then.PAUSE, ImportState.PAUSED),
        (Then.KEEP, ImportState.CANCELLED),
        (Then.TAKE_BACK, ImportState.CANCELLED),
    ],
)
def test_a_commit_nobody_has_begun_ends_at_once(flow: Flow, then: Then, state: ImportState) -> None:
    id_ = flow.checked(PEOPLE)
    with database.transaction() as session:
        steps.commit(session, flow.actor, id_)
        assert steps.cancel(session, flow.actor, id_, then) is None
    assert flow.state(id_) is state
    assert flow.commit(id_) == {"create": 30}


def test_a_paused_import_is_ended_either_way(flow: Flow, session: Session) -> None:
    id_ = flow.checked(PEOPLE)
    stopped(flow, id_, Then.PAUSE)
    with database.transaction() as writing:
        steps.pause(writing, flow.actor, id_)
        assert flow.state(id_) is ImportState.PAUSED
        assert steps.cancel(writing, flow.actor, id_) is None
    assert flow.state(id_) is ImportState.CANCELLED
    with database.transaction() as writing:
        job = steps.cancel(writing, flow.actor, id_, Then.TAKE_BACK)
        assert job is not None
        assert steps.cancel(writing, flow.actor, id_, Then.PAUSE) is None, "this stops the undo, which waits"
    assert flow.state(id_) is ImportState.UNDO_STOPPED
    assert flow.work(steps.undo, id_) is JobState.DONE
    assert contacts(session) == []


def test_rows_of_another_import_are_not_taken_back_alone(flow: Flow, tmp_path, victor) -> None:
    first = flow.checked(PEOPLE + "Bad,bad\n")
    flow.commit(first)
    id_ = flow.bring(as_csv(downloaded(flow, first, tmp_path)))
    flow.work(continuing.start, id_)
    with pytest.raises(Conflict), database.transaction() as session:
        steps.cancel(session, flow.actor, id_, Then.TAKE_BACK)
    with pytest.raises(NotPermitted), database.transaction() as session:
        steps.cancel(session, victor, id_, Then.TAKE_BACK)
    with database.reading() as session:
        assert session.exec(select(Job).where(Job.kind == JobKind.UNDO).order_by(col(Job.id))).all() == []
