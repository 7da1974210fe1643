"""What `crm inspect` says about a file: how it was read, which column is which field, and what is wrong with it."""

import csv
from collections.abc import Generator, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from crm_app.locales import Text, ntext, render, text
from crm_app.services.fields.verdict import Level, Problem
from crm_app.services.imports.mapping.suggest import suggest
from crm_app.services.imports.reading import reader
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.types import ReadOut, ReadSettings, Record

MOST_PROBLEMS = 1_000  # listed one by one; the rest is counted
SAMPLES = 1_000  # cells per column that the suggestions see
_CHUNK = 1_000  # rows counted at once
_CELL_SAMPLE = 200  # characters of a cell they see
_SURPLUS = text("This row has more cells than the header. The cells behind the last column have no name.")


@dataclass(slots=True)
class Profile:
    """What is counted while the rows pass by. Memory does not grow with the file."""

    width: int
    problems: list[Problem]
    rows: int = 0
    unlisted: int = 0
    waiting: list[list[str]] = field(default_factory=list)
    filled: list[int] = field(init=False)
    samples: list[list[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.filled = [0] * self.width
        self.samples = [[] for _ in range(self.width)]

    def add(self, record: Record) -> None:
        self.rows += 1
        cells = record.cells
        if len(cells) > self.width:
            if any(cells[self.width :]):
                self.report(Problem(Level.ERROR, _SURPLUS, row=record.number))
            cells = cells[: self.width]
        self.waiting.append(cells)
        if len(self.waiting) >= _CHUNK:
            self.count()

    def count(self) -> None:
        """Takes the rows that wait, column by column."""
        for index, column in enumerate(zip(*self.waiting, strict=True)):
            self.filled[index] += len(column) - column.count("")
            if (missing := SAMPLES - len(self.samples[index])) > 0:
                self.samples[index].extend(cell[:_CELL_SAMPLE] for cell in islice(filter(None, column), missing))
        self.waiting.clear()

    def report(self, problem: Problem) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        else:
            self.unlisted += 1


def run(payload: dict[str, Any]) -> Generator[dict[str, Any], None, dict[str, Any]]:
    """The `inspect` command of the reading process: payload `path`, `sheet`, `rows_dir`, `language`."""
    yield from ()
    return inspect(payload["path"], payload.get("sheet"), payload.get("rows_dir"), payload.get("language", "en"))


def inspect(path: str, sheet: str | None = None, rows_dir: str | None = None, language: str = "en") -> dict[str, Any]:
    """Reads a whole file and describes it; an unreadable one gives `ok: false` and one sentence.

    `rows_dir` also gets `<file name>.csv`: the header as written (generated names where there is none) and every row.
    Rows count from 1, columns from 0; `confidence` and `fill` go from 0 to 1.
    """
    source = Path(path)
    try:
        read_out = reader.understand(source, source.name, ReadSettings(sheet=sheet))
        target = Path(rows_dir) / f"{source.name}.csv" if rows_dir else None
        profile = _profile(source, read_out, target)
    except Unreadable as error:
        return refused(path, error.message, language)
    except OSError as error:
        return refused(path, Text(error.strerror or type(error).__name__), language)
    return _answer(path, read_out, profile, language)


def refused(path: str, message: Text, language: str = "en") -> dict[str, Any]:
    """The answer for a file that cannot be read."""
    return {"file": path, "ok": False, "error": render(message, language)}


def _profile(source: Path, read_out: ReadOut, target: Path | None) -> Profile:
    profile = Profile(len(read_out.headers), list(read_out.problems))
    with ExitStack() as stack:
        write: Any = None
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            write = csv.writer(
                stack.enter_context(target.open("w", encoding="utf-8", errors="surrogatepass", newline=""))
            )
            write.writerow(_header_as_written(read_out))
        for item in reader.records(source, read_out):
            if isinstance(item, Problem):
                profile.report(item)
            elif isinstance(item, Record) and item.number > (read_out.header_row or 0):
                profile.add(item)
                if write is not None:
                    write.writerow(item.cells)
    profile.count()
    return profile


def _header_as_written(read_out: ReadOut) -> list[str]:
    for record in read_out.first_records:
        if record.number == read_out.header_row:
            return record.cells + [""] * (len(read_out.headers) - len(record.cells))
    return read_out.headers


def _answer(path: str, read_out: ReadOut, profile: Profile, language: str) -> dict[str, Any]:
    dialect = read_out.dialect
    return {
        "file": path,
        "ok": True,
        "format": str(read_out.format),
        "encoding": read_out.encoding,
        "delimiter": dialect.delimiter if dialect else None,
        "quotechar": dialect.quotechar if dialect else None,
        "escapechar": dialect.escapechar if dialect else None,
        "sheet": read_out.sheet,
        "sheets": [sheet.name for sheet in read_out.sheets],
        "header_row": read_out.header_row,
        "rows": profile.rows,
        "columns": list(_columns(read_out.headers, profile)),
        "problems": _problems(profile, language),
    }


def _columns(headers: list[str], profile: Profile) -> Iterable[dict[str, Any]]:
    fills = [filled / profile.rows if profile.rows else 0.0 for filled in profile.filled]
    for index, (header, suggestion) in enumerate(zip(headers, suggest(headers, profile.samples, fills), strict=True)):
        yield {
            "index": index,
            "header": header,
            "target": suggestion.target,
            "confidence": round(suggestion.confidence, 3),
            "fill": round(fills[index], 4),
        }


def _problems(profile: Profile, language: str) -> list[dict[str, Any]]:
    problems = [
        {
            "level": str(problem.level),
            "row": problem.row,
            "column": problem.column or None,
            "message": render(problem.message, language),
        }
        for problem in profile.problems
    ]
    if profile.unlisted:
        message = ntext("One more problem is not listed.", "{n} more problems are not listed.", profile.unlisted)
        problems.append(
            {"level": str(Level.WARNING), "row": None, "column": None, "message": render(message, language)}
        )
    return problems
