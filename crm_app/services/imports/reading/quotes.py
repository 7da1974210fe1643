"""Records whose quotes are not written by the rules: mended where only one reading makes sense, else refused."""

import csv
from typing import Any

from crm_app.services.imports.reading.types import Dialect

csv.field_size_limit(2**31 - 1)  # cells are limited after reading, with their place named


def options(dialect: Dialect, *, skip_spaces: bool) -> dict[str, Any]:
    """Arguments for a strict `csv.reader`: it stops at quotes that were not meant, instead of dropping them."""
    return {
        "delimiter": dialect.delimiter or "\x00",  # NULs are taken out before
        "quotechar": dialect.quotechar or None,
        "quoting": csv.QUOTE_MINIMAL if dialect.quotechar else csv.QUOTE_NONE,
        "escapechar": dialect.escapechar or None,
        "doublequote": True,
        "skipinitialspace": skip_spaces,
        "strict": True,
    }


def mend(line: str, dialect: Dialect, width: int, *, skip_spaces: bool) -> list[str] | None:
    """The cells of one line with stray quotes kept as text, if it then has `width` cells (0 = any); None otherwise.

    A quote closes a cell only where a delimiter or the end of the line follows, maybe after spaces: in
    `"Ann "Nan" Lee" ;x` the last one does.
    """
    text = line.rstrip("\r\n")
    for eager in (True, False):  # whether `"10"";x` ends a cell that holds 10", or its quote is a doubled one
        cells = _cells(text, dialect, skip_spaces, eager)
        if cells is not None and (not width or len(cells) == width or (len(cells) > width and not any(cells[width:]))):
            return cells
    return None


def _cells(text: str, dialect: Dialect, skip_spaces: bool, eager: bool) -> list[str] | None:
    cells: list[str] = []
    place = 0
    while place <= len(text):
        cell, place = _cell(text, place, dialect, skip_spaces, eager)
        if place < 0:
            return None
        cells.append(cell)
    return cells


def _cell(text: str, place: int, dialect: Dialect, skip_spaces: bool, eager: bool) -> tuple[str, int]:
    """One cell from `place` on, and where the next begins; place -1 when its quote never closes."""
    delimiter, quote = dialect.delimiter, dialect.quotechar
    while skip_spaces and text[place : place + 1] == " ":
        place += 1
    if not quote or text[place : place + 1] != quote:
        end = text.find(delimiter, place) if delimiter else -1
        end = len(text) if end < 0 else end
        return text[place:end], end + 1
    place += 1
    start = place
    while (place := text.find(quote, place)) >= 0:
        after = place + 1
        while delimiter != " " and text[after : after + 1] == " ":
            after += 1
        if text[after : after + 1] in ("", delimiter):
            return text[start:place].replace(quote * 2, quote), after + 1
        place += 2 if text[place + 1 : place + 2] == quote and not (eager and place > start) else 1
    return "", -1


def swallowed(lines: list[str], cells: list[str], width: int, arguments: dict[str, Any]) -> bool:
    """Whether a record over several lines took in others: it has not `width` cells, but one of its lines alone has."""
    if len(cells) == width or width < 2:
        return False
    for line in lines[1:]:
        try:
            if any(len(row) == width for row in csv.reader([line], **arguments)):
                return True
        except csv.Error:
            continue
    return False
