"""When what is due: parts of a price to the cent, and days a number of months apart. Pure functions."""

from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from crm_app.models import Offer, OfferKind


class Due(NamedTuple):
    """Something to be owed. `part` of `parts`; of a subscription nobody knows how many there will be: 0."""

    on: date
    amount: int
    part: int
    parts: int


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def split(amount: int, parts: int) -> list[int]:
    """An amount in so many parts that differ by one unit at most, larger ones first; together they are the amount."""
    each, rest = divmod(amount, parts)
    return [each + (place < rest) for place in range(parts)]


def instalments(amount: int, parts: int, first: date, every_months: int) -> list[Due]:
    """What is owed of a price in parts; nothing for a price of nothing."""
    amounts = [one for one in split(amount, parts) if one] if amount > 0 else []
    days = (months_later(first, place * every_months) for place in range(len(amounts)))
    return [Due(day, one, place + 1, len(amounts)) for place, (day, one) in enumerate(zip(days, amounts, strict=True))]


def of_offer(offer: Offer, begins: date) -> list[Due]:
    """What an offer makes somebody owe who begins on that day; of a subscription its first period."""
    first = begins + timedelta(days=offer.first_days)
    if offer.kind == OfferKind.SUBSCRIPTION:
        return [period(offer.amount, first, 1)] if offer.amount else []
    parts = offer.parts if offer.kind == OfferKind.INSTALMENTS else 1
    return instalments(offer.amount, parts, first, offer.every_months)


def period(amount: int, on: date, number: int) -> Due:
    """A period of a subscription."""
    return Due(on, amount, number, 0)


def period_end(begins: date, months: int) -> date:
    """The last day of a period that begins on that day."""
    return months_later(begins, months) - timedelta(days=1)
