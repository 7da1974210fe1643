"""How a sample splits under one delimiter: which quote and escape character fit it, and the rows that come out."""

import csv
import re
from dataclasses import dataclass
from typing import Any

from crm_app.services.imports.reading.types import KEY_HEADER

ROWS = 200
QUOTES = ('"', "'", "`")
LONGEST_CELL_LINES = 60  # a quoted cell over more lines than this must close by the rules, or it is a stray quote


@dataclass(frozen=True, slots=True)
class Split:
    """`rows` without blank ones; `quoted` = the share of quotes that open or close a cell at its border, 0…1."""

    delimiter: str
    quotechar: str
    escapechar: str
    rows: list[list[str]]
    quoted: float
    runaway: bool  # a quote stayed open: the rows were split again without quotes


def split(sample: str, delimiter: str, lines: list[str]) -> Split:
    """Splits `lines` (those of `sample`, with their ends) by `delimiter` ('' = one column)."""
    quote, fit = best_quote(sample, delimiter)
    escape = best_escape(sample, delimiter, quote)
    rows = read(lines, delimiter, quote, escape)
    if rows is None:
        return Split(delimiter, quote, escape, read(lines, delimiter, "", escape) or [], fit / 2, True)
    return Split(delimiter, quote, escape, rows, fit, False)


def is_ours(sample: str) -> bool:
    """Whether we wrote this file ourselves (`failed_rows_file.py`): quotes are the usual ones, and doubled inside."""
    return KEY_HEADER in sample


def best_quote(sample: str, delimiter: str) -> tuple[str, float]:
    """The quote character whose uses best stand at cell borders, and the share of its uses that do."""
    found, best, share = "", 0, 0.0
    border = re.escape(delimiter) or r"\n"
    for quote in QUOTES[:1] if is_ours(sample) else QUOTES:
        total = sample.count(quote)
        if not total:
            continue
        mark = re.escape(quote)
        # An apostrophe before a text in apostrophes marks it as text, as our own files do: ''Bea' opens no cell.
        text = "" if quote == '"' else rf"(?!{mark}(?!{mark}| *(?:$|[\r\n]|{border})))"
        opening = len(re.findall(rf"(?:^|(?<=[\r\n])|(?<={border})) *{mark}{text}", sample))
        closing = len(re.findall(rf"{mark} *(?=$|[\r\n]|{border})", sample))
        both = min(opening, closing)
        # A quote that closes below the line it opened in stands at the start of a line like one that opens.
        if both <= best or max(opening, closing) > both * (2.2 if quote == '"' else 1.5) + 2:
            continue
        if quote != '"' and (both < 2 or 2 * both < 0.4 * total):
            continue
        found, best, share = quote, both, min(1.0, 2 * both / total)
    return found, share


def best_escape(sample: str, delimiter: str, quote: str) -> str:
    """A backslash, if quotes (or delimiters, where nothing is quoted) are written after one."""
    if "\\" not in sample or is_ours(sample):
        return ""
    border = re.escape(delimiter) or r"\n"
    if quote:
        mark = re.escape(quote)
        inside = len(re.findall(rf"(?<!\\)\\{mark}(?! ?(?:{border}|[\r\n]|$))", sample))
        doubled = len(re.findall(rf"(?<![\r\n]|{border}){mark}{mark}(?! ?(?:{border}|[\r\n]|$))", sample))
        if inside > doubled:
            return "\\"
    if delimiter and delimiter != "\\" and re.search(rf"(?<!\\)\\{border}", sample):
        return "\\"
    return ""


def read(lines: list[str], delimiter: str, quote: str, escape: str) -> list[list[str]] | None:
    """The first rows; None if a quote stays open over too many lines or to the end."""
    if not delimiter and not quote:
        return [[line.strip("\r\n")] for line in lines if line.strip()][:ROWS]
    options: dict[str, Any] = {
        "delimiter": delimiter or "\x00",
        "quotechar": quote or None,
        "quoting": csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        "escapechar": escape or None,
        "skipinitialspace": delimiter != " " or is_aligned(lines),
    }
    clean = [line.replace("\x00", "") for line in lines] if "\x00" in "".join(lines) else lines
    reader = csv.reader(clean, **options)
    rows: list[list[str]] = []
    before = 0
    try:
        for row in reader:
            span = reader.line_num - before
            if span > LONGEST_CELL_LINES and not _closes(clean[before : reader.line_num], row, rows, options):
                return None
            if span > 1 and reader.line_num == len(clean) and _left_open(clean[before:], options):
                return None
            before = reader.line_num
            if any(cell.strip() for cell in row):
                rows.append(row)
                if len(rows) >= ROWS:
                    break
    except csv.Error:
        return None
    return rows


def is_aligned(lines: list[str]) -> bool:
    """Whether columns stand under each other by runs of spaces: several spaces are then one delimiter."""
    probe = lines[:100]
    return sum("   " in line.strip() for line in probe) * 2 > len(probe)


def _closes(lines: list[str], row: list[str], before: list[list[str]], reader_options: dict[str, Any]) -> bool:
    """Whether a long record is one by the strict rules and as wide as a row before it."""
    try:
        return len(list(csv.reader(lines, strict=True, **reader_options))) == 1 and len(row) in map(len, before)
    except csv.Error:
        return False


def _left_open(lines: list[str], reader_options: dict[str, Any]) -> bool:
    """Whether these lines, one record by the lenient reader, end inside a quoted cell."""
    try:
        list(csv.reader(lines, strict=True, **reader_options))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False
