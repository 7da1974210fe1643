"""How fast a file becomes contacts: staging, check and commit, beside what SQLite itself takes to store such rows.

    python -m benchmarks.import_speed [--rows 100000] [--base 0] [--json]

`--base` fills the database with so many other contacts first; `--json` ends with one line of rows/s. The floor is
`executemany` of finished tuples into a table like `contact` with the same indexes, the speed of `sqlite3 .import` (see
the ratio in README.md).
"""

import argparse
import csv
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure

NAME = "import_speed"
ROWS = 100_000
SHARE_TARGET = 0.30
HEADER = ["Kundennr", "Vorname", "Nachname", "E-Mail", "Telefon", "Ort", "PLZ", "Geburtsdatum", "Tags", "Notiz"]
FIELDS = [
    "external_id",
    "first_name",
    "last_name",
    "email",
    "phone",
    "city",
    "postal_code",
    "birth_date",
    "tags",
    "notes",
]
FIRST = "Anna Ben Clara David Eva Felix Greta Hannes Ida Jan Klara Lukas Mia Noah Ola Paul Rosa Sami Tina Uwe".split()
LAST = (
    "Müller Schmidt Rossi Bianchi Kowalska Nowak Weber Fischer Ricci Wójcik Becker Hoffmann Conti Lewandowska".split()
)
CITIES = [("Berlin", "10115"), ("Köln", "50667"), ("Hamburg", "20095"), ("München", "80331"), ("Kraków", "30001")]
TAGS = ["newsletter", "kurs a", "kurs b", "messe"]


def write_csv(path: Path, rows: int, seed: int = 1) -> None:
    """Invented people, each with an address, a phone and a birthday of their own."""
    random_ = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        for n in range(rows):
            first, last = random_.choice(FIRST), f"{random_.choice(LAST)}{random_.randrange(500)}"
            city, postal_code = random_.choice(CITIES)
            birthday = f"{random_.randrange(1, 29):02}.{random_.randrange(1, 13):02}.{random_.randrange(1950, 2010)}"
            tags = ", ".join(random_.sample(TAGS, random_.randrange(3)))
            phone = f"030 {random_.randrange(2_000_000, 9_999_999)}"
            note = "ruft zurück" if n % 7 == 0 else ""
            mail = f"{first}.{n}.{seed}@example.org".lower()
            out.writerow([f"K-{seed}-{n}", first, last, mail, phone, city, postal_code, birthday, tags, note])


def floor(path: Path, database: Path) -> float:
    """Seconds that SQLite needs to store the CSV's cells in a table indexed like `contact`."""
    with closing(sqlite3.connect(database)) as source:
        columns = [row[1] for row in source.execute("PRAGMA table_info(contact)")]
        query = "SELECT sql FROM sqlite_master WHERE tbl_name = 'contact' AND type IN ('table', 'index')"
        statements = [row[0] for row in source.execute(query) if row[0]]
    target = database.with_name("floor.sqlite")
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(target)) as connection, path.open(newline="", encoding="utf-8") as file:
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;")
        for statement in sorted(statements, key=lambda sql: not sql.startswith("CREATE TABLE")):
            connection.execute(statement)
        marks = ", ".join(f":{name}" for name in columns)
        rows = csv.DictReader(file, fieldnames=FIELDS)
        next(rows)
        defaults = dict.fromkeys(columns) | {
            "branch_id": 1, "lifecycle": "contact", "active": 1, "custom": "{}", "version": 1,
            "created_at": "2026-01-01 00:00:00.000000", "updated_at": "2026-01-01 00:00:00.000000",
        }  # fmt: skip
        started, used = time.perf_counter(), time.process_time()
        connection.executemany(
            f"INSERT INTO contact VALUES ({marks})",
            (
                defaults | row | {"number": n, "search_text": row["email"], "sort_name": row["last_name"]}
                for n, row in enumerate(rows, 1)
            ),
        )
        connection.commit()
        print(f"{'SQLite alone, CPU':<28} {time.process_time() - used:7.2f} s")
        return time.perf_counter() - started


def timed(name: str, rows: int, work: Callable[[], Any]) -> float:
    started, used = time.perf_counter(), sum(os.times()[:4])
    work()
    seconds, used = time.perf_counter() - started, sum(os.times()[:4]) - used
    print(f"{name:<28} {seconds:7.2f} s {rows / seconds:10,.0f} rows/s {used:7.2f} s of CPU", flush=True)
    return seconds


def bench(rows: int = ROWS) -> list[Figure]:
    """The same in a process of its own, as figures."""
    command = [sys.executable, "-m", "benchmarks.import_speed", "--rows", str(rows), "--json"]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    found: dict[str, float] = json.loads(answer.stdout.splitlines()[-1])
    figures = [Figure(NAME, f"{name}, {rows:,} rows", f"{rate:,.0f} rows/s") for name, rate in found.items()]
    share = found["check + commit"] / found["SQLite alone"]
    what = "check + commit beside SQLite alone, in one run"
    return [*figures, Figure(NAME, what, f"{share:.0%}", f"≥ {SHARE_TARGET:.0%}", share >= SHARE_TARGET)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--base", type=int, default=0)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CRM_DATA_DIR"] = folder
        rates = measure(Path(folder), wanted.rows, wanted.base)
    if wanted.json:
        print(json.dumps(rates))


def measure(folder: Path, rows: int, base: int) -> dict[str, float]:
    """Rows a second of each step."""
    from crm_app.services import database, demo, startup
    from crm_app.services.actor import SYSTEM
    from crm_app.services.imports import steps, uploads
    from crm_app.services.imports.columns import ColumnMapping, Options

    rates: dict[str, float] = {}
    startup.prepare()
    if base:
        demo.fill(base, print)
    path = folder / "people.csv"
    write_csv(path, rows)
    for again in (False, True):
        stored = uploads.from_path(path)
        with database.transaction() as session:
            made = uploads.create(
                session, SYSTEM, file_name="people.csv", size=stored.size, sha256=stored.sha256, folder=stored.folder
            )
        assert made.id is not None
        id_, label = made.id, " (again)" if again else ""
        read = timed("read" + label, rows, lambda id_=id_: run(steps.read, id_))
        columns = [
            ColumnMapping(n, header, field) for n, (header, field) in enumerate(zip(HEADER, FIELDS, strict=True))
        ]
        with database.transaction() as session:
            steps.map_columns(session, SYSTEM, id_, columns, Options("email", ("bench",)))
        checked = timed("check" + label, rows, lambda id_=id_: run(steps.check, id_))
        committed = timed("commit" + label, rows, lambda id_=id_: run(steps.commit, id_))
        print(
            f"{'check + commit' + label:<28} {checked + committed:7.2f} s {rows / (checked + committed):10,.0f} rows/s"
        )
        rates |= {"read" + label: rows / read, "check" + label: rows / checked, "commit" + label: rows / committed}
        rates["check + commit" + label] = rows / (checked + committed)
        if not again:
            first = checked + committed
    stored_in = floor(path, folder / "crm.sqlite")
    print(f"{'SQLite alone':<28} {stored_in:7.2f} s {rows / stored_in:10,.0f} rows/s")
    print(f"check + commit reach {stored_in / first:.0%} of SQLite alone")
    print(f"memory of this process at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return rates | {"SQLite alone": rows / stored_in}


def run(verb: Callable[..., Any], import_id: int) -> None:
    """Starts a step and works on it here."""
    from crm_app.services import database, jobs
    from crm_app.services.actor import SYSTEM
    from crm_app.services.imports import work

    with database.transaction() as session:
        claim = jobs.claim(session, verb(session, SYSTEM, import_id).id)
    assert claim is not None
    ended = work.run(claim)
    assert ended == "done", ended


if __name__ == "__main__":
    main()
