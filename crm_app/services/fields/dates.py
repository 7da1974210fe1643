"""Dates and moments. ISO 8601 is always understood; anything else in the one format of its column."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm_app.locales import Text, text
from crm_app.services.fields.characters import one_line, unusable
from crm_app.services.fields.date_formats import (
    EXCEL,
    FIRST_BIRTH_YEAR,
    FIRST_YEAR,
    LAST_YEAR,
    from_serial,
    month_first,
    shape_of,
)
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, doubtful, refused

OLDEST = 120  # years; whoever was born earlier is taken, and somebody is asked to look

_NOT_A_DATE = text("This is not a date; write year, month and day as in 1990-12-31.")
_NO_SUCH_DAY = text("This day does not exist; check day and month.")
_SWAPPED = text("Day and month seem to be swapped here: the other dates of this column are written as {format}.")
_LETTERS = {"%d": text("DD"), "%m": text("MM"), "%B": text("MMMM"), "%Y": text("YYYY"), "%y": text("YY")}
_NO_SUCH_TIME = text("This time of day does not exist; check hours and minutes.")
_VERY_OLD = text("Born more than {years} years ago; check the year.", years=OLDEST)


def parse_date(cell: str, context: FieldContext) -> Verdict:
    """A `datetime.date`, years 1900 to 2199; a time of day behind it is left out. `norm` is ISO."""
    if len(cell) == 10 and cell[4] == "-":
        try:
            return _day(date.fromisoformat(cell))
        except ValueError:
            pass
    return _read(cell, context, latest=None)


def parse_birth_date(cell: str, context: FieldContext) -> Verdict:
    """A date up to today; two-digit years are the last such year that is not in the future.

    Registers, family files and alumni lists reach far back, so that only what our calendar does not know (before 1583)
    is refused; who would be older than anybody alive is taken with a remark, because it may be a slip.
    """
    today = context.today or datetime.now(UTC).date() + timedelta(days=1)
    verdict = _read(cell, context, latest=today)
    if verdict.value is not None and verdict.value > today:
        return refused(text("This date of birth is in the future; check the year."))
    if verdict.value is not None and verdict.value.year < today.year - OLDEST:
        return doubtful(verdict.value, verdict.norm, _VERY_OLD)
    return verdict


def parse_moment(cell: str, context: FieldContext) -> Verdict:
    """An aware `datetime.datetime` in UTC; without an offset it is meant in the context's time zone."""
    cell = one_line(cell)
    if not cell:
        return EMPTY
    if context.date_format == EXCEL and (serial := from_serial(cell)):
        day, part = serial
        return _moment(datetime.combine(day, time()) + timedelta(seconds=round(part * 86_400)), context)
    if len(cell) >= 10 and cell[4] == "-":
        try:
            return _moment(datetime.fromisoformat(cell), context)
        except ValueError:
            pass
    verdict = _read(cell, context, latest=None)
    if verdict.value is None:
        return verdict
    shape = shape_of(cell)
    try:
        clock, offset = _clock(shape.clock if shape else None)
    except ValueError:
        return refused(_NO_SUCH_TIME)
    moment = datetime.combine(verdict.value, clock)
    if offset is not None:
        return _moment(datetime.fromisoformat(f"{moment.isoformat()}{offset}"), context)
    return _moment(moment, context)


def _read(cell: str, context: FieldContext, latest: date | None) -> Verdict:
    cell = one_line(cell).lstrip("' ")
    if not cell:
        return EMPTY
    if message := unusable(cell):
        return refused(message)
    if context.date_format == EXCEL and (serial := from_serial(cell)):
        return _day(serial[0])
    shape = shape_of(cell)
    if shape is None:
        return refused(_NOT_A_DATE)
    earliest = FIRST_BIRTH_YEAR if latest else FIRST_YEAR
    first, second, third = shape.first, shape.second, shape.third
    if shape.order == "ymd":
        return _judged(first, second, third, earliest)
    year = _full_year(third, latest, context) if shape.short_year else third
    if shape.order == "?" and month_first(shape, context.date_format, context.country):
        first, second = second, first
    verdict = _judged(year, second, first, earliest)
    if latest and shape.short_year and verdict.value is not None and verdict.value > latest:
        return _judged(year - 100, second, first, earliest)
    swapped = shape.order == "?" and context.date_format is not None
    if verdict.is_error and swapped and not _judged(year, first, second, earliest).is_error:
        return refused(text(_SWAPPED.msgid, format=readable(context.date_format or "")))
    return verdict


def _full_year(year: int, latest: date | None, context: FieldContext) -> int:
    this_year = (latest or context.today or datetime.now(UTC).date()).year
    century = this_year - this_year % 100
    turns_at = this_year % 100 + (0 if latest else 20)
    return century + year if year <= turns_at else century - 100 + year


def _judged(year: int, month: int, day: int, earliest: int) -> Verdict:
    try:
        return _day(date(year, month, day), earliest)
    except ValueError:
        return refused(_NO_SUCH_DAY)


def _day(day: date, earliest: int = FIRST_YEAR) -> Verdict:
    if not earliest <= day.year <= LAST_YEAR:
        return refused(_out_of_range(earliest))
    return Verdict(day, day.isoformat())


def _out_of_range(earliest: int) -> Text:
    return text("The year must be between {first} and {last}; check it.", first=earliest, last=LAST_YEAR)


def readable(date_format: str) -> Text:
    """A format as users know it: `%d.%m.%Y` is `DD.MM.YYYY`, in German `TT.MM.JJJJ`."""
    if date_format == EXCEL:
        return text("day numbers of a spreadsheet")
    names = {code[1]: letters for code, letters in _LETTERS.items()}
    return Text(re.sub(r"%(\w)", r"{\1}", date_format), names)


def _clock(groups: tuple[str | None, ...] | None) -> tuple[time, str | None]:
    if groups is None:
        return time(), None
    hours, minutes, seconds, half, offset = groups
    hour = int(hours or 0)
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("no such hour")
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    if offset and offset[0] not in "+-":
        offset = "+00:00"
    return time(hour, int(minutes or 0), int(seconds or 0)), offset


def _moment(moment: datetime, context: FieldContext) -> Verdict:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return refused(_out_of_range(FIRST_YEAR))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(context.time_zone))
    moment = moment.astimezone(UTC)
    return Verdict(moment, moment.isoformat())


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
