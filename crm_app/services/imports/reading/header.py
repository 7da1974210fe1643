"""Which record holds the column names?

Every one of the first records is judged as the header of those below it: names stand above values of another kind, are
distinct, do not come again below, are often words everybody uses for columns; above them stand only titles, comments
and blank lines. A file whose best row speaks against being a header has none. Used for text files and workbooks alike.

The evidence is that of Python's `csv.Sniffer.has_header` (kinds and lengths per column) and of Christodoulakis et al.,
"Pytheas: pattern-based table discovery in CSV files" (2020), without the learning.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from crm_app.services.imports.reading.cells import VALUES, Kind, kind

LOOK = 40  # records that may be the header
BODY = 60  # records below it that are compared
_NAMES = frozenset({Kind.WORD, Kind.WORDS, Kind.CODE, Kind.TEXT, Kind.URL})
_SPLIT = re.compile(r"[\W_]+|(?<=[a-zà-ÿ])(?=[A-Z])")
_YEAR = re.compile(r"(?:1[6-9]|20)\d\d(?:[-/](?:\d\d|(?:1[6-9]|20)\d\d))?")
_IDENTIFIER = re.compile(r"[A-Za-z]+(?:_[A-Za-z0-9]+)+|[a-z]+[A-Z][A-Za-z]+|[a-z]+(?:\.[a-z]+)+")

Predicate = Callable[[str], bool]


def detect(records: Sequence[Sequence[str]], synonyms: Predicate | None = None) -> int | None:
    """The index of the header among `records` (the first of a file, as read), None if there is none.

    `synonyms(text)` may say that a text is a known column name. Of several header rows the most specific is taken.
    """
    width = _modal_width(records)
    if not width:
        return None
    rows = [_fit(record, width) for record in records[: LOOK + BODY]]
    kinds = [[kind(cell) for cell in row] for row in rows]
    filled = [sum(each is not Kind.EMPTY for each in row) for row in kinds]
    counts = sorted(count for count in filled if count)
    if not counts:
        return None
    usual = counts[(len(counts) - 1) // 2]
    best, best_score = None, 0.0
    for index in range(min(LOOK, len(rows))):
        if not _possible(records[index], filled[index], usual, width):
            continue
        score = _judge(rows, kinds, index, filled, usual, synonyms)
        if score > best_score or (best is not None and score > 0.75 * best_score and _continues(kinds, best, index)):
            best, best_score = index, score
        if width == 1 or (index > 0 and _is_data(rows[index], kinds[index], filled[index], usual)):
            break
        if index >= 2 and min(filled[index - 1 : index + 1]) >= 0.7 * usual and _alike(kinds[index - 1], kinds[index]):
            break
    return best


def _modal_width(records: Sequence[Sequence[str]]) -> int:
    """The width most records have, wider ones preferred; trailing blanks do not count."""
    widths = Counter(len(_stripped(record)) for record in records)
    widths.pop(0, None)
    if not widths:
        return 0
    return max(widths, key=lambda width: (widths[width] * (width - 0.9) / width, width))


def _stripped(record: Sequence[str]) -> list[str]:
    cells = list(record)
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _fit(record: Sequence[str], width: int) -> list[str]:
    return [cell.strip() for cell in record[:width]] + [""] * (width - len(record))


def _possible(record: Sequence[str], filled: int, usual: int, width: int) -> bool:
    """Titles and comments fill one cell of a wide table."""
    if not filled or (str(record[0]).startswith("#") and filled == 1 and width > 1):
        return False
    return width == 1 or filled >= max(2, 0.4 * usual) or filled == usual


def _is_data(row: list[str], kinds: list[Kind], filled: int, usual: int) -> bool:
    """A full row where values are, years apart: what stands below it is no header."""
    values = sum(each in VALUES and not _YEAR.fullmatch(cell) for cell, each in zip(row, kinds, strict=True))
    return filled >= 0.7 * usual and values >= max(1, 0.3 * filled)


def _alike(above: list[Kind], below: list[Kind]) -> bool:
    """Two full rows of the same kinds are data already, also where all of them are texts."""
    pairs = [(a, b) for a, b in zip(above, below, strict=True) if a is not Kind.EMPTY or b is not Kind.EMPTY]
    return len(pairs) >= 4 and sum(a is b for a, b in pairs) >= 0.9 * len(pairs)


def _continues(kinds: list[list[Kind]], above: int, index: int) -> bool:
    """Rows between two header candidates hold no values: both belong to one header of several rows."""
    return index == above + 1 and not any(each in VALUES for each in kinds[index])


def _judge(
    rows: list[list[str]],
    kinds: list[list[Kind]],
    index: int,
    filled: list[int],
    usual: int,
    synonyms: Predicate | None,
) -> float:
    below = [i for i in range(index + 1, min(len(rows), index + 1 + BODY)) if filled[i] >= min(usual, 2) * 0.5]
    row = rows[index]
    score = 0.0
    for column, cell in enumerate(row):
        body = [(rows[i][column], kinds[i][column]) for i in below if kinds[i][column] is not Kind.EMPTY]
        score += _cell_evidence(cell, kinds[index][column], body, column, synonyms)
    width = len(row)
    score *= min(width, 8) / width
    if width > 8:  # a few known names count also where two hundred columns are nobody's
        score += 0.8 * min(3, sum(_known(cell) for cell in row if cell)) * (1 - 8 / width)
    texts = [cell.lower() for cell in row if cell]
    score -= 0.7 * (len(texts) - len(set(texts)))
    score -= 3.0 * max(0.0, 1 - filled[index] / usual)
    full = sum(count >= max(2, 0.7 * usual) for count in filled[:index])
    score += 0.8 if not any(filled[:index]) else 0.3 if not full else -0.8 - 0.4 * min(full, 6)
    if not below:
        score += 0.3 if all(kinds[index][c] in _NAMES or not cell for c, cell in enumerate(row)) else -1.0
    return score


def _cell_evidence(
    cell: str, found: Kind, body: list[tuple[str, Kind]], column: int, synonyms: Predicate | None
) -> float:
    """How much one cell speaks for being the name of the column below it."""
    if found is Kind.EMPTY:
        return -0.1 if column == 0 else -0.4
    values = sum(each in VALUES for _, each in body) / len(body) if body else 0.0
    if found in VALUES and found is not Kind.URL:
        return _value_evidence(cell, found, body)
    known = _known(cell) or (synonyms is not None and synonyms(cell))
    if known and sum(_known(text) for text, _ in body[:5]) > 2:  # "Value 1" above "Value 2" and "Value 3"
        known = False
    score = 1.6 if known else 0.35 if _IDENTIFIER.fullmatch(cell) else 0.0
    if values >= 0.7 and found in _NAMES:
        return score + 1.3
    if not body:
        return score
    texts = [text for text, _ in body]
    if found is Kind.CODE and not cell[:1].isalpha():
        score -= 0.6
    if cell in texts:
        return min(score, 0.5) - (1.2 if len(set(texts)) > 1 else 0.8)
    if len(texts) >= 4 and len(set(texts)) <= 0.5 * len(texts):
        score += 0.5
    if len(texts) >= 3:
        score += _style_evidence(cell, found, texts, [each for _, each in body])
    if len(cell) > 60:
        score -= 0.3
    return score


def _value_evidence(cell: str, found: Kind, body: list[tuple[str, Kind]]) -> float:
    """Values are no names; but years and numbered columns are, above numbers that are none."""
    if found in (Kind.NUMBER, Kind.DATE):
        same = [text for text, each in body if each in (Kind.NUMBER, Kind.MONEY)]
        if _YEAR.fullmatch(cell) and same:
            others = sum(bool(_YEAR.fullmatch(text)) for text in same)
            return 0.4 if others < 0.5 * len(same) else -1.2
        if re.fullmatch(r"\d{1,3}", cell):
            return -0.8
    return -1.8


def _style_evidence(cell: str, found: Kind, texts: list[str], kinds: list[Kind]) -> float:
    """Capitals, length, and kind that the cells below do not share."""
    score = 0.0
    common, count = Counter(kinds).most_common(1)[0]
    if count >= 0.7 * len(kinds) and common is not found:
        score += 0.4 if found in (Kind.WORD, Kind.WORDS) else 0.1
    if cell.isupper() != (2 * sum(text.isupper() for text in texts) > len(texts)):
        score += 0.3
    lengths = sorted(len(text) for text in texts)
    if not lengths[0] * 0.6 <= len(cell) <= lengths[-1] * 1.3:
        score += 0.3
    if lengths[0] == lengths[-1] and len(cell) != lengths[0]:
        score += 0.5
    return score


@cache
def _words() -> frozenset[str]:
    return frozenset((Path(__file__).parent / "header_words.txt").read_text(encoding="utf-8").split())


def _known(cell: str) -> bool:
    """A short text whose words are mostly words for columns."""
    if len(cell) > 40:
        return False
    parts = [part.lower() for part in _SPLIT.split(cell) if part and not part.isdigit()]
    if not parts or len(parts) > 5:
        return False
    return cell.lower() in _words() or 2 * sum(part in _words() for part in parts) >= len(parts) + (len(parts) == 1)
