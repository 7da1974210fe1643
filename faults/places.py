"""Data folders to make faults in: services on a server's data from this process, and an import ready to commit."""

import csv
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from benchmarks.import_speed import FIELDS, HEADER, write_csv
from crm_app import settings
from crm_app.jobs import queue
from crm_app.models import JobState
from crm_app.services import database, jobs, startup
from crm_app.services.actor import SYSTEM
from crm_app.services.imports import steps, uploads, work
from crm_app.services.imports.columns import ColumnMapping, Options

LOOK_SECONDS = 0.002
WAIT_SECONDS = 120.0

Found = TypeVar("Found")


@contextmanager
def inside(data: Path) -> Iterator[None]:
    """Services of this process work on that data folder; their connections are closed again at the end."""
    before = os.environ.get("CRM_DATA_DIR")
    os.environ["CRM_DATA_DIR"] = str(data)
    _forget()
    try:
        yield
    finally:
        queue.forget()
        _forget()
        if before is None:
            del os.environ["CRM_DATA_DIR"]
        else:
            os.environ["CRM_DATA_DIR"] = before


def _forget() -> None:
    settings.get.cache_clear()
    database.dispose()


def until(look: Callable[[], Found], *, seconds: float = WAIT_SECONDS, what: str = "") -> Found:
    """The first answer of `look` that is true. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(what or "what was waited for did not come")
        time.sleep(LOOK_SECONDS)
    return found


def prepare(data: Path, rows: int) -> int:
    """A database with some of the people of a file, and an import of the whole file that waits for its commit.

    Rows to create, update, leave unchanged and refuse: every outcome is among them. Returns the import's id.
    """
    with inside(data):
        startup.prepare()
        known, path = data / "known.csv", data / "people.csv"
        write_csv(path, rows)
        _some_of(path, known)
        checked(known)
        work_off(steps.commit, 1)
        id_ = checked(path)
        known.unlink()
        path.unlink()
    return id_


def _some_of(path: Path, known: Path) -> None:
    """Every fifth person, half of them from another city; and in `path` itself some rows that cannot be taken."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    city, birthday = HEADER.index("Ort"), HEADER.index("Geburtsdatum")
    with known.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(rows[0])
        for n, row in enumerate(rows[1::5]):
            out.writerow([*row[:city], "Altstadt" if n % 2 else row[city], *row[city + 1 :]])
    for row in rows[50::97]:
        row[birthday] = "31.02.1990"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def checked(path: Path) -> int:
    """An import of the file, read and checked here. Returns its id."""
    stored = uploads.from_path(path)
    with database.transaction() as session:
        made = uploads.create(
            session, SYSTEM, file_name=path.name, size=stored.size, sha256=stored.sha256, folder=stored.folder
        )
    assert made.id is not None
    work_off(steps.read, made.id)
    map_columns(made.id)
    work_off(steps.check, made.id)
    return made.id


def map_columns(import_id: int) -> None:
    """The mapping of `benchmarks.import_speed`'s file; people are found by their customer number."""
    columns = [ColumnMapping(n, header, field) for n, (header, field) in enumerate(zip(HEADER, FIELDS, strict=True))]
    with database.transaction() as session:
        steps.map_columns(session, SYSTEM, import_id, columns, Options("external_id", ("faults",)))


def work_off(verb: Callable[..., Any], import_id: int) -> None:
    """Starts a step and works on it in this process."""
    with database.transaction() as session:
        claim = jobs.claim(session, verb(session, SYSTEM, import_id).id)
    assert claim is not None
    ended = work.run(claim)
    assert ended is JobState.DONE, ended


def start(verb: Callable[..., Any], import_id: int) -> int:
    """Starts a step and leaves it to the server's workers. Returns the job's id."""
    with database.transaction() as session:
        job = verb(session, SYSTEM, import_id)
    assert job.id is not None
    queue.push(job.id)
    return int(job.id)


def copied(template: Path, data: Path) -> Path:
    """A data folder like the prepared one."""
    shutil.copytree(template, data)
    return data
