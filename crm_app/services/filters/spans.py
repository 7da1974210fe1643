"""Days that a condition means, today being known: absolute, relative, and those that come round every year."""

from calendar import isleap
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST_DAYS = 36_500
EARLIEST_YEAR = 1_000  # before, a day has no beginning in UTC
SPANS = ("day", "week", "month", "year")
THIS, NEXT = "this", "next"


@dataclass(frozen=True, slots=True)
class Span:
    """From `first` to `last`, both included; None = open at that end."""

    first: date | None = None
    last: date | None = None

    def moments(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """The same in time, in UTC: from the first moment to the one it ends before."""
        place = ZoneInfo(zone)
        start = None if self.first is None else datetime.combine(self.first, time(), place).astimezone(UTC)
        if self.last is None or self.last == date.max:
            return start, None
        return start, datetime.combine(self.last + timedelta(days=1), time(), place).astimezone(UTC)


def of(operator: str, values: tuple[str, ...], today: date) -> Span:
    """The days that an operator of dates means. Raises ValueError for values that are none."""
    if operator in ("on", "from", "until", "between"):
        days = [date.fromisoformat(value) for value in values]
        if any(day.year < EARLIEST_YEAR for day in days):
            raise ValueError(values)
        first = days[0] if operator != "until" else None
        last = days[-1] if operator != "from" else None
        return Span(first, last)
    if operator == "this":
        return _this(values[0], today)
    away = timedelta(days=days_of(values[0]))
    if operator == "last":
        return Span(today - away, today)
    if operator == "next":
        return Span(today, today + away)
    if operator == "older":
        return Span(None, today - away - timedelta(days=1))
    raise ValueError(operator)


def days_of(value: str) -> int:
    """A number of days. Raises ValueError."""
    if not (value.isascii() and value.isdigit()) or len(value) > 6 or int(value) > MOST_DAYS:
        raise ValueError(value)
    return int(value)


def month_of(value: str, today: date) -> int:
    """A month from 1 to 12: "this", "next" or its number. Raises ValueError."""
    if value in (THIS, NEXT):
        return today.month if value == THIS else today.month % 12 + 1
    if value not in {str(month) for month in range(1, 13)}:
        raise ValueError(value)
    return int(value)


def yearly_days(days: int, today: date) -> list[str]:
    """The days of the year from today on, as "MM-DD". Who was born on 29 February has a birthday every year."""
    found = []
    for away in range(min(days, 365) + 1):
        day = today + timedelta(days=away)
        found.append(day.strftime("%m-%d"))
        if (day.month, day.day) == (2, 28) and not isleap(day.year):
            found.append("02-29")
    return list(dict.fromkeys(found))


def _this(span: str, today: date) -> Span:
    if span == "day":
        return Span(today, today)
    if span == "week":
        monday = today - timedelta(days=today.weekday())
        return Span(monday, monday + timedelta(days=6))
    if span == "month":
        following = (today.replace(day=28) + timedelta(days=4)).replace(day=1)
        return Span(today.replace(day=1), following - timedelta(days=1))
    if span == "year":
        return Span(today.replace(month=1, day=1), today.replace(month=12, day=31))
    raise ValueError(span)
