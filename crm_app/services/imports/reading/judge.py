"""How much a split looks like a table that somebody meant: numbers for the shape of rows and the kinds of cells."""

import math
import re
from collections import Counter

from crm_app.services.imports.reading.cells import Kind, kind
from crm_app.services.imports.reading.split import Split

CELLS = 3_000

# How well a cell of this kind speaks for the split.
_WORTH = {
    Kind.EMPTY: 0.5,
    Kind.NUMBER: 1.0,
    Kind.DATE: 1.0,
    Kind.TIME: 0.9,
    Kind.EMAIL: 1.0,
    Kind.URL: 1.0,
    Kind.PHONE: 1.0,
    Kind.MONEY: 1.0,
    Kind.CODE: 0.9,
    Kind.WORD: 0.9,
    Kind.WORDS: 0.8,
    Kind.TEXT: 0.4,
    Kind.ODD: 0.0,
}
_CLASS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", ":": "colon", " ": "space", "": "none"}


def features(split: Split) -> dict[str, float]:
    """Named numbers, most of them 0…1. Source of the ideas: see `dialect.py`."""
    rows = split.rows
    found = {f"is_{_CLASS.get(split.delimiter, 'rare')}": 1.0}
    if not rows:
        return found | {"bad": 1.0}
    widths = Counter(len(row) for row in rows)
    modal = max(widths, key=lambda width: widths[width] * (width - 0.9) / width)
    same = widths[modal] / len(rows)
    near = sum(count for width, count in widths.items() if abs(width - modal) <= 1) / len(rows)
    table = [row for row in rows if len(row) == modal]
    table = table[: max(8, CELLS // modal)]
    kinds = [[kind(cell) for cell in row] for row in table]
    flat = [each for row in kinds for each in row]
    cells = [cell for row in table for cell in row]
    count = len(flat)
    uniform = _uniformity(kinds)
    worth = sum(_WORTH[each] for each in flat) / count
    return found | {
        "same": same,
        "near": near,
        "shapes": math.log(len(widths)),
        "one": float(len(rows) == 1),
        "width": math.log2(modal),
        "wide": float(modal > 1),
        "worth": worth,
        "worth_same": worth * same,
        "uniform": uniform,
        "empty": flat.count(Kind.EMPTY) / count,
        "odd": flat.count(Kind.ODD) / count,
        "text": flat.count(Kind.TEXT) / count,
        "spaced": sum(cell[:1] == " " or cell[-1:] == " " for cell in cells) / count,
        "quoted": split.quoted,
        "runaway": float(split.runaway),
        "single": widths[1] / len(rows) if modal > 1 else 0.0,
        "inner": _inner(cells, split.delimiter),
        "rows": 0.0 if modal == 1 else math.log2(widths[modal] + 1) / 8,
        "lone_head": _lone_head(rows, modal),
        "header": _header(table[0]) if modal > 1 else 0.0,
    }


def _uniformity(kinds: list[list[Kind]]) -> float:
    """Mean over the columns of the share their commonest kind has among filled cells, the first row apart."""
    body = kinds[1:] or kinds
    total = 0.0
    for column in zip(*body, strict=True):
        filled = Counter(_family(each) for each in column if each is not Kind.EMPTY)
        total += max(filled.values()) / sum(filled.values()) if filled else 0.5
    return total / len(kinds[0])


def _family(each: Kind) -> int:
    return {Kind.WORD: 90, Kind.WORDS: 90, Kind.MONEY: 1, Kind.PHONE: 1}.get(each, int(each))


_DELIMITERS = re.compile(r"[,;\t|]")


def _inner(cells: list[str], delimiter: str) -> float:
    """Delimiters of the common kinds left inside cells, per cell (capped): a sign that another one splits better."""
    left = sum(
        min(3, len(_DELIMITERS.findall(cell)) - cell.count(delimiter or "\x00")) for cell in cells if len(cell) < 400
    )
    return min(2.0, left / len(cells))


def _lone_head(rows: list[list[str]], modal: int) -> float:
    """One word above rows of several cells that have no names of their own: a column of texts with the delimiter."""
    if modal == 1 or len(rows) < 3 or len(rows[0]) > 1 or kind(rows[0][0]) not in (Kind.WORD, Kind.CODE):
        return 0.0
    return 1.0 if len(rows[1]) != modal or _header(rows[1]) < 1 else 0.3


def _header(row: list[str]) -> float:
    """First rows are mostly distinct short names."""
    texts = [cell.strip() for cell in row]
    named = [text for text in texts if kind(text) in (Kind.WORD, Kind.WORDS, Kind.CODE)]
    return len({text.lower() for text in named}) / len(texts)
