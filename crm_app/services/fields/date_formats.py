"""How a date is written: its shape, and the one format of a whole column.

A format is a strptime pattern such as `%d.%m.%Y` (`%B` = a month's name in any of our languages), or `EXCEL` for
days since 1899-12-30.
"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from crm_app.services.fields.characters import one_line, words
from crm_app.services.fields.date_words import read_words

EXCEL = "excel"
WORDS = "%d %B %Y"
FIRST_YEAR, LAST_YEAR = 1900, 2199
FIRST_BIRTH_YEAR = 1583  # the first whole year of our calendar
# Countries that write the month first. Everywhere else the day comes first, and after a year the month.
MONTH_FIRST = words("US PH PR GU VI AS MP FM PW MH UM")

_TIME = re.compile(
    r"(?:[ T,]\s*|\s+(?:um|alle|ore|o|at|kl\.?)\s+)(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?\s*"
    r"(?:(AM|PM|a\.m\.|p\.m\.)|Uhr)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?\Z",
    re.IGNORECASE,
)
_BEFORE_TIME = frozenset(" Tt,")  # one of them stands in every text that `_TIME` finds something in
_NUMERIC = re.compile(r"(?:[^\W\d_]{2,12}\.?,?\s)?(\d{1,4})\s?([./-]|\s)\s?(\d{1,2})\s?\2\s?(\d{1,4})\.?")
_COMPACT = re.compile(r"\d{8}")
_SERIAL = re.compile(r"(\d{1,5})(?:\.(\d+))?")
_FORMAT = re.compile(r"%Y([./-]|\s)?%m\1?%d|(?:%d([./-]|\s)?%m|%m([./-]|\s)?%d)(?:[./-]|\s)?%[Yy]")
_FIRST_SERIAL = 1_000  # smaller numbers in a column are days of a month, ages or counts
_EPOCH = date(1899, 12, 30)


class Shape(NamedTuple):
    """What a text says before anybody decides which number is the day. `clock` holds the groups of the time."""

    first: int
    second: int
    third: int
    order: str  # "ymd"; "dmy" by a month's name; "?" = day or month first
    separator: str
    short_year: bool = False
    clock: tuple[str | None, ...] | None = None


def is_format(pattern: str) -> bool:
    """Whether the text is a format as `format_of` gives it."""
    return pattern in (EXCEL, WORDS) or _FORMAT.fullmatch(pattern) is not None


@lru_cache(maxsize=20_000)  # a column's cells are looked at for its format, and again each for itself
def shape_of(cell: str) -> Shape | None:
    """The numbers of a date with their separator; None when the text has no shape of a date."""
    cell = one_line(cell)
    clock = None
    if not _BEFORE_TIME.isdisjoint(cell) and (time := _TIME.search(cell)):
        clock, cell = time.groups(), cell[: time.start()]
    if found := _NUMERIC.fullmatch(cell):
        first, separator, second, third = found.groups()
        if len(first) == 4 and len(third) <= 2:
            return Shape(int(first), int(second), int(third), "ymd", separator, clock=clock)
        if len(first) <= 2 and len(third) in (2, 4):
            return Shape(int(first), int(second), int(third), "?", separator, len(third) == 2, clock)
        return None
    if _COMPACT.fullmatch(cell):
        year = int(cell[:4])
        if FIRST_BIRTH_YEAR <= year <= LAST_YEAR and 1 <= int(cell[4:6]) <= 12:
            return Shape(year, int(cell[4:6]), int(cell[6:]), "ymd", "", clock=clock)
        return Shape(int(cell[:2]), int(cell[2:4]), int(cell[4:]), "?", "", clock=clock)
    if words := read_words(cell):
        year, month, day = words
        return Shape(day, month, year, "dmy", " %B ", year < 100, clock)
    return None


def from_serial(cell: str) -> tuple[date, float] | None:
    """(day, part of the day) of a spreadsheet's day number, 1 to 5 digits; else None."""
    found = _SERIAL.fullmatch(cell.strip())
    if found is None or not int(found.group(1)):
        return None
    return _EPOCH + timedelta(days=int(found.group(1))), float(f"0.{found.group(2) or 0}")


def month_first(shape: Shape, date_format: str | None, country: str) -> bool:
    """Whether the month comes before the day: by the column's format, else by the numbers, else by the country."""
    if date_format and date_format != EXCEL and "%Y" not in date_format[:2] and "%B" not in date_format:
        return date_format.index("%m") < date_format.index("%d")
    if shape.first > 12 or shape.second > 12:
        return shape.second > 12 >= shape.first
    return shape.separator in ("/", "-") and country in MONTH_FIRST


def format_of(texts: Iterable[str], country: str = "DE") -> str | None:
    """The one format in which most of the texts are written; None when there are no dates among them.

    Whether day or month comes first is decided by the texts in which one of both is above 12, else by `country`.
    Day numbers of a spreadsheet only count when nothing else is in the column, and plain years are none.
    """
    cells = [cell for cell in texts if cell.strip()]
    shapes = [shape for shape in map(shape_of, cells) if shape is not None]
    if not shapes:
        return EXCEL if cells and all(map(_is_serial, cells)) else None
    pattern = Counter(map(_pattern, shapes)).most_common(1)[0][0]
    if not pattern.startswith("?"):
        return pattern
    separator, year = pattern[1:-2], pattern[-2:]
    undecided = [shape for shape in shapes if shape.order == "?"]
    day_leads = sum(shape.first > 12 and _is_day(shape.first, shape.second) for shape in undecided)
    month_leads = sum(shape.second > 12 and _is_day(shape.second, shape.first) for shape in undecided)
    if day_leads == month_leads:
        american = separator in ("/", "-") and country in MONTH_FIRST
    else:
        american = month_leads > day_leads
    return separator.join(("%m", "%d", year) if american else ("%d", "%m", year))


def _is_day(day: int, month: int) -> bool:
    """Whether any year has it: 31/02 says nothing about what stands first."""
    return 1 <= month <= 12 and 1 <= day <= (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def _is_serial(cell: str) -> bool:
    """Whether a column of such cells holds day numbers, not days of a month, ages, counts or years."""
    if from_serial(cell) is None:
        return False
    number = float(cell)
    return number >= _FIRST_SERIAL and not 1_890 <= number <= 2_100


def _pattern(shape: Shape) -> str:
    if shape.order == "ymd":
        return shape.separator.join(("%Y", "%m", "%d"))
    if shape.order == "dmy":
        return WORDS
    return f"?{shape.separator}{'%y' if shape.short_year else '%Y'}"
