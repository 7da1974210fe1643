"""The one door to reading: any file in, a read-out and records out. Runs in the reading process (see `child`)."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from crm_app import settings as installation
from crm_app.locales import text
from crm_app.services.fields.verdict import Level, Problem
from crm_app.services.imports.reading import delimited, vcard, workbook
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.grid import MOST_COLUMNS
from crm_app.services.imports.reading.precheck import sniff_format
from crm_app.services.imports.reading.types import Format, NumberCell, ReadOut, ReadSettings, Record

LONGEST_CELL = 32_767  # characters, Excel's own limit


def understand(path: Path, file_name: str, settings: ReadSettings | None = None) -> ReadOut:
    """How a file is written and where its header stands. `Unreadable` carries the sentence for its owner."""
    chosen = settings or ReadSettings()
    format = sniff_format(path, file_name)
    if format is Format.CSV:
        read_out = delimited.understand(path, chosen)
    elif format is Format.VCARD:
        read_out = vcard.understand(path, chosen)
    else:
        read_out = workbook.understand(path, format, chosen)
    _check_width(len(read_out.headers))
    return read_out


def records(path: Path, read_out: ReadOut, *, max_rows: int | None = None) -> Iterator[Record | Problem | NumberCell]:
    """The rows behind the header, in order. A `Problem` that no record with its number follows is a refused row.

    Nothing is cut: a cell beyond 32,767 characters refuses its row, a row beyond `max_rows` (default: the
    installation's limit) or 16,384 columns refuses the file with `Unreadable`.
    """
    limit = max_rows if max_rows is not None else installation.get().import_max_rows
    modules: dict[Format, ModuleType] = {Format.CSV: delimited, Format.VCARD: vcard}
    rows = 0
    for item in modules.get(read_out.format, workbook).records(path, read_out):
        if not isinstance(item, Record):
            yield item
            continue
        rows += 1
        if rows > limit:
            raise Unreadable(text("This file has more than {limit} rows. Split it and retry.", limit=limit))
        _check_width(len(item.cells))
        yield item if max(map(len, item.cells), default=0) <= LONGEST_CELL else _too_long(item, read_out.headers)


def _check_width(columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise Unreadable(text("This file has more than {limit} columns.", limit=MOST_COLUMNS))


def _too_long(record: Record, headers: list[str]) -> Problem:
    index = next(index for index, cell in enumerate(record.cells) if len(cell) > LONGEST_CELL)
    cell = record.cells[index]
    message = text(
        "This cell has {length} characters; at most {limit} are allowed. The row was not taken.",
        length=len(cell),
        limit=LONGEST_CELL,
    )
    column = headers[index] if index < len(headers) else delimited.column_name(index)
    return Problem(Level.ERROR, message, row=record.number, column=column, value=cell[:80])
