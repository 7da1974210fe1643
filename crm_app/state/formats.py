"""Values as people read them, by language."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal

from crm_app import locales
from crm_app.locales import text
from crm_app.models.base import now
from crm_app.services import money


def initials(name: str) -> str:
    """One or two letters for the round mark."""
    words = [word for word in name.split() if word[:1].isalnum()]
    letters = [word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
    return "".join(letters).upper() or "#"


def short_date(value: date | datetime | None, language: str) -> str:
    """A date in the language's usual medium form; empty for None."""
    return "" if value is None else format_date(value, format="medium", locale=language)


def day(moment: datetime, language: str, timezone: str) -> str:
    """The day in the user's time zone, as short as can be: 12 Mar, 12 Mar 2024."""
    local, today = moment.astimezone(ZoneInfo(timezone)), now().astimezone(ZoneInfo(timezone))
    if local.year != today.year:
        return format_date(local, format="medium", locale=language)
    return format_skeleton("MMMd", local, locale=language)


def exact(moment: datetime, language: str, timezone: str) -> str:
    """Date and time in the user's time zone, in full."""
    return format_datetime(moment, format="medium", tzinfo=ZoneInfo(timezone), locale=language)


def spoken(moment: datetime, language: str, timezone: str) -> str:
    """As people say it: today 14:30, yesterday 09:05, 12 Mar, 12 Mar 2024."""
    zone = ZoneInfo(timezone)
    local, today = moment.astimezone(zone), now().astimezone(zone)
    clock = format_time(local, format="short", locale=language)
    days = (today.date() - local.date()).days
    if days == 0:
        return locales.render(text("today {time}", time=clock), language)
    if days == 1:
        return locales.render(text("yesterday {time}", time=clock), language)
    return day(moment, language, timezone)


def readable_size(size: int, language: str) -> str:
    """How large a file is: 312 KB, 4.2 MB."""
    if size < 1_000_000:
        return f"{format_decimal(max(1, round(size / 1000)), locale=language)} KB"
    return f"{format_decimal(round(size / 1_000_000, 1), locale=language)} MB"


def amount(units: int, currency: str, language: str) -> str:
    """An amount of money: 49,90 €."""
    return format_currency(money.decimal(units, currency), currency, locale=language)


def typed_amount(units: int, currency: str, language: str) -> str:
    """The same as people type it into a field: 1234,90."""
    exact = money.decimal(units, currency)
    pattern = "0" + ("." + "0" * -int(exact.as_tuple().exponent) if int(exact.as_tuple().exponent) < 0 else "")
    return format_decimal(exact, pattern, locale=language)


def clock(value: time | None, language: str) -> str:
    """A time of the day; empty for None."""
    return "" if value is None else format_time(value, format="short", locale=language)


def planned(day: date, at: time | None, today: date, language: str) -> str:
    """A day to come, or one that is over, as people say it: today 14:30, tomorrow, Wed 12 Mar, 12 Mar 2024."""
    shown, days = clock(at, language), (day - today).days
    near = {
        (0, True): text("today {time}", time=shown),
        (1, True): text("tomorrow {time}", time=shown),
        (-1, True): text("yesterday {time}", time=shown),
        (0, False): text("today"),
        (1, False): text("tomorrow"),
        (-1, False): text("yesterday"),
    }.get((days, bool(shown)))
    if near is not None:
        return locales.render(near, language)
    skeleton = "yMMMd" if day.year != today.year else "MMMEd" if 0 < days < 7 else "MMMd"
    written = format_skeleton(skeleton, day, locale=language)
    return f"{written}, {shown}" if shown else written


def by_name(codes: Iterable[str], names: Mapping[str, str]) -> list[list[str]]:
    """Pairs of code and name, in the order of the names; what has no name keeps its code."""
    return sorted(([code, str(names.get(code, code))] for code in codes), key=lambda pair: pair[1].casefold())
