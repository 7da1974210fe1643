"""A file's records go into the import's plan file. Runs in the reading child process."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crm_app.locales import ntext, text
from crm_app.services.errors import Invalid
from crm_app.services.fields.verdict import Level, Problem
from crm_app.services.fields.vocabulary import separator_of
from crm_app.services.imports import number_cells, plan_file, shipped_presets
from crm_app.services.imports.collecting import held_back
from crm_app.services.imports.mapping.beyond import beyond
from crm_app.services.imports.mapping.suggest import suggest
from crm_app.services.imports.plan_file import WHOLE_ROW, storable, text_json
from crm_app.services.imports.profile import ColumnProfile, Profiles
from crm_app.services.imports.reading import reader
from crm_app.services.imports.reading.types import NumberCell, ReadOut, ReadSettings, Record

CHUNK = 5_000
TOLD = 20
_WITHOUT_SURPLUS = text("This row has more cells than the header. The cells behind the last column are left out.")
_COUNT = f"SELECT (SELECT count(*) FROM cells) + (SELECT count(*) FROM ({plan_file.REFUSED}))"  # noqa: S608  (constants)


def stage(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Reads `folder/source` into a new plan file; yields `{"done": rows}`, at last the result.

    Payload: folder, file (name of the plan file to make), file_name, settings (ReadSettings as JSON), max_rows.
    Result: read_out (JSON, with the suggestions and the program known to write such files), rows, headers.
    Raises Invalid for a file that cannot be read or has more than max_rows rows.
    """
    folder = Path(payload["folder"])
    source = folder / plan_file.SOURCE
    read_out = reader.understand(source, payload["file_name"], ReadSettings(**payload["settings"]))
    profiles = Profiles(read_out.headers)
    rows = 0
    with plan_file.create(folder / payload["file"]) as connection, held_back():
        for records, problems, numbers in _chunks(reader.records(source, read_out, max_rows=payload["max_rows"])):
            taken = _take(connection, records, problems, len(read_out.headers))
            number_cells.keep(connection, numbers)
            _tell(read_out, records, problems)
            profiles.add(taken)
            rows += len(taken)
            yield {"done": rows}
        read_out.rows = connection.execute(_COUNT).fetchone()[0]
        _tell_rows_above(read_out)
        if read_out.rows == 0:
            raise Invalid(text("There are no rows below the header in this file."))
        _keep(connection, read_out, profiles.columns(), rows)
    answer = read_out_json(read_out)
    evidence = profiles.evidence()
    suggested = suggest(read_out.headers, evidence, profiles.fills())
    answer["suggestions"] = [
        {
            "target": found.target,
            "confidence": found.confidence,
            "reason": found.reason.to_json(),
            "separator": separator_of(evidence[index]),
        }
        for index, found in enumerate(beyond(read_out.headers, evidence, suggested))
    ]
    answer["product"] = shipped_presets.put_right(read_out.headers, evidence, answer["suggestions"])
    yield {"read_out": answer, "rows": read_out.rows, "headers": read_out.headers}


def _tell(read_out: ReadOut, records: list[Record], problems: list[Problem]) -> None:
    """What is to be said at once: problems of the whole file, and the first rows that could not be read."""
    numbers = {record.number for record in records}
    for problem in problems:
        is_refused = problem.level is Level.ERROR and not problem.column and problem.row not in numbers
        if problem.row is None or (is_refused and len(read_out.problems) < TOLD):
            read_out.problems.append(problem)


def _tell_rows_above(read_out: ReadOut) -> None:
    """Rows above the headings that look like data: somebody must see that they are not taken."""
    if read_out.header_row is None:
        return
    width = len(read_out.headers)
    above = [
        record
        for record in read_out.first_records
        if record.number < read_out.header_row and sum(1 for cell in record.cells if cell.strip()) > max(1, width // 2)
    ]
    if above:
        message = ntext(
            "{n} filled row above the headings is not imported.",
            "{n} filled rows above the headings are not imported.",
            len(above),
        )
        read_out.problems.insert(0, Problem(Level.WARNING, message))


def _chunks(
    found: Iterator[Record | Problem | NumberCell],
) -> Iterator[tuple[list[Record], list[Problem], list[NumberCell]]]:
    records: list[Record] = []
    problems: list[Problem] = []
    numbers: list[NumberCell] = []
    for item in found:
        if isinstance(item, Record):
            records.append(item)
        elif isinstance(item, Problem):
            problems.append(item)
        else:
            numbers.append(item)
        if len(records) + len(problems) >= CHUNK:
            yield records, problems, numbers
            records, problems, numbers = [], [], []
    if records or problems:
        yield records, problems, numbers


def _take(connection: Any, records: list[Record], problems: list[Problem], width: int) -> list[list[str]]:
    """Writes the records, each exactly `width` cells wide, and what is wrong with them; returns their cells."""
    taken = []
    notes = [
        (problem.row, WHOLE_ROW, problem.level, text_json(problem.message), _plain(problem.value))
        for problem in problems
        if problem.row is not None
    ]
    for record in records:
        cells = record.cells
        if len(cells) < width:
            cells = cells + [""] * (width - len(cells))
        elif len(cells) > width:
            if surplus := [cell for cell in cells[width:] if cell.strip()]:
                message = text_json(_WITHOUT_SURPLUS)
                notes.append((record.number, WHOLE_ROW, Level.ERROR, message, _plain(" | ".join(surplus))))
            cells = cells[:width]
        taken.append(cells)
    rows = [(record.number, storable(cells)) for record, cells in zip(records, taken, strict=True)]
    connection.executemany("INSERT INTO cells VALUES (?, ?)", rows)
    connection.executemany("INSERT INTO note VALUES (?, ?, ?, ?, ?)", notes)
    return taken


def _plain(value: str) -> str:
    return value if plan_file.is_storable(value) else value.encode("utf-8", "replace").decode()


def _keep(connection: Any, read_out: ReadOut, columns: list[ColumnProfile], taken: int) -> None:
    for column in columns:
        values = (column.index, _plain(column.header), column.filled, column.different, column.is_capped)
        connection.execute("INSERT INTO profile VALUES (?, ?, ?, ?, ?, ?)", (*values, storable(column.samples)))
    connection.execute("CREATE INDEX note_row ON note(row)")
    number_cells.finish(connection)
    plan_file.put(connection, read_out=read_out_json(read_out), rows=read_out.rows, taken=taken)


def read_out_json(read_out: ReadOut) -> dict[str, Any]:
    """A read-out as plain JSON: what the wizard shows of the reading."""
    data = asdict(read_out)
    data["problems"] = [
        {"level": p.level, "message": p.message.to_json(), "row": p.row, "column": p.column, "value": p.value}
        for p in read_out.problems
    ]
    return data
