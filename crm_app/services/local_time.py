"""Days and times by the clock of a time zone, as moments.

A time that the clock jumps over (summer time begins) means as much later as the clock jumps: 02:30 is 03:30. One that
comes twice (summer time ends) means the first. A day without a time counts from DAY_BEGINS where a time is needed.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from crm_app.models.base import now

DAY_BEGINS = time(9)
WHOLE_DAY = 24 * 60  # minutes


def moment(day: date, clock: time | None, zone: str) -> datetime:
    """The moment in UTC at which the zone's clock shows this."""
    local = datetime.combine(day, (clock or DAY_BEGINS).replace(fold=0), ZoneInfo(zone))
    return local.astimezone(UTC)


def before(day: date, clock: time | None, minutes: int, zone: str) -> datetime:
    """So many minutes before: whole days by the calendar, at the same time of the day; anything shorter exactly."""
    days, rest = divmod(minutes, WHOLE_DAY)
    return moment(day - timedelta(days=days), clock, zone) - timedelta(minutes=rest)


def today(zone: str, at: datetime | None = None) -> date:
    """Which day it is there."""
    return (at or now()).astimezone(ZoneInfo(zone)).date()
