from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from crm_app.services.courses.schedule import instalments, months_later, period_end, split


@given(st.integers(0, 10**12), st.integers(1, 60))
def test_parts_are_the_amount_to_the_cent_and_differ_by_one_at_most(amount: int, parts: int) -> None:
    found = split(amount, parts)
    assert sum(found) == amount and len(found) == parts
    assert max(found) - min(found) <= 1 and found == sorted(found, reverse=True)


def test_months_end_where_they_end() -> None:
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert months_later(date(2026, 11, 15), 14) == date(2028, 1, 15)
    assert period_end(date(2026, 2, 1), 1) == date(2026, 2, 28)


def test_days_of_instalments_do_not_drift() -> None:
    found = instalments(100_00, 3, date(2026, 1, 31), 1)
    assert [(one.on, one.amount, one.part, one.parts) for one in found] == [
        (date(2026, 1, 31), 33_34, 1, 3),
        (date(2026, 2, 28), 33_33, 2, 3),
        (date(2026, 3, 31), 33_33, 3, 3),
    ]


def test_what_costs_nothing_is_not_owed() -> None:
    assert instalments(0, 3, date(2026, 1, 1), 1) == []
    assert [one.amount for one in instalments(2, 3, date(2026, 1, 1), 1)] == [1, 1]
