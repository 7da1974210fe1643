"""The reading process: it answers, it may die, and each death is one sentence."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_app.services.imports.reading import worker
from crm_app.services.imports.reading.child import Reader
from crm_app.services.imports.reading.errors import ReaderDied, Stopped, Unreadable

CORPORA = Path(__file__).parents[3] / "corpora"
MIB = 1024 * 1024


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """A reading process that also knows the commands of `misbehaving`."""
    root = Path(__file__).parents[4]
    monkeypatch.setenv("PYTHONPATH", str(root))
    with Reader(memory=512 * MIB, cpu_seconds=1) as made:
        yield made


@pytest.fixture(autouse=True)
def misbehaving(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "__name__", "tests.services.imports.reading.misbehaving")


def test_one_process_answers_many_requests(reader: Reader) -> None:
    assert reader.run("echo", {"text": "ä\ud800"}) == {"text": "ä\ud800"}
    first = reader.pid
    assert reader.run("echo", {"text": "b"}) == {"text": "b"}
    assert reader.pid == first


def test_progress_arrives_before_the_result_whether_returned_or_yielded_last(reader: Reader) -> None:
    for command in ("count_and_return", "count_and_yield"):
        seen: list[int] = []
        result = reader.run(command, {"to": 3}, on_progress=lambda step: seen.append(step["done"]))  # noqa: B023
        assert (seen, result) == ([1, 2, 3], {"total": 3})


def test_a_refusal_is_the_commands_own_sentence_and_costs_no_process(reader: Reader) -> None:
    with pytest.raises(Unreadable, match="No, because of this"):
        reader.run("refuse", {})
    assert reader.pid is not None


@pytest.mark.parametrize(
    ("command", "reason", "says"),
    [
        ("eat_memory", "memory", "more memory than the 512 MB"),
        ("abort", "memory", "more memory"),
        ("burn", "time", "took longer"),
        ("segfault", "crash", "cannot be read"),
        ("raise_something", "crash", "cannot be read"),
    ],
)
def test_every_death_is_one_sentence_and_the_next_request_is_served(
    reader: Reader, command: str, reason: str, says: str
) -> None:
    with pytest.raises(ReaderDied, match=says) as caught:
        reader.run(command, {})
    assert caught.value.reason == reason
    assert reader.run("echo", {"text": "again"}) == {"text": "again"}


def test_waiting_ends_at_the_timeout(reader: Reader) -> None:
    reader.run("echo", {})
    with pytest.raises(ReaderDied) as caught:
        reader.run("sleep", {}, timeout=0.3)
    assert caught.value.reason == "time"


def test_somebody_may_stop_it(reader: Reader) -> None:
    with pytest.raises(Stopped):
        reader.run("sleep", {}, should_stop=lambda: True)
    assert reader.pid is None


def test_a_process_killed_while_idle_is_replaced(reader: Reader) -> None:
    reader.run("echo", {})
    assert reader.pid is not None
    os.kill(reader.pid, signal.SIGKILL)
    time.sleep(0.1)
    assert reader.run("echo", {"text": "x"}) == {"text": "x"}


def test_processor_time_is_counted_per_request(reader: Reader) -> None:
    for _ in range(3):
        reader.run("work", {"seconds": 0.7})


def test_it_lives_by_the_settings_of_each_request(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("one", "other"):
        monkeypatch.setenv("CRM_DATA_DIR", place)
        assert reader.run("facts", {})["data_dir"] == place
    monkeypatch.delenv("CRM_DATA_DIR")
    assert reader.run("facts", {})["data_dir"] == "data"


def test_it_dies_with_its_parent_and_inherits_no_files(reader: Reader, tmp_path: Path) -> None:
    with (tmp_path / "open").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        facts = reader.run("facts", {})
    assert facts["descriptors"] <= 5
    assert facts["death_signal"] == signal.SIGKILL
    assert facts["reflex"] is False
    reader.close()
    assert not Path(f"/proc/{facts['pid']}").exists()
