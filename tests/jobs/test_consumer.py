"""The server's workers: they do what is queued, survive being killed, and put work back when they are stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, func, select

from crm_app.jobs import consumer, queue
from crm_app.models import Contact, ContactPoint, ContactTag, Import, ImportRow, ImportState, Job, JobState
from crm_app.models.base import now
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.imports import steps
from tests.services.imports.conftest import Flow, InlineReader

ROWS = 900
SERVE = """
import sys, time
from crm_app.jobs import consumer
consumer.start()
print("started", flush=True)
time.sleep(60)
"""

pytestmark = pytest.mark.sqlite_only  # its servers are started with the embedded database


def people(rows: int = ROWS) -> str:
    lines = (f"{n},P{n},p{n}@example.org,{'VIP' if n % 3 else ''}" for n in range(rows))
    return "external_id,first_name,email,tags\n" + "\n".join(lines) + "\n"


@pytest.fixture
def workers(db: Path) -> Iterator[None]:
    yield
    consumer.stop()
    queue.forget()


@pytest.fixture
def flow(workers: None, bob: Actor, monkeypatch: pytest.MonkeyPatch) -> Flow:
    from crm_app.services.imports.reading import pool

    monkeypatch.setattr(pool, "reader", InlineReader)
    return Flow(bob)


def wait_for(flow: Flow, id_: int, state: ImportState, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while flow.state(id_) is not state:
        assert time.monotonic() < until, f"still {flow.state(id_)}"
        time.sleep(0.05)


def start_commit(flow: Flow, id_: int) -> int:
    with database.transaction() as session:
        job = steps.commit(session, flow.actor, id_)
    assert job.id is not None
    return job.id


def everything(session: Session) -> list[object]:
    """What an import leaves, without moments."""
    moments = ("created_at", "updated_at")
    return [
        [c.model_dump(exclude=set(moments)) for c in session.exec(select(Contact).order_by(col(Contact.id)))],
        [p.model_dump() for p in session.exec(select(ContactPoint).order_by(col(ContactPoint.id)))],
        [t.model_dump() for t in session.exec(select(ContactTag).order_by(col(ContactTag.contact_id)))],
        [r.model_dump() for r in session.exec(select(ImportRow).order_by(col(ImportRow.row)))],
        [i.counts for i in session.exec(select(Import))],
    ]


def serve(**environment: str) -> subprocess.Popen[str]:
    """A server process with nothing but its workers."""
    return subprocess.Popen(
        [sys.executable, "-c", SERVE],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_what_is_pushed_is_done(flow: Flow) -> None:
    id_ = flow.checked(people(20))
    consumer.start()
    queue.push(start_commit(flow, id_))
    wait_for(flow, id_, ImportState.DONE)
    assert flow.counts(id_) == {"create": 20}


def test_what_was_queued_before_the_start_is_done_without_a_push(flow: Flow) -> None:
    id_ = flow.checked(people(20))
    start_commit(flow, id_)
    consumer.start()
    wait_for(flow, id_, ImportState.DONE)


def test_pushed_twice_is_done_once_and_two_commits_one_after_the_other(flow: Flow) -> None:
    first, second = flow.checked(people(300)), flow.checked(people(300))
    ids = [start_commit(flow, first), start_commit(flow, second)]
    consumer.start()
    for job_id in ids * 3:
        queue.push(job_id)
    wait_for(flow, first, ImportState.DONE)
    wait_for(flow, second, ImportState.DONE)
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(Contact)).one() == 300
        assert session.exec(select(func.count()).select_from(Job).where(Job.state == JobState.DONE)).one() >= 2


def test_a_stopped_server_puts_its_job_back_and_the_next_one_goes_on(flow: Flow) -> None:
    id_ = flow.checked(people(3000))
    consumer.start()
    job_id = start_commit(flow, id_)
    queue.push(job_id)
    until = time.monotonic() + 20
    while not flow.get(id_).committed_row and time.monotonic() < until:
        time.sleep(0.005)
    started = time.monotonic()
    consumer.stop()
    assert time.monotonic() - started < 10
    with database.reading() as session:
        assert session.get_one(Job, job_id).state in (JobState.QUEUED, JobState.DONE)
    consumer.start()
    wait_for(flow, id_, ImportState.DONE)
    assert flow.counts(id_) == {"create": 3000}


def test_what_is_over_is_given_up_at_the_start(flow: Flow) -> None:
    id_ = flow.checked(people(5))
    flow.commit(id_)
    with database.transaction() as session:
        session.get_one(Import, id_).finished_at = now() - timedelta(days=91)
    consumer.start()
    until = time.monotonic() + 20
    while flow.folder(id_).exists():
        assert time.monotonic() < until, "the file is still there"
        time.sleep(0.02)
    assert flow.get(id_).purged_at is not None
    assert flow.counts(id_) == {"create": 5}


@pytest.mark.parametrize("point", ["commit:before-chunk:2", "commit:inside-chunk:2", "commit:after-chunk:2"])
def test_killed_in_a_commit_the_next_start_goes_on_and_the_rows_equal_an_undisturbed_run(
    flow: Flow, point: str
) -> None:
    id_ = flow.checked(people(), tags=("Messe",))
    start_commit(flow, id_)
    with database.reading() as session:
        template = Path(session.get_bind().url.database)
    undisturbed = template.read_bytes(), template.with_name("crm.sqlite-wal").read_bytes()

    process = serve(CRM_CRASH_AT=point)
    assert process.wait(30) == -signal.SIGKILL
    with database.reading() as session:
        kept = session.exec(select(func.count()).select_from(Contact)).one()
        assert session.exec(select(func.count()).select_from(ImportRow)).one() == kept
    assert 0 < kept < ROWS
    assert flow.state(id_) is ImportState.COMMITTING
    consumer.start()
    wait_for(flow, id_, ImportState.DONE, 5)
    consumer.stop()
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(Contact)).one() == ROWS
        disturbed = everything(session)
        assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    database.dispose()
    queue.forget()
    for ending in ("-wal", "-shm"):
        template.with_name(template.name + ending).unlink(missing_ok=True)
    template.write_bytes(undisturbed[0])
    template.with_name("crm.sqlite-wal").write_bytes(undisturbed[1])
    consumer.start()
    wait_for(flow, id_, ImportState.DONE, 5)
    with database.reading() as session:
        assert everything(session) == disturbed
