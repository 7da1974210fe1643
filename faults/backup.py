"""F12: backups while a server commits an import and another process makes contacts by hand; one is restored.

Every contact whose making was acknowledged before a backup began must be in it, and the import's rows must reach
exactly as far as its mark says.
"""

import multiprocessing
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from crm_app.services import backup, database, restoring
from crm_app.services.actor import SYSTEM
from crm_app.services.contacts import cards
from crm_app.services.imports import steps
from faults import places, rows
from faults.results import Result
from faults.served import places as folders

TIMES, ROWS = 20, 20_000
_fork = multiprocessing.get_context("fork")


def make(times: int = TIMES) -> Result:
    result = Result(
        "F12",
        f"backup while the server commits {ROWS:,} rows and somebody makes contacts",
        "intact; everything acknowledged before its start inside; restored, it is what was backed up",
    )
    with folders() as place:
        data = place.folder / "data"
        data.mkdir()
        import_id = places.prepare(data, ROWS)
        acknowledged, ended = place.folder / "acknowledged", _fork.Event()
        acknowledged.touch()
        writer = _fork.Process(target=write, args=(data, acknowledged, ended))
        writer.start()
        try:
            with place.server(data):
                places.until(lambda: known(acknowledged), what="nobody wrote")
                with places.inside(data):
                    job_id = places.start(steps.commit, import_id)
                    during = 0
                    for number in range(times):
                        during += rows.job(data, job_id)[0] == "running"
                        for said in one(data, place.folder / f"{number}.sqlite", acknowledged, import_id):
                            result.expect(False, f"backup {number}: {said}")
                        result.times += 1
                    places.until(lambda: rows.job(data, job_id)[0] == "done", what="the commit did not end")
        finally:
            ended.set()
            writer.join()
        for said in restored(place.folder / f"{times - 1}.sqlite", place.folder / "restored"):
            result.expect(False, said)
        result.seen.append(f"{during} of them during the commit, {len(known(acknowledged))} contacts acknowledged")
    return result


def write(data: Path, acknowledged: Path, ended: Any) -> None:
    """Makes contacts; each is written down after its transaction is in."""
    with places.inside(data), acknowledged.open("w", buffering=1) as file:
        number = 0
        while not ended.is_set():
            number += 1
            with database.transaction() as session:
                made = cards.create(session, SYSTEM, {"first_name": "Ada", "email": f"ada.{number}@by-hand.example"})
            file.write(f"{made.number}\n")


def known(acknowledged: Path) -> set[int]:
    """Numbers of the contacts that were acknowledged until now."""
    lines = acknowledged.read_text().splitlines(keepends=True)
    return {int(line) for line in lines if line.endswith("\n")}


def one(data: Path, target: Path, acknowledged: Path, import_id: int) -> list[str]:
    """Makes a backup; what is wrong with it."""
    before = known(acknowledged)
    backup.create(database.engine(), target=target)
    said = []
    folder = target.with_suffix("")
    folder.mkdir()
    (folder / "crm.sqlite").hardlink_to(target)
    if broken := rows.damage(folder):
        said.append(f"damaged: {broken}")
    with closing(sqlite3.connect(f"file:{target}?mode=ro&immutable=1", uri=True)) as connection:
        inside = {number for (number,) in connection.execute("SELECT number FROM contact")}
        if missing := before - inside:
            said.append(f"{len(missing)} acknowledged contacts are missing")
        mark = connection.execute("SELECT committed_row FROM import WHERE id = ?", (import_id,)).fetchone()[0]
        query = "SELECT coalesce(max(row), 0), count(*) FROM import_row WHERE import_id = ?"
        last, count = connection.execute(query, (import_id,)).fetchone()
        query = "SELECT done FROM job WHERE subject_id = ? AND kind = 'commit'"
        done = connection.execute(query, (import_id,)).fetchone()[0]
    if last > mark or count != done:
        said.append(f"the import's mark is {mark}, its last row {last}; {done} said to be done, {count} there")
    return said


def restored(path: Path, data: Path) -> list[str]:
    """Puts the backup into a new data folder; what differs from it."""
    data.mkdir()
    with places.inside(data):
        restoring.restore(database.engine(), path)
    original = path.with_suffix("")
    return [f"restored: {said}" for said in rows.differences(rows.of(original), rows.of(data))]
