"""F15: SIGTERM while a server reads, checks and commits a file; it stops in time and goes on at its next start."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.import_speed import write_csv
from benchmarks.memory import children
from crm_app.services import database, startup
from crm_app.services.actor import SYSTEM
from crm_app.services.imports import steps, uploads
from faults import places, rows
from faults.results import Result
from faults.served import Places
from faults.served import places as folders
from tests.e2e.server import Server

TIMES, ROWS = 3, 40_000
STOP_SECONDS = 10.0
STEPS: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("read", steps.read),
    ("check", steps.check),
    ("commit", steps.commit),
)


def make(times: int = TIMES) -> Result:
    result = Result(
        "F15",
        f"SIGTERM while the server reads, checks, commits {ROWS:,} rows",
        "stops ≤ 10 s without leaving a process, goes on at the next start, ends as an undisturbed run",
    )
    stops: list[float] = []
    with folders() as place:
        template = place.folder / "template"
        template.mkdir()
        import_id = brought(template)
        expected = undisturbed(places.copied(template, place.folder / "undisturbed"), import_id)
        for number in range(times):
            data = places.copied(template, place.folder / f"run-{number}")
            for name, verb in STEPS:
                for said in disturbed(place, data, import_id, verb, stops):
                    result.expect(False, f"run {number}, {name}: {said}")
                if name == "read":
                    with places.inside(data):
                        places.map_columns(import_id)
                result.times += 1
            for said in [*rows.differences(expected, rows.of(data)), rows.damage(data)]:
                result.expect(not said, f"run {number}: {said}")
            result.expect(rows.doubles(data) == 0, f"run {number}: doubles")
    result.seen.append(f"stopped after at most {max(stops):.1f} s")
    return result


def brought(data: Path) -> int:
    """A data folder with a file nobody has read yet; the import's id."""
    with places.inside(data):
        startup.prepare()
        path = data / "people.csv"
        write_csv(path, ROWS)
        stored = uploads.from_path(path)
        path.unlink()
        with database.transaction() as session:
            made = uploads.create(
                session, SYSTEM, file_name=path.name, size=stored.size, sha256=stored.sha256, folder=stored.folder
            )
    assert made.id is not None
    return made.id


def undisturbed(data: Path, import_id: int) -> rows.Rows:
    with places.inside(data):
        for name, verb in STEPS:
            places.work_off(verb, import_id)
            if name == "read":
                places.map_columns(import_id)
    return rows.of(data)


def disturbed(place: Places, data: Path, import_id: int, verb: Callable[..., Any], stops: list[float]) -> list[str]:
    """Starts the step, stops the server in the middle of it, starts it again and waits for the end."""
    server = place.server(data).start()
    with places.inside(data):
        job_id = places.start(verb, import_id)
    places.until(lambda: rows.job(data, job_id)[1] > 0, what="the job made no progress")
    said = []
    if rows.job(data, job_id)[0] != "running":
        said.append("it was done before the signal came")
    stops.append(terminate(server))
    if stops[-1] > STOP_SECONDS:
        said.append(f"stopped only after {stops[-1]:.1f} s")
    state, _, claim = rows.job(data, job_id)
    if (state, claim) not in (("queued", ""), ("done", claim)):
        said.append(f"the job stands as {state} with claim {claim!r}")
    with place.server(data):
        places.until(lambda: rows.job(data, job_id)[0] in ("done", "failed", "cancelled"), what="it did not go on")
    state = rows.job(data, job_id)[0]
    return said if state == "done" else [*said, f"ended as {state}"]


def terminate(server: Server) -> float:
    """Seconds from the signal, sent to the parent alone, until every process of the server is gone."""
    assert server.process is not None
    everybody = list(children(server.process.pid))
    begin = time.monotonic()
    os.kill(server.process.pid, signal.SIGTERM)
    places.until(lambda: server.process is None or server.process.poll() is not None, seconds=60)
    places.until(lambda: not any(is_alive(pid) for pid in everybody), seconds=60, what="a process was left behind")
    return time.monotonic() - begin


def is_alive(pid: int) -> bool:
    """Whether it runs; a dead one nobody has waited for does not count."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
