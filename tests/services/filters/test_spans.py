from datetime import UTC, date, datetime

import pytest

from crm_app.services.filters import spans
from crm_app.services.filters.spans import Span

TODAY = date(2026, 11, 22)  # a Sunday


@pytest.mark.parametrize(
    ("operator", "values", "first", "last"),
    [
        ("on", ("2026-01-31",), date(2026, 1, 31), date(2026, 1, 31)),
        ("from", ("2026-01-31",), date(2026, 1, 31), None),
        ("until", ("2026-01-31",), None, date(2026, 1, 31)),
        ("between", ("2026-01-31", "2026-02-02"), date(2026, 1, 31), date(2026, 2, 2)),
        ("this", ("day",), TODAY, TODAY),
        ("this", ("week",), date(2026, 11, 16), TODAY),
        ("this", ("month",), date(2026, 11, 1), date(2026, 11, 30)),
        ("this", ("year",), date(2026, 1, 1), date(2026, 12, 31)),
        ("last", ("30",), date(2026, 10, 23), TODAY),
        ("next", ("10",), TODAY, date(2026, 12, 2)),
        ("older", ("90",), None, date(2026, 8, 23)),
    ],
)
def test_days_meant(operator: str, values: tuple[str, ...], first: date | None, last: date | None) -> None:
    assert spans.of(operator, values, TODAY) == Span(first, last)


@pytest.mark.parametrize("today", [date(2026, 2, 28), date(2028, 2, 29), date(2026, 12, 31)])
def test_this_month_ends_with_its_last_day(today: date) -> None:
    assert spans.of("this", ("month",), today).last == today


def test_a_day_is_as_long_as_its_time_zone_makes_it() -> None:
    """Clocks went back in Berlin on 25 October 2026: that day had 25 hours."""
    span = Span(date(2026, 10, 25), date(2026, 10, 25))
    assert span.moments("Europe/Berlin") == (
        datetime(2026, 10, 24, 22, tzinfo=UTC),
        datetime(2026, 10, 25, 23, tzinfo=UTC),
    )
    assert Span(None, date.max).moments("Europe/Berlin") == (None, None)


def test_born_on_29_february() -> None:
    assert spans.yearly_days(1, date(2026, 2, 27)) == ["02-27", "02-28", "02-29"]
    assert spans.yearly_days(1, date(2028, 2, 28)) == ["02-28", "02-29"]
    assert len(spans.yearly_days(400, date(2026, 1, 1))) == 366


@pytest.mark.parametrize(("value", "month"), [("this", 11), ("next", 12), ("1", 1), ("12", 12)])
def test_months(value: str, month: int) -> None:
    assert spans.month_of(value, TODAY) == month


@pytest.mark.parametrize(
    ("operator", "values"),
    [("on", ("2026-02-30",)), ("on", ("gestern",)), ("last", ("-1",)), ("last", ("٣",)), ("last", ("99999999",)),
     ("this", ("decade",)), ("sometime", ("1",))],
)  # fmt: skip
def test_what_is_no_span_is_refused(operator: str, values: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"."):
        spans.of(operator, values, TODAY)
