"""Search and merge as durable jobs: asked for once, done by a worker, gone on with after a kill."""

import pytest
from sqlmodel import select

from crm_app.jobs import imports as runner
from crm_app.models import Contact, Job, JobKind, JobState
from crm_app.services import database, errands, jobs
from crm_app.services.actor import Actor
from crm_app.services.contacts import cards
from crm_app.services.duplicates import groups, ruled_out, running, work
from crm_app.services.errors import NotPermitted


@pytest.fixture
def twins(alice: Actor) -> Actor:
    with database.transaction() as session:
        for letter in "abcdefghijklmnopqrst":
            cards.create(session, alice, {"first_name": letter * 5, "last_name": f"{letter * 4}son", "city": "Ulm"})
        for last in ("Wolkenstein", "wolkenstein"):
            values = {"first_name": "Ada", "last_name": last, "email": "ada@example.org", "birth_date": "1990-01-02"}
            cards.create(session, alice, values)
    return alice


def done(actor: Actor, kind: JobKind) -> Job:
    with database.transaction() as session:
        job_id = work.start(session, actor, kind).id or 0
        assert work.start(session, actor, kind).id == job_id, "asked twice, it is one job"
        claim = jobs.claim(session, job_id)
    assert claim is not None
    assert errands.run(claim, runner.ERRANDS, should_pause=lambda: False) is JobState.DONE
    with database.reading() as session:
        return session.get_one(Job, job_id)


def test_a_search_finds_and_a_merge_of_the_certain_leaves_one(twins: Actor) -> None:
    assert done(twins, JobKind.DUPLICATES).data["groups"] == 1
    with database.reading() as session:
        found = groups.page(session, twins)
        assert [group.is_certain for group in found.groups] == [True]
    assert done(twins, JobKind.MERGE).data == {"from": 0, "groups": 1, "fewer": 1, "failed": 0}
    with database.reading() as session:
        assert len(session.exec(select(Contact).where(Contact.first_name == "Ada")).all()) == 1


def test_what_is_told_apart_while_a_search_goes_on_stays_apart(twins: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [21, 22]

    def told(point: str) -> None:
        if point == "duplicates:compared":
            with database.transaction() as session:
                ruled_out.rule_out(session, twins, numbers)

    monkeypatch.setattr(running.crash, "point", told)
    done(twins, JobKind.DUPLICATES)
    with database.reading() as session:
        assert groups.page(session, twins).total == 0


def test_a_stopped_search_leaves_the_last_one(twins: Actor) -> None:
    with database.transaction() as session:
        job = work.start(session, twins, JobKind.DUPLICATES)
        claim = jobs.claim(session, job.id or 0)
        jobs.cancel(session, job)
    assert claim is not None and errands.run(claim, runner.ERRANDS, should_pause=lambda: False) is JobState.CANCELLED
    with database.reading() as session:
        assert groups.page(session, twins).total == 0


def test_a_server_that_ends_gives_the_job_back(twins: Actor) -> None:
    with database.transaction() as session:
        claim = jobs.claim(session, work.start(session, twins, JobKind.DUPLICATES).id or 0)
    assert claim is not None and errands.run(claim, runner.ERRANDS, should_pause=lambda: True) is JobState.QUEUED


def test_the_workers_know_these_jobs(twins: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_push_next", lambda job_id: None)
    with database.transaction() as session:
        job_id = work.start(session, twins, JobKind.DUPLICATES).id or 0
    runner.run_job(job_id)
    with database.reading() as session:
        assert session.get_one(Job, job_id).state == JobState.DONE


def test_it_takes_the_right(bob: Actor) -> None:
    for kind in (JobKind.DUPLICATES, JobKind.MERGE):
        with pytest.raises(NotPermitted), database.transaction() as session:
            work.start(session, bob, kind)
