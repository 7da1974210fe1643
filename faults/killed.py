"""F1: the server is killed with SIGKILL in the middle of a commit, started again, and must end as if nothing had been.

Every second time at a moment chosen by chance, else at the named points of `crm_app.services.crash`. Each run starts
from a copy of one prepared data folder; its end is compared with that of a run nobody disturbed.
"""

import random
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import quantile
from crm_app.services.imports import steps
from faults import places, rows
from faults.results import Result
from faults.served import Places
from faults.served import places as folders
from tests.e2e.server import Server

TIMES, ROWS = 50, 5_000
POINTS = ("commit:before-chunk", "commit:inside-chunk", "commit:after-chunk")
PASSAGES = 4  # a file of 5,000 rows is carried out in at least so many chunks
GOES_ON_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """The run to compare with."""

    template: Path
    import_id: int
    rows: rows.Rows
    seconds: float  # of the commit


def make(times: int = TIMES) -> Result:
    result = Result(
        "F1",
        f"kill -9 of the server during the commit of {ROWS:,} rows",
        "goes on ≤ 5 s after the start; every row as in an undisturbed run; 0 doubles; database intact",
    )
    chance = random.Random(1)
    waits: list[float] = []
    written: list[int] = []
    with folders() as place:
        expected = undisturbed(place)
        for number in range(times):
            data = places.copied(expected.template, place.folder / f"run-{number}")
            if number % 2:
                point = f"{POINTS[number // 2 % len(POINTS)]}:{1 + chance.randrange(PASSAGES)}"
                done = killed_at(place, data, expected, point)
            else:
                point = f"after {chance.uniform(0, expected.seconds):.3f} s"
                done = killed_after(place, data, expected, float(point.split()[1]))
            written.append(done)
            broken = rows.damage(data)
            result.expect(not broken, f"run {number} ({point}): damaged after the kill: {broken}")
            waits.append(went_on(place, data, expected))
            for said in judged(data, expected):
                result.expect(False, f"run {number} ({point}): {said}")
            result.times += 1
            shutil.rmtree(data)
            print(f"F1 run {number} ({point}): {done} rows were in; {len(result.failures)} failures", file=sys.stderr)
    result.expect(max(waits) <= GOES_ON_SECONDS, f"went on only after {max(waits):.1f} s")
    whole = sum(1 for row in expected.rows["import_row"] if row[0] == expected.import_id)
    partly = sum(1 for done in written if 0 < done < whole)
    nothing = written.count(0)
    result.seen.append(f"rows in at the kill: none {nothing} ×, some {partly} ×, all {times - nothing - partly} ×")
    result.seen.append(f"went on after p50 {quantile(waits, 0.5):.2f} · max {max(waits):.2f} s")
    return result


def undisturbed(place: Places) -> Undisturbed:
    """The prepared data folder, and how an import on it ends when nobody kills anything."""
    template = place.folder / "template"
    template.mkdir()
    import_id = places.prepare(template, ROWS)
    data = places.copied(template, place.folder / "undisturbed")
    with place.server(data):
        begin, job_id = _commit(data, import_id)
        places.until(lambda: rows.job(data, job_id)[0] == "done")
        seconds = time.monotonic() - begin
    assert not rows.damage(data)
    assert rows.doubles(data) == 0
    return Undisturbed(template, import_id, rows.of(data), seconds)


def killed_after(place: Places, data: Path, expected: Undisturbed, seconds: float) -> int:
    """Kills so long after the worker took the job. Returns the rows written until then."""
    server = place.server(data).start()
    with _watching(data):
        begin, _ = _commit(data, expected.import_id)
        time.sleep(max(0.0, begin + seconds - time.monotonic()))
        server.kill()
    return _written(data, expected)


def killed_at(place: Places, data: Path, expected: Undisturbed, point: str) -> int:
    """Lets the worker kill itself at a named point; its parent is killed with it."""
    server = place.server(data, CRM_CRASH_AT=point).start()
    with _watching(data):
        _commit(data, expected.import_id)
        places.until(lambda: _is_gone(server), what=f"the server did not die at {point}")
        server.kill()
    return _written(data, expected)


@contextmanager
def _watching(data: Path) -> Iterator[None]:
    """Keeps a read-only connection open, so that no orderly close of ours tidies up behind the killed server."""
    with closing(rows.connect(data)) as connection:
        connection.execute("SELECT count(*) FROM job").fetchone()
        yield


def _is_gone(server: Server) -> bool:
    """The worker is dead as soon as its parent notices and ends."""
    return server.process is not None and server.process.poll() is not None


def _commit(data: Path, import_id: int) -> tuple[float, int]:
    """Hands the commit to the server; when its worker took it, and the job's id."""
    with places.inside(data):
        job_id = places.start(steps.commit, import_id)
    places.until(lambda: rows.job(data, job_id)[2] or rows.job(data, job_id)[0] == "done")
    return time.monotonic(), job_id


def _written(data: Path, expected: Undisturbed) -> int:
    """Rows of the import that are in the database, seen without touching it: in a copy."""
    folder = data.with_name(data.name + "-seen")
    folder.mkdir()
    for path in data.glob("crm.sqlite*"):
        if not path.name.endswith("-shm"):
            shutil.copy(path, folder)
    try:
        return sum(1 for row in rows.of(folder)["import_row"] if row[0] == expected.import_id)
    finally:
        shutil.rmtree(folder)


def went_on(place: Places, data: Path, expected: Undisturbed) -> float:
    """Starts the server again and waits for the import's end; seconds until somebody worked on it again."""
    job_id = rows.last_job(data)
    dead = rows.job(data, job_id)[2]
    with place.server(data):
        begin = time.monotonic()
        places.until(lambda: _is_taken_up(data, job_id, dead), seconds=30, what="nobody took the job up again")
        waited = time.monotonic() - begin
        places.until(lambda: rows.job(data, job_id)[0] == "done", what="the import did not end")
    return waited


def _is_taken_up(data: Path, job_id: int, dead: str) -> bool:
    """Somebody else than the killed worker has it, or had it and is done."""
    state, _, claim = rows.job(data, job_id)
    return state == "done" or (state == "running" and claim != dead)


def judged(data: Path, expected: Undisturbed) -> list[str]:
    """Everything that is not as in the undisturbed run."""
    said = rows.differences(expected.rows, rows.of(data))
    if count := rows.doubles(data):
        said.append(f"{count} doubles")
    if broken := rows.damage(data):
        said.append(f"damaged: {broken}")
    return said
