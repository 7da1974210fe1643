"""A file handed to a running server's own workers from another process: reads, checks, commits, and says when.

    python -m benchmarks.hand_over FILE [--own] [--stay]

The environment names the server's data (`CRM_DATA_DIR`). `--own` works on the commit in this process, as `crm import`
does, to see what it costs the server to do it on a thread of its own. `--stay` waits before the commit for a line on
standard input. One JSON line a step: name, begin and end (monotonic clock), id and folder of the import.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.import_speed import FIELDS, HEADER
from crm_app.jobs import queue
from crm_app.models import Import, Job, JobState
from crm_app.services import database, jobs
from crm_app.services.actor import SYSTEM
from crm_app.services.imports import steps, uploads, work
from crm_app.services.imports.columns import ColumnMapping, Options

LOOK_SECONDS = 0.05


def main(path: Path, *, is_own: bool, stays: bool) -> None:
    stored = uploads.from_path(path)
    with database.transaction() as session:
        made = uploads.create(
            session, SYSTEM, file_name=path.name, size=stored.size, sha256=stored.sha256, folder=stored.folder
        )
    assert made.id is not None
    step("read", steps.read, made.id)
    columns = [ColumnMapping(n, header, field) for n, (header, field) in enumerate(zip(HEADER, FIELDS, strict=True))]
    with database.transaction() as session:
        steps.map_columns(session, SYSTEM, made.id, columns, Options("email", ("bench",)))
    step("check", steps.check, made.id)
    if stays:
        sys.stdin.readline()
    step("commit", steps.commit, made.id, is_own=is_own)


def step(name: str, verb: Callable[..., Job], import_id: int, *, is_own: bool = False) -> None:
    """Starts a step, leaves it to the server (or works on it here) and waits for its end."""
    begin = time.monotonic()
    with database.transaction() as session:
        job = verb(session, SYSTEM, import_id)
        assert job.id is not None
        claim = jobs.claim(session, job.id, jobs.CLI) if is_own else None
    if claim is not None:
        work.run(claim)
    else:
        queue.push(job.id)
    ended = wait(job.id)
    said: dict[str, Any] = {"step": name, "begin": begin, "end": time.monotonic(), "state": ended, "import": import_id}
    with database.reading() as session:
        found = session.get_one(Import, import_id)
        said |= {"folder": str(uploads.place_of(found)), "rows": found.rows, "error": found.error}
    print(json.dumps(said), flush=True)
    if ended != JobState.DONE:
        sys.exit(1)


def wait(job_id: int) -> str:
    """The state in which the job ended."""
    while True:
        with database.reading() as session:
            job = session.get(Job, job_id)
            assert job is not None
            if job.is_finished:
                return job.state
        time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    main(Path(sys.argv[1]), is_own="--own" in sys.argv[2:], stays="--stay" in sys.argv[2:])
