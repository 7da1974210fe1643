"""A CSV and a workbook with as many rows as a sheet can have, through a real server: read, checked and committed.

    python -m benchmarks.full_sheet [--rows 1048575] [--kinds csv xlsx] [--keep FOLDER]

A second process hands the file over; the server's own workers do the rest. Looked at meanwhile: the memory of the
server's processes, two plain requests of other people, and pages of the preview, before the commit also in a browser.
`--keep` keeps the files for the next run.
"""

import argparse
import csv
import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from playwright.sync_api import Page

from benchmarks import browser
from benchmarks.figures import Figure, machine, quantile, spread, table
from benchmarks.import_speed import HEADER, write_csv
from benchmarks.memory import Sampler
from benchmarks.server_during_import import Prober, Sample, within
from crm_app.models import Outcome
from crm_app.services.imports import preview
from crm_app.web import build
from tests.e2e.server import Server

NAME = "full_sheet"
ROWS, CONTACTS = 1_048_575, 20_000  # and a header: 1,048,576 rows, the most of a sheet
KINDS = ("csv", "xlsx")
BAD_EVERY = 97
GROWTH_LIMIT, PAGE_SECONDS, READ_SECONDS = 300_000_000, 0.3, 0.5
TIMES = 10


def bench(rows: int = ROWS, kinds: tuple[str, ...] = KINDS, keep: Path | None = None) -> list[Figure]:
    figures: list[Figure] = []
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(TemporaryDirectory(prefix="sheet-")))
        folder.mkdir(parents=True, exist_ok=True)
        for kind in kinds:
            figures += taken_in(file_of(folder, kind, rows), rows)
    return figures


def file_of(folder: Path, kind: str, rows: int) -> Path:
    """The file, made when it is not there yet: invented people, an impossible birthday now and then."""
    path, people = folder / f"people-{rows}.{kind}", folder / f"people-{rows}.csv"
    if not people.exists():
        plain = folder / "plain"
        write_csv(plain, rows)
        column = HEADER.index("Geburtsdatum")
        with plain.open(newline="", encoding="utf-8") as file, people.open("w", newline="", encoding="utf-8") as out:
            sink = csv.writer(out)
            for n, row in enumerate(csv.reader(file)):
                if n % BAD_EVERY == 1:
                    row[column] = "31.02.1990"
                sink.writerow(row)
        plain.unlink()
    if not path.exists():
        with xlsxwriter.Workbook(path) as book, people.open(newline="", encoding="utf-8") as file:
            sheet = book.add_worksheet("Personen")
            for n, row in enumerate(csv.reader(file)):
                sheet.write_row(n, 0, row)
    return path


def taken_in(path: Path, rows: int) -> list[Figure]:
    with browser.serving(CONTACTS) as server, browser.signed_in(server) as page:
        assert server.process is not None
        with Sampler(server.process.pid) as memory, Prober(server, browser.cookies(page)) as prober:
            importer = hand_over(server, path)
            assert importer.stdin is not None and importer.stdout is not None
            phases = [phase(importer, server), phase(importer, server)]
            data, id_ = Path(phases[-1]["folder"]), phases[-1]["import"]
            alone = pages(data, rows)
            shown = in_browser(page, server, id_)
            importer.stdin.write("go on\n")
            importer.stdin.flush()
            beside = []
            while importer.poll() is None:
                beside += [taken(look) for look in looks(data, rows).values()]
            phases.append(phase(importer, server))
    kind = path.suffix.removeprefix(".").upper()
    found = [
        *steps_of(phases, rows),
        *weights(memory),
        *preview_of(alone, shown, beside),
        *requests(prober.samples, phases),
    ]
    return [Figure(NAME, f"{kind}: {one.what}", one.value, one.target, one.reached) for one in found]


def hand_over(server: Server, path: Path) -> "subprocess.Popen[str]":
    environment = {**build.environment(server.port), "CRM_DATA_DIR": str(server.data_dir)}
    command = [sys.executable, "-m", "benchmarks.hand_over", str(path), "--stay"]
    return subprocess.Popen(
        command, env=environment, cwd=build.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def phase(importer: "subprocess.Popen[str]", server: Server) -> dict[str, Any]:
    """What the second process says of the step that ended."""
    assert importer.stdout is not None
    line = importer.stdout.readline()
    found: dict[str, Any] = json.loads(line) if line else {"state": "no word of it"}
    if found["state"] != "done":
        raise RuntimeError(f"the import failed: {found}\n{server.log.read_text()[-2000:]}")
    print(f"{NAME}: {found['step']} {found['end'] - found['begin']:.1f} s", file=sys.stderr, flush=True)
    return found


def looks(data: Path, rows: int) -> dict[str, Callable[[], object]]:
    """Pages of the preview, as the page of the check asks for them."""
    middle = rows // 2
    return {
        "first page": lambda: preview.page(data),
        "page in the middle": lambda: preview.page(data, after=middle),
        "page back from the end": lambda: preview.page(data, before=rows + 2),
        "bad rows, in the middle": lambda: preview.page(data, outcome=Outcome.INVALID, after=middle),
        "new contacts, in the middle": lambda: preview.page(data, outcome=Outcome.CREATE, after=middle),
    }


def searches(data: Path) -> dict[str, Callable[[], object]]:
    """What reads every row's cells."""
    return {
        "search, many hits": lambda: preview.page(data, query="berlin"),
        "search, no hit": lambda: preview.page(data, query="nobody has this"),
        "counts and problems": lambda: (preview.counts(data), preview.problem_groups(data)),
    }


def taken(look: Callable[[], object]) -> float:
    begin = time.perf_counter()
    look()
    return time.perf_counter() - begin


def pages(data: Path, rows: int) -> dict[str, list[float]]:
    every = {name: [taken(look) for _ in range(TIMES)] for name, look in looks(data, rows).items()}
    return every | {name: [taken(look) for _ in range(3)] for name, look in searches(data).items()}


def in_browser(page: Page, server: Server, import_id: int) -> list[float]:
    """Page turns of the preview, click → painted."""
    page.goto(f"{server.url}/imports/{import_id}/check")
    page.wait_for_selector("table.plan", timeout=120_000)
    return [browser.turn(page) for _ in range(TIMES)]


def steps_of(phases: list[dict[str, Any]], rows: int) -> list[Figure]:
    seconds = {one["step"]: one["end"] - one["begin"] for one in phases}
    said = ", ".join(f"{name} {taken:.0f} s ({rows / taken:,.0f} rows/s)" for name, taken in seconds.items())
    return [Figure(NAME, f"{rows:,} rows and a header", said, "taken in", phases[-1]["rows"] == rows)]


def weights(memory: Sampler) -> list[Figure]:
    before = sum(size for role, size in memory.start.items() if role != "reading child")
    growth = memory.together - before
    value = f"{growth / 1e6:.0f} MB, from {before / 1e6:.0f} to {memory.together / 1e6:.0f}"
    child = memory.peak.get("reading child", 0) / 1e6
    return [
        Figure(NAME, "server without reading child, growth of RSS", value, "≤ 300 MB", growth <= GROWTH_LIMIT),
        Figure(NAME, "reading child, most RSS (limit 2 GiB)", f"{child:.0f} MB"),
    ]


def preview_of(alone: dict[str, list[float]], shown: list[float], beside: list[float]) -> list[Figure]:
    found = []
    for name, seconds in alone.items():
        is_page = "search" not in name and "counts" not in name
        target, reached = ("≤ 300 ms", max(seconds) <= PAGE_SECONDS) if is_page else ("", None)
        found.append(Figure(NAME, f"`preview`: {name}", spread(seconds), target, reached))
    reached = quantile(shown, 0.95) <= PAGE_SECONDS
    found.append(Figure(NAME, "preview in the browser: page turn, click → painted", spread(shown), "≤ 300 ms", reached))
    reached = quantile(beside, 0.95) <= PAGE_SECONDS
    return [*found, Figure(NAME, "`preview`: those pages during the commit", spread(beside), "p95 ≤ 300 ms", reached)]


def requests(samples: list[Sample], phases: list[dict[str, Any]]) -> list[Figure]:
    found = []
    for path in ("/ping", "/contacts"):
        for one in phases:
            seconds = within(samples, path, one)
            reached = quantile(seconds, 0.95) <= READ_SECONDS
            what = f"GET {path} of others, while the server does: {one['step']}"
            found.append(Figure(NAME, what, spread(seconds), "p95 ≤ 500 ms", reached))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--keep", type=Path)
    wanted = parser.parse_args()
    print(f"{table(bench(wanted.rows, tuple(wanted.kinds), wanted.keep))}\n\n{machine()}")


if __name__ == "__main__":
    main()
