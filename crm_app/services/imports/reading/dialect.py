"""Which delimiter, quote and escape character does this text use?

Candidate dialects are generated, the sample is split by each (`split.py`), and each split is judged by the shape of its
rows and the kinds of its cells (`judge.py`). From van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by
detecting row and type patterns" (2019): row pattern × cell type, and that a one-column reading must compete too. From
García, "Detecting CSV file dialects by table uniformity measurement and data type inference" (2024): uniformity of
widths, and of kinds within a column. From DuckDB's sniffer: quotes count where they open and close at cell borders. The
weights were fitted as a conditional logit over candidates, on tables spoiled on purpose.

Bounded: 64 KB and 200 rows are judged, whatever is handed in; where the two best are close, CleverCSV is asked on 6 KB.
"""

import math
import re

from crm_app.services.imports.reading.judge import features
from crm_app.services.imports.reading.split import split
from crm_app.services.imports.reading.types import Dialect

SAMPLE = 65_536  # characters
COMMON = (",", ";", "\t", "|", ":", " ")
RARE = (
    "^",
    "~",
    "#",
    "&",
    "*",
    "/",
    "§",
    "¦",
    "!",
    "$",
    "%",
    "@",
    "=",
    "+",
    "_",
    "-",
    "\x01",
    "\x1d",
    "\x1e",
    "\x1f",
    "¬",
    "·",
)
_SEP_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?[;,\t ]*(?:\r\n|\r|\n|$)", re.IGNORECASE)

WEIGHTS: dict[str, float] = {}


def sep_line(sample: str) -> str | None:
    """The delimiter of Excel's first line `sep=;`, or None."""
    match = _SEP_LINE.match(sample)
    return match[1] if match else None


def prepare(sample: str) -> tuple[str, list[str]]:
    """The part of the sample that is judged and its lines; a line cut off at the end is left out, comments too."""
    text = sample[:SAMPLE].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(sample) > SAMPLE or len(text) >= SAMPLE:
        text = text[: text.rfind("\n") + 1] or text
    lines = text.splitlines(keepends=True) if False else re.findall(r"[^\n]*\n|[^\n]+", text)
    kept = [line for line in lines if line.strip() and not line.startswith("#")]
    if 2 * len(kept) < len(lines) and not any(kept):
        kept = lines
    kept = kept or lines
    return "".join(kept), kept


def judged(sample: str) -> list[tuple[Dialect, dict[str, float]]]:
    text, lines = prepare(sample)
    found = []
    for delimiter in ("", *_delimiters(lines)):
        parts = split(text, delimiter, lines)
        found.append((Dialect(delimiter, parts.quotechar, parts.escapechar), features(parts)))
    return found


def _delimiters(lines: list[str]) -> list[str]:
    """Characters that could be delimiters: they stand in enough lines."""
    probe = lines[:200]
    found = []
    for char in (*COMMON, *RARE):
        there = sum(char in line for line in probe)
        needed = 1 if char in ",;\t|" else max(1, 0.5 * len(probe))
        if there >= needed and there:
            found.append(char)
    return found


def candidates(sample: str) -> list[tuple[Dialect, float]]:
    """Every dialect considered with its score (log odds), best first."""
    scored = [
        (dialect, sum(WEIGHTS.get(name, 0.0) * value for name, value in found.items()))
        for dialect, found in judged(sample)
    ]
    scored.sort(key=lambda item: -item[1])
    return scored
