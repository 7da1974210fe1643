"""Dates: ISO always, anything else in the one format of its column."""

from datetime import UTC, date, datetime

import pytest

from crm_app.services.fields.date_formats import format_of
from crm_app.services.fields.dates import parse_birth_date, parse_date, parse_moment
from crm_app.services.fields.verdict import FieldContext, Level

CONTEXT = FieldContext(today=date(2026, 11, 22))
MARCH_5 = date(1990, 3, 5)


@pytest.mark.parametrize(
    "cell",
    [
        "1990-03-05",
        "1990-03-05T00:00:00",
        "1990/03/05",
        "19900305",
        "05.03.1990",
        "5.3.1990",
        "5. 3. 1990",
        "05.03.90",
        "05/03/1990",
        "05-03-1990",
        "5. März 1990",
        "5. Maerz 1990",
        "5 Mrz 1990",
        "Mo, 5. März 1990",
        "March 5, 1990",
        "5th of March 1990",
        "Mar 5 1990",
        "5 marzo 1990",
        "5 mar 1990",
        "lunedì 5 marzo 1990",
        "5 marca 1990 r.",
        "05.03.1990 14:30",
        "5 III 1990",
    ],
)
def test_one_day_written_in_many_ways(cell: str) -> None:
    verdict = parse_date(cell, CONTEXT)
    assert (verdict.value, verdict.norm) == (MARCH_5, "1990-03-05")


@pytest.mark.parametrize("cell", ["31.02.1990", "1990-02-30", "00.01.1990", "32/01/1990", "1990-13-01", "29.02.2023"])
def test_days_that_do_not_exist_are_an_error(cell: str) -> None:
    assert "does not exist" in str(parse_date(cell, CONTEXT).message)


@pytest.mark.parametrize(
    "cell", ["yesterday", "1990", "03.1990", "5.3.", "n/a", "12345", "5 smarch 1990", "1.2.3.4", "--03-05"]
)
def test_what_is_no_date_is_an_error(cell: str) -> None:
    assert "not a date" in str(parse_date(cell, CONTEXT).message)


def test_without_a_column_the_country_says_what_comes_first() -> None:
    assert parse_date("03/05/1990", FieldContext(country="US")).value == MARCH_5
    assert parse_date("03/05/1990", FieldContext(country="IT")).value == date(1990, 5, 3)
    assert parse_date("03.05.1990", FieldContext(country="US")).value == date(1990, 5, 3)  # dots: the day is first
    assert parse_date("03/25/1990", FieldContext(country="IT")).value == date(1990, 3, 25)  # it can be nothing else


@pytest.mark.parametrize("cell", ["1899-12-31", "31.12.1899", "18991231", "31. Dezember 1899"])
def test_birthdays_of_long_ago_are_taken_with_a_remark(cell: str) -> None:
    verdict = parse_birth_date(cell, CONTEXT)
    assert (verdict.value, verdict.level) == (date(1899, 12, 31), Level.WARNING)
    assert "more than 120 years ago" in str(verdict.message)
    assert parse_date(cell, CONTEXT).is_error, "any other date so old is a slip"


def test_birthdays_lie_in_our_calendar_and_not_in_the_future() -> None:
    assert parse_birth_date("1906-01-01", CONTEXT).level is None
    assert parse_birth_date("1583-01-01", CONTEXT).value == date(1583, 1, 1)
    assert "1583 and 2199" in str(parse_birth_date("1090-12-31", CONTEXT).message)
    assert parse_birth_date("2026-11-23", CONTEXT).is_error
    assert parse_birth_date("2026-11-22", CONTEXT).value == date(2026, 11, 22)


@pytest.mark.parametrize(
    ("cell", "year"), [("05.03.26", 2026), ("05.03.27", 1927), ("05.03.85", 1985), ("05.12.26", 1926)]
)
def test_two_digit_birthdays_are_never_in_the_future(cell: str, year: int) -> None:
    assert parse_birth_date(cell, CONTEXT).value.year == year


@pytest.mark.parametrize(
    ("cells", "country", "pattern"),
    [
        (["1990-03-05", "", "1991-01-01"], "DE", "%Y-%m-%d"),
        (["05.03.1990", "1.1.1991"], "US", "%d.%m.%Y"),
        (["05/03/1990", "25/03/1990"], "US", "%d/%m/%Y"),  # a day above 12 decides
        (["03/25/1990", "05/03/1990"], "DE", "%m/%d/%Y"),
        (["05/03/1990"], "US", "%m/%d/%Y"),  # nothing decides: the country
        (["05/03/1990"], "PL", "%d/%m/%Y"),
        (["05.03.90", "06.03.91"], "DE", "%d.%m.%y"),
        (["5. März 1990", "6 kwietnia 1991"], "DE", "%d %B %Y"),
        (["32937", "33000.5"], "DE", "excel"),
        (["32937", "n/a"], "DE", None),
        (["1985", "1990", "2001"], "DE", None),  # years are no day numbers
        (["Anna", "Bert"], "DE", None),
        ([], "DE", None),
        (["05.03.1990", "06.03.1990", "n/a", "1990-01-01"], "DE", "%d.%m.%Y"),
    ],
)
def test_a_column_has_one_format(cells: list[str], country: str, pattern: str | None) -> None:
    assert format_of(cells, country) == pattern


def test_the_column_s_format_decides_for_each_cell() -> None:
    american = FieldContext(country="DE", date_format="%m/%d/%Y")
    assert parse_date("03/05/1990", american).value == MARCH_5
    assert parse_date("1990-03-05", american).value == MARCH_5  # ISO is always understood
    swapped = parse_date("25/03/1990", american)
    assert swapped.is_error
    assert "MM/DD/YYYY" in str(swapped.message)


def test_spreadsheet_day_numbers_count_only_in_a_column_of_them() -> None:
    assert parse_date("32937", FieldContext(date_format="excel")).value == MARCH_5
    assert parse_date("32937", FieldContext()).is_error


@pytest.mark.parametrize(
    ("cell", "zone", "moment"),
    [
        ("2024-07-01T12:00:00Z", "UTC", datetime(2024, 7, 1, 12, tzinfo=UTC)),
        ("2024-07-01T12:00:00+02:00", "UTC", datetime(2024, 7, 1, 10, tzinfo=UTC)),
        ("2024-07-01 12:00", "Europe/Rome", datetime(2024, 7, 1, 10, tzinfo=UTC)),
        ("01.07.2024 12:00", "Europe/Berlin", datetime(2024, 7, 1, 10, tzinfo=UTC)),
        ("01.07.2024, 12:00 Uhr", "UTC", datetime(2024, 7, 1, 12, tzinfo=UTC)),
        ("1 luglio 2024 alle 12:00", "UTC", datetime(2024, 7, 1, 12, tzinfo=UTC)),
        ("01.07.2024 12:00:30 +0200", "UTC", datetime(2024, 7, 1, 10, 0, 30, tzinfo=UTC)),
        ("01/07/2024 11:05 PM", "UTC", datetime(2024, 7, 1, 23, 5, tzinfo=UTC)),
        ("01.07.2024", "UTC", datetime(2024, 7, 1, tzinfo=UTC)),
        ("2024-07-01", "Nowhere/Land", datetime(2024, 7, 1, tzinfo=UTC)),
    ],
)
def test_moments_become_utc(cell: str, zone: str, moment: datetime) -> None:
    assert parse_moment(cell, FieldContext(time_zone=zone)).value == moment


@pytest.mark.parametrize("cell", ["01.07.2024 25:00", "2024-07-01 12:61", "0001-01-01T00:00:00+14:00", "13:00"])
def test_moments_that_do_not_exist_are_an_error(cell: str) -> None:
    assert parse_moment(cell, CONTEXT).is_error


def test_a_spreadsheet_moment_keeps_its_time() -> None:
    assert parse_moment("32937.5", FieldContext(date_format="excel")).value == datetime(1990, 3, 5, 12, tzinfo=UTC)
