"""The same 100,000 people taken in by ours, by django-import-export's bulk mode and by SQLite's own `.import`.

    python -m benchmarks.import_compare [--rows 100000] [--rounds 3] [--base 1000000] [--keep FOLDER]

One run on one machine, the sides in turn, each in a process and a database of its own, medians of the rounds' ratios;
so noise meets all of them. Processor time stands beside it, as it hardly feels what else the machine does. `--base 0`
leaves out the part with a table that is full already. `--keep` keeps the full databases and the other program's virtual
environment for the next run.
"""

import argparse
import csv
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import people_file
from benchmarks.figures import Figure, machine, table

NAME = "import_compare"
ROWS, ROUNDS, BASE = 100_000, 3, 1_000_000
DJANGO_TARGET, SHARE_TARGET, SPOILED_TARGET = 10.0, 0.30, 1.5
HERE = Path(__file__).parent
LOCK = HERE / "requirements-django.lock"
PRAGMAS = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", "PRAGMA cache_size=-65536")

Seconds = dict[str, float]


def bench(rows: int = ROWS, rounds: int = ROUNDS, base: int = BASE, keep: Path | None = None) -> list[Figure]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="compare-")))
        kept = keep or folder / "kept"
        kept.mkdir(parents=True, exist_ok=True)
        clean, spoiled = folder / "people.csv", folder / "spoiled.csv"
        people_file.write(clean, rows)
        bad = people_file.spoil(clean, spoiled)
        python = django(kept)
        empty = [a_round(folder, clean, spoiled, python) for _ in range(rounds)]
        figures = [*judged_empty(empty, rows, python), *judged_spoiled(empty, rows, bad)]
        if base:
            full_base(kept, base)
            full = [on_full(folder, clean, kept, base) for _ in range(rounds)]
            figures += judged_share(full, rows, f"into {base:,} contacts")
    return figures


def a_round(folder: Path, clean: Path, spoiled: Path, python: Path | None) -> Seconds:
    """Every side once on an empty database; seconds by side."""
    found = {f"ours {step}": taken for step, taken in ours(folder, clean).items()}
    if python is not None:
        found |= other(folder, clean, python, "django")
        found |= other(folder, clean, python, "django, no look-up", "--no-look-up")
    found |= plain(folder, clean, None, 0)
    for kind in ("refuse", "take"):
        found |= {f"spoiled, {kind} {step}": taken for step, taken in ours(folder, spoiled, "--bad", kind).items()}
    tell(found)
    return found


def on_full(folder: Path, clean: Path, kept: Path, base: int) -> Seconds:
    """Ours and `.import`, each into a copy of a database that is full already."""
    found = {f"ours {step}": taken for step, taken in ours(folder, clean, base=kept / f"base-{base}").items()}
    found |= plain(folder, clean, kept / f"plain-{base}.sqlite", base)
    tell(found)
    return found


def tell(found: Seconds) -> None:
    said = ", ".join(f"{name} {taken:.1f}" for name, taken in found.items())
    print(f"{NAME}: {said} s (load {os.getloadavg()[0]:.1f})", file=sys.stderr, flush=True)


def ours(folder: Path, file: Path, *options: str, base: Path | None = None) -> Seconds:
    """Seconds of read, check and commit, of the last two, of all three, and of the processor for them."""
    data = folder / "data"
    if base is not None:
        shutil.copytree(base, data)
    environment = {**os.environ, "CRM_DATA_DIR": str(data)}
    answer = said([sys.executable, "-m", "benchmarks.one_import", str(file), *options], environment)
    shutil.rmtree(data)
    seconds: Seconds = answer["seconds"]
    made = answer["planned"]["create"]
    assert answer["written"]["contact"] == answer["written"]["import_row"] == made > 0, answer
    late = seconds["check"] + seconds["commit"]
    return seconds | {"check + commit": late, "whole": late + seconds["read"], "whole, processor": answer["processor"]}


def said(command: list[str], environment: dict[str, str] | None = None) -> dict[str, Any]:
    """The JSON on the last line of what a program says."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=HERE.parent, env=environment)
    if done.returncode:
        raise RuntimeError(f"{command} failed:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def django(kept: Path) -> Path | None:
    """The interpreter of a virtual environment with django-import-export; None when it cannot be installed."""
    place = kept / "django"
    python = place / "bin" / "python"
    if python.exists():
        return python
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--compile", "--require-hashes", "-r", str(LOCK)]
    done = subprocess.run(install, check=False, capture_output=True, text=True)
    if done.returncode == 0:
        return python
    shutil.rmtree(place)
    last = (done.stderr.strip().splitlines() or [""])[-1]
    print(f"{NAME}: django-import-export cannot be installed, left out: {last}", file=sys.stderr)
    return None


def other(folder: Path, file: Path, python: Path, side: str, *options: str) -> Seconds:
    """Seconds that django-import-export needs, from the file to the last row, and of the processor."""
    database = folder / "other.sqlite"
    found = said([str(python), str(HERE / "django_import.py"), str(file), str(database), *options])
    remove(database)
    return {side: found["load"] + found["import"], f"{side}, processor": found["processor"]}


def plain(folder: Path, file: Path, full: Path | None, base: int) -> Seconds:
    """Seconds of `.import` of finished rows into a table with the columns and indexes of `contact`, also of the
    processor.
    """
    finished, target = folder / "finished.csv", folder / "plain.sqlite"
    people_file.finish(file, finished, base)
    if full is None:
        make_table(target, folder)
    else:
        shutil.copy(full, target)
    with closing(sqlite3.connect(target)) as connection:
        connection.execute(PRAGMAS[0])
        before = connection.execute("SELECT count(*) FROM contact").fetchone()[0]
    begin, used = time.perf_counter(), sum(os.times()[:4])
    if shutil.which("sqlite3"):
        # It says of each row that the columns behind the last one given are NULL: nobody listens.
        script = "\n".join([*(f"{pragma};" for pragma in PRAGMAS), f".import --csv {finished} contact"])
        subprocess.run(
            ["sqlite3", str(target)], input=script, text=True, check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    else:
        by_hand(target, finished)
    taken, used = time.perf_counter() - begin, sum(os.times()[:4]) - used
    with closing(sqlite3.connect(target)) as connection:
        rows = connection.execute("SELECT count(*) FROM contact").fetchone()[0] - before
    with finished.open(newline="", encoding="utf-8") as lines:
        assert rows == sum(1 for _ in lines), rows
    remove(target)
    return {".import": taken, ".import, processor": used}


def by_hand(target: Path, finished: Path) -> None:
    """What `.import` does, where there is no `sqlite3` program."""
    with closing(sqlite3.connect(target)) as connection, finished.open(newline="", encoding="utf-8") as lines:
        for pragma in PRAGMAS:
            connection.execute(pragma)
        marks = ", ".join("?" * len(people_file.FINISHED))
        statement = f"INSERT INTO contact ({', '.join(people_file.FINISHED)}) VALUES ({marks})"
        connection.executemany(statement, csv.reader(lines))
        connection.commit()


def make_table(target: Path, folder: Path, source: Path | None = None) -> None:
    """`contact` as the product makes it, columns that finished rows give in front; with the rows of `source`."""
    data = folder / "schema"
    prepare = "from crm_app.services.startup import prepare; prepare()"
    environment = {**os.environ, "CRM_DATA_DIR": str(data)}
    subprocess.run([sys.executable, "-c", prepare], check=True, cwd=HERE.parent, env=environment)
    with closing(sqlite3.connect(data / "crm.sqlite")) as model:
        kinds = {row[1]: (row[2], row[3]) for row in model.execute("PRAGMA table_info(contact)")}
        query = "SELECT sql FROM sqlite_master WHERE tbl_name = 'contact' AND type = 'index' AND sql IS NOT NULL"
        indexes = [row[0] for row in model.execute(query)]
    names = [*people_file.FINISHED, *(name for name in kinds if name not in people_file.FINISHED)]
    columns = [f"{name} {kinds[name][0]}{' NOT NULL' if kinds[name][1] else ''}" for name in names]
    with closing(sqlite3.connect(target)) as connection:
        connection.execute(PRAGMAS[0])
        connection.execute("PRAGMA cache_size=-524288")
        connection.execute(f"CREATE TABLE contact ({', '.join(columns)}, PRIMARY KEY (id), UNIQUE (number))")
        if source is not None:
            connection.execute("ATTACH ? AS source", (str(source),))
            listed = ", ".join(names)
            connection.execute(f"INSERT INTO contact ({listed}) SELECT {listed} FROM source.contact ORDER BY id")
        for statement in indexes:
            connection.execute(statement)
        connection.commit()
    shutil.rmtree(data)


def full_base(kept: Path, contacts: int) -> None:
    """Databases with so many contacts, ours and the plain one, made once."""
    data, flat = kept / f"base-{contacts}", kept / f"plain-{contacts}.sqlite"
    if not data.exists():
        fill = f"from crm_app.services import demo, startup; startup.prepare(); demo.fill({contacts}, print)"
        making = kept / "making"
        shutil.rmtree(making, ignore_errors=True)
        environment = {**os.environ, "CRM_DATA_DIR": str(making)}
        subprocess.run(
            [sys.executable, "-c", fill], check=True, cwd=HERE.parent, env=environment, stdout=subprocess.DEVNULL
        )
        making.rename(data)
    if not flat.exists():
        making = kept / "making.sqlite"
        remove(making)
        make_table(making, kept, data / "crm.sqlite")
        making.rename(flat)


def remove(database: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def median(rounds: list[Seconds], side: str) -> float:
    return statistics.median(found[side] for found in rounds)


def ratio(rounds: list[Seconds], over: str, under: str) -> float:
    """Median of the rounds' own ratios of seconds."""
    return statistics.median(found[over] / found[under] for found in rounds)


def rate(rounds: list[Seconds], side: str, rows: int) -> str:
    taken = median(rounds, side)
    return f"{rows / taken:,.0f} rows/s ({taken:.1f} s)"


def judged_empty(rounds: list[Seconds], rows: int, python: Path | None) -> list[Figure]:
    found = judged_share(rounds, rows, "into an empty database")
    if python is None:
        return [*found, Figure(NAME, "django-import-export, bulk mode", "cannot be installed here", "≥ 10 ×")]
    for side in ("django", "django, no look-up"):
        what = side.replace("django", "django-import-export, bulk mode")
        found.append(Figure(NAME, f"{what}, {rows:,} rows", rate(rounds, side, rows)))
    for side in ("whole", "check + commit"):
        times = ratio(rounds, "django", f"ours {side}")
        what = f"ours, {named(side)}, beside django-import-export"
        found.append(Figure(NAME, what, f"{times:.1f} ×", f"≥ {DJANGO_TARGET:.0f} ×", times >= DJANGO_TARGET))
    times = ratio(rounds, "django, processor", "ours whole, processor")
    return [*found, Figure(NAME, "the same in processor time", f"{times:.1f} ×")]


def judged_share(rounds: list[Seconds], rows: int, where: str) -> list[Figure]:
    found = [Figure(NAME, f"`.import`, {rows:,} rows {where}", rate(rounds, ".import", rows))]
    found += [
        Figure(NAME, f"ours, {named(side)}, {where}", rate(rounds, f"ours {side}", rows))
        for side in ("read", "check alone", "check", "commit", "check + commit", "whole")
    ]
    for side in ("whole", "check + commit"):
        share = ratio(rounds, ".import", f"ours {side}")
        what = f"ours, {named(side)}, beside `.import`, {where}"
        found.append(Figure(NAME, what, f"{share:.0%}", f"≥ {SHARE_TARGET:.0%}", share >= SHARE_TARGET))
    share = ratio(rounds, ".import, processor", "ours whole, processor")
    return [
        *found,
        Figure(NAME, f"ours, read + check + commit, beside `.import`, {where}, in processor time", f"{share:.0%}"),
    ]


def judged_spoiled(rounds: list[Seconds], rows: int, bad: int) -> list[Figure]:
    found = []
    for kind, what in (("refuse", "bad rows refused"), ("take", "rows taken without their bad cells")):
        times = ratio(rounds, f"spoiled, {kind} whole", "ours whole")
        label = f"file with {bad / rows:.0%} bad rows beside the clean one, {what}"
        value = f"{times:.2f} × ({median(rounds, f'spoiled, {kind} whole'):.1f} s)"
        used = ratio(rounds, f"spoiled, {kind} whole, processor", "ours whole, processor")
        value += f"; {used:.2f} × in processor time"
        found.append(Figure(NAME, label, value, f"≤ {SPOILED_TARGET} ×", times <= SPOILED_TARGET))
    return found


def named(side: str) -> str:
    names = {"whole": "read + check + commit", "check alone": "check without the look for probable duplicates"}
    return names.get(side, side)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--base", type=int, default=BASE)
    parser.add_argument("--keep", type=Path)
    wanted = parser.parse_args()
    print(f"{table(bench(wanted.rows, wanted.rounds, wanted.base, wanted.keep))}\n\n{machine()}")


if __name__ == "__main__":
    main()
