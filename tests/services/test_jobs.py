from datetime import timedelta

import pytest
from sqlmodel import Session, select

from crm_app.locales import text
from crm_app.models import Job, JobKind, JobState
from crm_app.models.base import now
from crm_app.services import database, jobs
from crm_app.services.actor import SYSTEM


def make(kind: JobKind = JobKind.READ, subject: int = 1) -> int:
    with database.transaction() as session:
        made = jobs.enqueue(session, SYSTEM, kind, subject, total=10)
    assert made.id is not None
    return made.id


def claim(job_id: int, worker: str = jobs.SERVER) -> jobs.Claim | None:
    with database.transaction() as session:
        return jobs.claim(session, job_id, worker)


def age(session: Session, job_id: int, seconds: float) -> None:
    job = session.get(Job, job_id)
    assert job is not None
    job.heartbeat_at = job.created_at = now() - timedelta(seconds=seconds)
    session.add(job)


def state(job_id: int) -> JobState:
    with database.reading() as session:
        job = session.get(Job, job_id)
        assert job is not None
        return JobState(job.state)


def test_a_job_is_claimed_once(db) -> None:
    job_id = make()
    assert claim(job_id) is not None
    assert claim(job_id) is None


def test_a_job_whose_worker_is_dead_can_be_claimed_and_the_dead_one_learns_it(db) -> None:
    job_id = make()
    first = claim(job_id)
    assert first is not None
    with database.transaction() as session:
        age(session, job_id, 16)
    second = claim(job_id)
    assert second is not None
    with pytest.raises(jobs.Lost), database.transaction() as session:
        jobs.beat(session, first)
    with database.transaction() as session:
        assert jobs.should_stop(session, first)
        assert not jobs.should_stop(session, second)
        jobs.finish(session, second)
    assert state(job_id) is JobState.DONE
    assert claim(job_id) is None


def test_only_one_commit_runs_whoever_runs_it(db) -> None:
    first, second, check = make(JobKind.COMMIT, 1), make(JobKind.COMMIT, 2), make(JobKind.CHECK, 3)
    held = claim(first, jobs.CLI)
    assert held is not None
    assert claim(second) is None
    assert claim(check) is not None
    with database.transaction() as session:
        jobs.finish(session, held, JobState.FAILED, text("Broken."))
    assert claim(second) is not None


def test_the_lock_of_a_dead_commit_does_not_hold(db) -> None:
    first, second = make(JobKind.COMMIT, 1), make(JobKind.COMMIT, 2)
    claim(first)
    with database.transaction() as session:
        age(session, first, 20)
    assert claim(second) is not None


def test_a_released_job_waits_for_the_next_start(db) -> None:
    job_id = make()
    held = claim(job_id)
    assert held is not None
    with database.transaction() as session:
        jobs.release(session, held)
    assert state(job_id) is JobState.QUEUED
    assert claim(job_id) is not None


def test_cancel_ends_a_waiting_job_and_asks_a_running_one(db) -> None:
    waiting, running = make(), make()
    held = claim(running)
    assert held is not None
    with database.transaction() as session:
        assert jobs.cancel(session, session.get_one(Job, waiting))
        assert not jobs.cancel(session, session.get_one(Job, running))
        assert jobs.should_stop(session, held)
    assert (state(waiting), state(running)) == (JobState.CANCELLED, JobState.RUNNING)


def test_a_patrol_finds_jobs_without_a_living_worker(db) -> None:
    fresh, waiting, dead, alive = make(), make(), make(), make()
    claim(dead), claim(alive)
    with database.transaction() as session:
        age(session, dead, 16)
        age(session, waiting, 16)
    with database.transaction() as session:
        assert list(jobs.abandoned(session, now())) == [waiting, dead]
        assert fresh not in jobs.abandoned(session, now())


def test_the_first_start_takes_up_everything_but_what_a_command_line_works_on(db) -> None:
    waiting, server, cli = make(), make(), make()
    claim(server), claim(cli, jobs.CLI)
    with database.transaction() as session:
        assert list(jobs.abandoned(session, now(), is_first_start=True)) == [waiting, server]
    assert state(server) is JobState.QUEUED
    assert claim(server) is not None


def test_progress_counts_from_where_the_worker_began(db) -> None:
    job_id = make()
    held = claim(job_id)
    assert held is not None
    with database.transaction() as session:
        jobs.beat(session, held, {"done": 4, "total": 10})
    with database.reading() as session:
        job = session.exec(select(Job)).one()
    assert job.started_at is not None
    shown = jobs.progress(job, job.started_at + timedelta(seconds=2))
    assert (shown.rate, shown.seconds_left) == (2.0, 3.0)


def test_the_heart_beats_while_slow_work_goes_on(db, monkeypatch) -> None:
    import time

    monkeypatch.setattr(jobs, "BEAT_SECONDS", 0.02)
    job_id = make()
    held = claim(job_id)
    assert held is not None
    with database.reading() as session:
        before = session.get_one(Job, job_id).heartbeat_at
    with jobs.beating(held):
        for _ in range(200):
            with database.reading() as session:
                if session.get_one(Job, job_id).heartbeat_at != before:
                    return
            time.sleep(0.02)
    raise AssertionError("no heartbeat")
