"""Reading processes are kept from job to job, and none longer than it is of use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_app import settings
from crm_app.services.imports.reading import pool
from crm_app.services.imports.reading.errors import Stopped

CORPORA = Path(__file__).parents[3] / "corpora"
FILE = {"path": str(CORPORA / "kwiga.csv")}


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    pool.tidy(older_than=0)
    yield
    pool.tidy(older_than=0)


def test_the_next_job_gets_the_process_of_the_last_one() -> None:
    with pool.reader() as reader:
        first = reader.run("inspect", FILE)
        pid = reader.pid
    with pool.reader() as reader:
        assert reader.pid == pid
        assert reader.run("inspect", FILE) == first


def test_jobs_at_the_same_time_have_processes_of_their_own() -> None:
    with pool.reader() as one, pool.reader() as other:
        one.run("inspect", FILE)
        other.run("inspect", FILE)
        assert one.pid != other.pid


def test_a_process_that_was_stopped_is_not_given_to_the_next_job() -> None:
    with pytest.raises(Stopped), pool.reader() as reader:
        reader.run("inspect", FILE, should_stop=lambda: True)
    with pool.reader() as reader:
        assert reader.pid is None


def test_a_warm_process_waits_for_the_first_job() -> None:
    pool.warm()
    with pool.reader() as reader:
        pid = reader.pid
        assert pid is not None
        reader.run("inspect", FILE)
        assert reader.pid == pid


def test_warming_twice_starts_one() -> None:
    pool.warm()
    pool.warm()
    with pool.reader(), pool.reader() as second:
        assert second.pid is None


def test_a_process_nobody_needs_is_ended() -> None:
    pool.warm()
    with pool.reader() as reader:
        pid = reader.pid
    pool.tidy(older_than=0)
    assert not Path(f"/proc/{pid}").exists()


def test_other_limits_mean_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    pool.warm()
    with pool.reader() as reader:
        pid = reader.pid
    monkeypatch.setenv("CRM_READER_CPU_SECONDS", "17")
    settings.get.cache_clear()
    with pool.reader() as reader:
        assert reader.cpu_seconds == 17
        assert reader.pid != pid
