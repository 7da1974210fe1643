from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crm_app.services.courses.settling import Owed, settled

DAY = date(2026, 1, 1)


def owed(*amounts: int) -> list[Owed]:
    return [Owed(place + 1, DAY + timedelta(days=place), amount) for place, amount in enumerate(amounts)]


def test_money_covers_the_oldest_first() -> None:
    assert settled(owed(50, 50, 50), [(None, 70)]) == ({1: 50, 2: 20, 3: 0}, 0)


def test_what_was_meant_for_a_charge_covers_it_and_the_rest_the_oldest() -> None:
    assert settled(owed(50, 50, 50), [(3, 60)]) == ({1: 10, 2: 0, 3: 50}, 0)


def test_what_was_paid_too_much_is_left_over() -> None:
    assert settled(owed(50), [(None, 80)]) == ({1: 50}, 30)
    assert settled([], [(7, 80)]) == ({}, 80)


def test_what_was_paid_back_is_taken_from_the_latest() -> None:
    assert settled(owed(50, 50), [(1, 50), (2, 50), (None, -60)]) == ({1: 40, 2: 0}, 0)


def test_a_reduction_counts_as_paid() -> None:
    assert settled(owed(50, 50, -30), []) == ({1: 30, 2: 0, 3: -30}, 0)


@given(
    st.lists(st.integers(-500, 5000).filter(bool), max_size=8),
    st.lists(st.tuples(st.none() | st.integers(1, 9), st.integers(-3000, 6000).filter(bool)), max_size=8),
)
def test_covered_and_left_over_are_what_was_paid(amounts: list[int], payments: list[tuple[int | None, int]]) -> None:
    total = sum(amount for _, amount in payments)
    if total < 0:
        payments, total = [*payments, (None, -total)], 0
    charges = owed(*amounts)
    covered, left = settled(charges, payments)
    assert sum(covered.values()) + left == total
    assert left >= 0
    assert all(0 <= covered[one.id] <= one.amount for one in charges if one.amount > 0)
    is_any_open = any(covered[one.id] < one.amount for one in charges if one.amount > 0)
    assert not (left and is_any_open), "nothing is left over while something is open"
