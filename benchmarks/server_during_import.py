"""What other people feel, and what the server weighs, while its own worker takes in a file of 100,000 rows.

    python -m benchmarks.run server_during_import

A signed-in Chromium page pages and searches the whole time on the same machine; beside it two plain requests: `/ping`
(is the event loop free) and `/contacts` with a session (gate, session from the database, page).
"""

import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page

from benchmarks import browser
from benchmarks.figures import Figure, quantile, spread
from benchmarks.import_speed import write_csv
from benchmarks.memory import Sampler
from crm_app.web import build
from tests.e2e.server import Server

NAME = "server_during_import"
ROWS, CONTACTS = 100_000, 20_000
WORDS = ("kowalska", "adler", "zimmermann", "rossi", "hartmann", "")
PROBE_SECONDS = 0.1
LIMIT_SECONDS, LIMIT_BYTES = 0.5, 300_000_000
QUIET_SECONDS = 15.0  # the same page on the same machine before the import begins

Sample = tuple[str, float, float]  # what, when it began (monotonic), seconds


def bench(rows: int = ROWS, contacts: int = CONTACTS, *, is_own: bool = False) -> list[Figure]:
    """`is_own`: for comparison, the second process carries out the commit itself instead of the server's worker."""
    with browser.serving(contacts) as server, browser.signed_in(server) as page:
        path = server.data_dir.parent / "people.csv"
        write_csv(path, rows)
        assert server.process is not None
        until = time.monotonic() + QUIET_SECONDS
        words = itertools.cycle(WORDS)
        quiet = read_on(page, words, lambda: time.monotonic() < until)
        with Sampler(server.process.pid) as memory, Prober(server, browser.cookies(page)) as prober:
            importer = hand_over(server, path, *(["--own"] if is_own else []))
            samples = read_on(page, words, lambda: importer.poll() is None)
        assert importer.stdout is not None
        phases = [json.loads(line) for line in importer.stdout.read().splitlines()]
        if importer.wait() != 0:
            raise RuntimeError(f"the import failed: {phases}\n{server.log.read_text()[-2000:]}")
    return [*reads(quiet, samples, phases), *probes(prober.samples, phases), *weights(memory, phases, rows)]


def hand_over(server: Server, path: Path, *options: str) -> "subprocess.Popen[str]":
    """The second process that gives the server its work."""
    environment = {**build.environment(server.port), "CRM_DATA_DIR": str(server.data_dir)}
    command = [sys.executable, "-m", "benchmarks.hand_over", str(path), *options]
    return subprocess.Popen(command, env=environment, cwd=build.ROOT, stdout=subprocess.PIPE, text=True)


def read_on(page: Page, words: Iterator[str], goes_on: Callable[[], bool]) -> list[Sample]:
    """Searches for another word each time, turns a few pages, without a pause, as long as `goes_on`."""
    samples: list[Sample] = []

    def take(what: str, work: Callable[[], float]) -> None:
        begin = time.monotonic()
        samples.append((what, begin, work()))

    while goes_on():
        word = next(words)
        take("search", lambda word=word: browser.search(page, word))
        for _ in range(3):
            if goes_on():
                take("turn", lambda: browser.turn(page))
    return samples


class Prober:
    """Asks the server for something small all the time, from a thread."""

    def __init__(self, server: Server, cookies: dict[str, str]) -> None:
        self.samples: list[Sample] = []
        self._client = httpx.Client(base_url=server.url, cookies=cookies, timeout=30)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="prober", daemon=True)

    def __enter__(self) -> "Prober":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._client.close()

    def _run(self) -> None:
        while not self._ended.wait(PROBE_SECONDS):
            for path in ("/ping", "/contacts"):
                begin = time.monotonic()
                answer = self._client.get(path)
                assert answer.status_code == 200, (path, answer.status_code)
                self.samples.append((path, begin, time.monotonic() - begin))


def within(samples: list[Sample], what: str, phase: dict[str, Any] | None = None) -> list[float]:
    """Seconds of the samples of one kind, of one phase or of all."""
    return [
        seconds
        for name, begin, seconds in samples
        if name == what and (phase is None or phase["begin"] <= begin < phase["end"])
    ]


def reads(quiet: list[Sample], samples: list[Sample], phases: list[dict[str, Any]]) -> list[Figure]:
    found = []
    kinds = (("turn", "page turn, click → painted"), ("search", "search, typed → painted, 200 ms of it waiting"))
    for what, label in kinds:
        found.append(Figure(NAME, f"{label}, before the import", spread(within(quiet, what))))
        found += [
            Figure(NAME, f"{label}, while the server does: {phase['step']}", spread(within(samples, what, phase)))
            for phase in phases
        ]
        found.append(judged(f"{label}, whole import", within(samples, what)))
    return found


def judged(what: str, seconds: list[float]) -> Figure:
    return Figure(NAME, what, spread(seconds), "p95 ≤ 500 ms", quantile(seconds, 0.95) <= LIMIT_SECONDS)


def probes(samples: list[Sample], phases: list[dict[str, Any]]) -> list[Figure]:
    found = []
    for path in ("/ping", "/contacts"):
        found.append(judged(f"GET {path}, whole import", within(samples, path)))
        commit = [phase for phase in phases if phase["step"] == "commit"]
        found += [Figure(NAME, f"GET {path}, during the commit", spread(within(samples, path, one))) for one in commit]
    return found


def weights(memory: Sampler, phases: list[dict[str, Any]], rows: int) -> list[Figure]:
    seconds = {phase["step"]: phase["end"] - phase["begin"] for phase in phases}
    steps = ", ".join(f"{name} {taken:.1f} s ({rows / taken:,.0f} rows/s)" for name, taken in seconds.items())
    before = " + ".join(f"{role} {size / 1e6:.0f}" for role, size in memory.start.items())
    most = {role: f"{size / 1e6:.0f}" for role, size in memory.peak.items()}
    together = f"{memory.together / 1e6:.0f} MB (worker {most.get('worker')}, parent {most.get('parent')})"
    reached = memory.together <= LIMIT_BYTES
    return [
        Figure(NAME, f"the import itself, {rows:,} rows, beside the browser", steps),
        Figure(NAME, "server before the import, RSS", f"{before} MB"),
        Figure(NAME, "server without reading child, most RSS", together, "≤ 300 MB", reached),
        Figure(NAME, "reading child, most RSS", f"{most.get('reading child')} MB"),
    ]


if __name__ == "__main__":
    from benchmarks.figures import table

    print(table(bench()))
