"""The cells of a returned row laid over those it had: column by column, by header, wherever the columns stand now."""

from collections import Counter
from collections.abc import Sequence

from crm_app.services.escaping import escape, unescape, writable
from crm_app.services.folding import fold
from crm_app.services.imports import failed_rows

Key = tuple[str, int]  # the folded header, and which of several such columns it is


def columns_of(known: Sequence[str], headers: Sequence[str]) -> dict[int, int]:
    """Index in `known` → index in `headers` of each column that stands in both; our own two are in neither."""
    there = {key: index for index, key in enumerate(_keys(headers)) if key is not None}
    return {index: there[key] for index, key in enumerate(_keys(known)) if key in there and key is not None}


def headers_lost(known: Sequence[str], headers: Sequence[str]) -> list[str]:
    """Columns of `known` that are not among `headers`."""
    return _without(known, headers)


def headers_new(known: Sequence[str], headers: Sequence[str]) -> list[str]:
    """Columns of `headers` that are not among `known`."""
    return _without(headers, known)


def mended(before: Sequence[str], cells: Sequence[str], columns: dict[int, int]) -> list[str]:
    """The cells of a row with what came back; a cell that came back as it was written out keeps its own characters."""
    row = list(before)
    for index, place in columns.items():
        cell = cells[place]
        if cell != row[index] and cell not in _as_written(row[index]):
            row[index] = cell
    return row


def _as_written(cell: str) -> tuple[str, str]:
    """How `failed_rows` writes a cell: into a workbook, and into text."""
    return writable(cell)[0], escape(writable(unescape(cell))[0])


def _without(headers: Sequence[str], others: Sequence[str]) -> list[str]:
    there = set(_keys(others))
    return [header for header, key in zip(headers, _keys(headers), strict=True) if key is not None and key not in there]


def _keys(headers: Sequence[str]) -> list[Key | None]:
    seen: Counter[str] = Counter()
    keys: list[Key | None] = []
    for header in headers:
        folded = fold(header)
        seen[folded] += 1
        keys.append(None if failed_rows.is_ours(header) else (folded, seen[folded]))
    return keys
