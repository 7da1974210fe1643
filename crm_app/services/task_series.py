"""The days on which a repeated task is due."""

from calendar import monthrange
from datetime import date, timedelta

from crm_app.models import Repeat


def next_day(repeat: Repeat, first: date, after: date) -> date:
    """The first day of the series behind `after`. A month that lacks the day takes its last one."""
    if after < first:
        return first
    if repeat in (Repeat.DAILY, Repeat.WEEKLY):
        step = 7 if repeat is Repeat.WEEKLY else 1
        return first + timedelta(days=((after - first).days // step + 1) * step)
    step = 12 if repeat is Repeat.YEARLY else 1
    months = (after.year - first.year) * 12 + after.month - first.month
    found = _months_later(first, months // step * step)
    return found if found > after else _months_later(first, (months // step + 1) * step)


def _months_later(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, min(first.day, monthrange(year, month + 1)[1]))
