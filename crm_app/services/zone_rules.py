"""A time zone's clock changes as iCalendar's VTIMEZONE, for programs that know no zones by name.

Each change stands for itself, at the time the clock showed before it (RFC 5545, 3.6.5); nothing has to be repeated by a
rule, so zones whose rules changed are right as well.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_DAY = timedelta(days=1)


def timezone(zone: str, first: date, last: date) -> Timezone:
    """The changes between two days, and what held before them."""
    made, info = Timezone(), ZoneInfo(zone)
    made.add("tzid", zone)
    begin, end = (datetime.combine(day, time(12), UTC) for day in (first - 2 * _DAY, last + 2 * _DAY))
    offset = _offset(begin, info)
    made.add_component(_change(begin, offset, info))
    at = begin
    while at < end:
        if _offset(at + _DAY, info) != offset:
            change = _between(at, at + _DAY, info)
            made.add_component(_change(change, offset, info))
            offset = _offset(change, info)
        at += _DAY
    return made


def _change(at: datetime, before: timedelta, info: ZoneInfo) -> TimezoneStandard | TimezoneDaylight:
    local = at.astimezone(info)
    made = TimezoneDaylight() if local.dst() else TimezoneStandard()
    made.add("dtstart", (at + before).replace(tzinfo=None))
    made.add("tzname", local.tzname())
    made.add("tzoffsetfrom", before)
    made.add("tzoffsetto", local.utcoffset())
    return made


def _between(low: datetime, high: datetime, info: ZoneInfo) -> datetime:
    """The minute from which the offset is another one."""
    before = _offset(low, info)
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) // 2
        middle = middle.replace(second=0, microsecond=0)
        low, high = (middle, high) if _offset(middle, info) == before else (low, middle)
    return high


def _offset(at: datetime, info: ZoneInfo) -> timedelta:
    found = at.astimezone(info).utcoffset()
    assert found is not None
    return found
