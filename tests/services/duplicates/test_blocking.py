"""How many comparisons are made, counted and not timed."""

from datetime import date

import numpy as np
import pytest

from crm_app.services.duplicates import blocking
from crm_app.services.duplicates.engine import Engine
from crm_app.services.duplicates.prepared import Raw, people
from crm_app.services.duplicates.weights import Parameters
from tests.services.duplicates.people import Invented


def compared(rows: list[Raw]) -> int:
    return Engine(people(rows), Parameters(len(rows))).search().compared


@pytest.mark.parametrize(
    "same",
    [
        {"emails": ("info@example.org",)}, {"phones": ("+49301",)}, {"last_name": "Meier"}, {"city": "Berlin"},
        {"company": "Rossi"}, {"birth_date": date(1970, 1, 1)}, {"first_name": "Anna", "last_name": "Meier"},
        {"last_name": "Meier", "postal_code": "10115", "city": "Berlin", "phones": ("+49301",)},
    ],
)  # fmt: skip
def test_a_value_held_by_everybody_brings_nobody_together(same: dict[str, object]) -> None:
    assert compared([Raw(n, 1, **same) for n in range(1, 3_001)]) == 0  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [1_000, 4_000, 16_000])
def test_comparisons_grow_with_the_contacts_and_not_with_their_square(size: int) -> None:
    rows = Invented(size, seed=3).rows
    assert compared(rows) <= 20 * len(rows)


def test_a_large_block_is_split_by_a_further_key() -> None:
    crowd = [Raw(n, 1, "Anna", "Meier", postal_code=f"{n // 2:05}") for n in range(2, 402)]
    assert compared(crowd) == 200


def test_each_pair_comes_once_and_lower_first() -> None:
    everybody = people(Invented(500, seed=4, doubles=0.5).rows)
    seen = [
        pair for _, pairs in blocking.pairs(everybody, blocking.keys(everybody)) for pair in zip(*pairs, strict=True)
    ]
    assert len(seen) == len(set(seen)) > 100
    assert all(left < right for left, right in seen)


def test_branches_are_never_compared_with_each_other() -> None:
    rows = [Raw(n, 1 + n % 2, "Anna", "Meier", emails=("a@example.org",)) for n in (1, 2)]
    assert compared(rows) == 0


def test_only_pairs_of_the_asked_are_compared() -> None:
    everybody = people(Invented(800, seed=5, doubles=0.5).rows)
    engine = Engine(everybody, Parameters(len(everybody)))
    whole = engine.search()
    only = np.zeros(len(everybody), bool)
    only[::50] = True
    part = engine.search(only)
    assert part.weights == {pair: one for pair, one in whole.weights.items() if only[pair[0]] or only[pair[1]]}
    assert part.compared < whole.compared / 10


def test_the_keys_of_few_among_many_hold_only_who_shares_one_with_them() -> None:
    everybody = people(Invented(3_000, seed=6, doubles=0.5).rows)
    only = np.zeros(len(everybody), bool)
    only[-30:] = True
    for key in blocking.keys(everybody, only):
        assert not np.setdiff1d(key[key >= 0], key[only]).size
    held = [int((key >= 0).sum()) for key in blocking.keys(everybody, only)]
    assert sum(held) < sum(int((key >= 0).sum()) for key in blocking.keys(everybody)) / 4


def test_across_each_pair_is_one_of_the_asked_and_one_of_the_others() -> None:
    everybody = people(Invented(800, seed=5, doubles=0.5).rows)
    engine = Engine(everybody, Parameters(len(everybody)))
    whole = engine.search()
    only = np.zeros(len(everybody), bool)
    only[len(everybody) // 2 :] = True
    across = engine.search(only, across=True)
    assert across.weights == {pair: one for pair, one in whole.weights.items() if only[pair[0]] != only[pair[1]]}
    assert across.weights
