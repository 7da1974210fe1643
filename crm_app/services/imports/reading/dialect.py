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
from dataclasses import replace

from clevercsv.detect import Detector
from clevercsv.exceptions import Error as CleverError
from clevercsv.exceptions import NoDetectionResult

from crm_app.services.imports.reading.judge import features
from crm_app.services.imports.reading.split import best_escape, best_quote, split
from crm_app.services.imports.reading.types import Dialect

SAMPLE = 65_536  # characters
CLOSE = 1.0  # log odds between the two best under which CleverCSV is asked
COMMON = (",", ";", "\t", "|", ":", " ")
RARE = tuple("^~§¦¬\x01\x1d\x1e\x1f")
UNLIKELY = tuple("#&*/!$%@=+_-·")  # they stand inside words and values too: two lines at least
# Bounded as addresses are: without a bound each letter of a line without "@" would look to its end.
_ADDRESS = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}\.[a-zA-Z]{2,}")
_SEP_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?[;,\t ]*(?:\r\n|\r|\n|$)", re.IGNORECASE)

WEIGHTS: dict[str, float] = {
    "empty": 3.25,
    "header": 1.7,
    "inner": -0.28,
    "is_colon": -0.53,
    "is_comma": 0.23,
    "is_none": 1.45,
    "is_pipe": 1.28,
    "is_rare": -0.93,
    "is_semicolon": 0.71,
    "is_space": -1.5,
    "is_tab": 1.35,
    "lone_head": -5.25,
    "near": 1.12,
    "odd": -0.25,
    "one": 0.03,
    "quoted": 1.21,
    "rows": 1.8,
    "same": 1.23,
    "shapes": -0.57,
    "single": -2.21,
    "spaced": 1.61,
    "text": -1.37,
    "uniform": 0.37,
    "wide": 0.72,
    "width": 0.38,
    "worth": 1.83,
    "worth_same": 2.61,
}


def sep_line(sample: str) -> str | None:
    """The delimiter of Excel's first line `sep=;`, or None."""
    match = _SEP_LINE.match(sample)
    return match[1] if match else None


def detect(sample: str) -> Dialect:
    """The likeliest dialect of a text, from its beginning (64 KB are enough). `delimiter` '' = one column."""
    given = sep_line(sample)
    if given is not None:
        quote, _ = best_quote(sample[:SAMPLE], given)
        return Dialect(given, quote or '"', best_escape(sample[:SAMPLE], given, quote), 1.0)
    scored = candidates(sample)
    best, score = scored[0]
    if len(scored) > 1 and score - scored[1][1] < CLOSE:
        second = _second_opinion(sample, [dialect.delimiter for dialect, _ in scored[:2]])
        if second == scored[1][0].delimiter:
            best = scored[1][0]
    chance = 1 / sum(math.exp(min(50.0, other - score)) for _, other in scored)
    return replace(best, quotechar=best.quotechar or _usual_quote(sample, best.delimiter), confidence=round(chance, 3))


def _usual_quote(sample: str, delimiter: str) -> str:
    """Without cells in quotes the usual one is kept, in case some come later, unless texts often begin with it."""
    border = re.escape(delimiter) if delimiter else r"\n"
    opening = len(re.findall(rf'(?:^|[\r\n]|{border}) ?"', sample[:SAMPLE]))
    closing = len(re.findall(rf'" ?(?:$|[\r\n]|{border})', sample[:SAMPLE]))
    return "" if opening >= 3 and opening > 3 * closing else '"'


def _second_opinion(sample: str, delimiters: list[str]) -> str | None:
    """CleverCSV's choice among these, on whole lines of the first 6 KB; None where it has none."""
    text = sample[:6_000].replace("\x00", "")
    text = text[: text.rfind("\n") + 1] or text[:1_000]
    if max((len(line) for line in text.split("\n")), default=0) > 2_000 or not all(delimiters):
        return None
    try:
        found = Detector().detect(text, delimiters=delimiters)
    except (CleverError, NoDetectionResult, ValueError, TypeError, LookupError, OverflowError, RecursionError):
        return None
    return found.delimiter if found else None


def prepare(sample: str) -> tuple[str, list[str]]:
    """The part of the sample that is judged and its lines; a line cut off at the end is left out, comments too."""
    text = sample[:SAMPLE].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(sample) > SAMPLE or len(text) >= SAMPLE:
        text = text[: text.rfind("\n") + 1] or text
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    kept = [line for line in lines if line.strip() and not line.startswith("#")] or lines
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
    for char in (*COMMON, *RARE, *UNLIKELY):
        if char == "@" and _is_of_addresses(probe):
            continue
        there = sum(char in line for line in probe)
        needed = 1.0 if char in ",;\t|" else max(2.0 if char in UNLIKELY else 1.0, 0.5 * len(probe))
        if there >= needed:
            found.append(char)
    return found


def _is_of_addresses(lines: list[str]) -> bool:
    """Whether nearly every "@" of the lines stands inside an e-mail address."""
    return sum(len(_ADDRESS.findall(line)) for line in lines) >= 0.8 * sum(line.count("@") for line in lines)


def candidates(sample: str) -> list[tuple[Dialect, float]]:
    """Every dialect considered with its score (log odds), best first."""
    scored = [
        (dialect, sum(WEIGHTS.get(name, 0.0) * value for name, value in found.items()))
        for dialect, found in judged(sample)
    ]
    scored.sort(key=lambda item: -item[1])
    return scored
