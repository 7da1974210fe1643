"""F1b: the server is killed with SIGKILL in the middle of changes of 100,000 contacts and of their undos.

A field that the search looks into is set, and a tag given; both are taken back. Each of the four is killed once at a
named point, looked at as it lies there, and gone on with by the next server. The end must be the beginning.
"""

import random
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlmodel import Session

from benchmarks.figures import quantile
from crm_app.jobs import queue
from crm_app.models import Job
from crm_app.services import database, demo, startup
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.changes import actions
from crm_app.services.changes.start import start
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.imports import steps
from faults import places, rows
from faults.results import Result
from faults.served import Places
from faults.served import places as folders

TIMES, CONTACTS = 1, 100_000
CITY, TAG = "Neu-Ulm", "Fair 2026"
EVERYBODY = ContactFilter(inactive=True)
ADMIN = Actor(None, "faults", SYSTEM.permissions, branch_ids=frozenset({1}))
PASSAGES = 12  # the chunk of the kill is one of the first so many
WAIT_SECONDS, LOOK_SECONDS = 1800.0, 0.25
# Everything a change or its undo may touch. Versions and moments grow; the timeline keeps what happened.
_STATE = {
    "contact": "SELECT {columns} FROM contact ORDER BY id",
    "contact_point": 'SELECT contact_id, kind, label, value, norm, "primary" FROM contact_point ORDER BY 1, 2, 3, 5',
    "contact_source": "SELECT contact_id, source, external_id FROM contact_source ORDER BY 1, 2",
    "contact_tag": "SELECT contact_id, tag_id FROM contact_tag ORDER BY 1, 2",
}
_NO_STATE = {"version", "updated_at"}

Begin = Callable[[Session], Job]


@dataclass(frozen=True, slots=True)
class Act:
    """One change or undo: how it begins, where it dies, and what must be true of every contact afterwards."""

    name: str
    begin: Begin
    point: str
    changed: str  # SQL: how many contacts are as the act makes them


def make(times: int = TIMES) -> Result:
    result = Result(
        "F1b",
        f"kill -9 of the server while {CONTACTS:,} contacts get a value and then a tag, and during both undos",
        "nothing half at the kill; goes on after the start; everybody changed, then everybody as before; intact",
    )
    chance = random.Random(2)
    seconds: list[float] = []
    with folders() as place:
        data = place.folder / "data"
        data.mkdir()
        with places.inside(data):
            startup.prepare()
            demo.fill(CONTACTS, lambda sentence: None)
        for _ in range(times):
            before = state(data)
            seconds.extend(carried_out(place, data, act, result) for act in _acts(chance))
            for said in differences(before, state(data)):
                result.expect(False, f"after both undos {said}")
            if broken := rows.damage(data):
                result.expect(False, f"damaged at the end: {broken}")
            result.times += 1
        shutil.rmtree(data)
    result.seen.append(
        f"an act with its kill, both starts of the server and its rest: p50 {quantile(seconds, 0.5):.0f} s"
    )
    return result


def _acts(chance: random.Random) -> list[Act]:
    made: dict[str, int] = {}

    def change(name: str, action: Callable[[Session], Any]) -> Begin:
        def begin(session: Session) -> Job:
            job = start(session, ADMIN, EVERYBODY, action(session))
            made[name] = job.subject_id
            return job

        return begin

    def undo(name: str) -> Begin:
        return lambda session: steps.undo(session, ADMIN, made[name])

    def point(kind: str) -> str:
        return (
            f"{kind}:{chance.choice(('before-chunk', 'inside-chunk', 'after-chunk'))}:{2 + chance.randrange(PASSAGES)}"
        )

    in_city = f"SELECT count(*) FROM contact WHERE city = '{CITY}'"
    tagged = f"SELECT count(*) FROM contact_tag JOIN tag ON tag.id = tag_id WHERE tag.name = '{TAG}'"
    return [
        Act("set", change("set", lambda s: actions.set_field(s, ADMIN, "city", CITY)), point("change"), in_city),
        Act("tag", change("tag", lambda s: actions.tag(s, ADMIN, [TAG])), point("change"), tagged),
        Act("undo of the tag", undo("tag"), point("undo"), f"SELECT {CONTACTS} - ({tagged})"),
        Act("undo of the field", undo("set"), point("undo"), f"SELECT {CONTACTS} - ({in_city})"),
    ]


def carried_out(place: Places, data: Path, act: Act, result: Result) -> float:
    """The act, killed once; seconds from its start to its end."""
    begun = time.monotonic()
    server = place.server(data, CRM_CRASH_AT=act.point).start()
    with closing(rows.connect(data)) as watching:  # no orderly close of ours tidies up behind the killed server
        watching.execute("SELECT count(*) FROM job").fetchone()
        job_id = _started(data, act.begin)
        _until(lambda: server.process is None or server.process.poll() is not None)
        server.kill()
    done, marked = _seen(data, act)
    result.expect(0 < done < CONTACTS, f"{act.name}: {done} contacts were done at the kill")
    result.expect(done == marked, f"{act.name}: {done} contacts were written and {marked} rows say so")
    if broken := rows.damage(data):
        result.expect(False, f"{act.name}: damaged after the kill: {broken}")
    print(f"F1b {act.name} ({act.point}): {done:,} contacts were done at the kill", file=sys.stderr, flush=True)
    with place.server(data):
        _until(lambda: rows.job(data, job_id)[0] == "done")
    done, marked = _seen(data, act)
    result.expect(done == marked == CONTACTS, f"{act.name}: {done} contacts and {marked} rows at the end")
    result.seen.append(f"{act.name}: {time.monotonic() - begun:.0f} s")
    return time.monotonic() - begun


def _until(look: Callable[[], bool]) -> None:
    """Waits without taking the work's time: an act takes half a minute and more. Raises TimeoutError."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not look():
        if time.monotonic() > deadline:
            raise TimeoutError("what was waited for did not come")
        time.sleep(LOOK_SECONDS)


def _started(data: Path, begin: Begin) -> int:
    with places.inside(data):
        with database.transaction() as session:
            job_id = begin(session).id or 0
        queue.push(job_id)
    return job_id


def _seen(data: Path, act: Act) -> tuple[int, int]:
    """Contacts that are as the act makes them, and rows that say so, seen in a copy."""
    said = "undone IS NOT NULL" if act.name.startswith("undo") else "undone IS NULL"
    subject = "SELECT subject_id FROM job ORDER BY id DESC LIMIT 1"
    with TemporaryDirectory(prefix="look-") as folder:
        for path in data.glob("crm.sqlite*"):
            if not path.name.endswith("-shm"):
                shutil.copy(path, folder)
        with closing(sqlite3.connect(Path(folder) / "crm.sqlite")) as connection:
            (changed,) = connection.execute(act.changed).fetchone()
            query = f"SELECT count(*) FROM import_row WHERE import_id = ({subject}) AND {said}"
            (marked,) = connection.execute(query).fetchone()
    return int(changed), int(marked)


def state(data: Path) -> dict[str, list[Any]]:
    """What contacts are, in a form that can be compared."""
    with closing(rows.connect(data)) as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(contact)") if row[1] not in _NO_STATE]
        columns = ", ".join(f'"{name}"' for name in names)
        return {table: connection.execute(query.format(columns=columns)).fetchall() for table, query in _STATE.items()}


def differences(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> list[str]:
    """Where the two differ, a sentence a table."""
    said = []
    for table, expected in before.items():
        if after[table] != expected:
            odd = [row for row in after[table] if row not in set(expected)][:1]
            said.append(f"{table}: {len(after[table])} rows instead of {len(expected)}, for example {odd}")
    return said
