import numpy as np

from crm_app.services.duplicates import grouping
from crm_app.services.duplicates.grouping import Pair


def groups(weights: dict[Pair, float], apart: set[Pair] = frozenset()) -> list[list[int]]:  # type: ignore[assignment]
    def rate(left: np.ndarray, right: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
        return np.array([weights.get((int(a), int(b)), -20.0) for a, b in zip(left, right, strict=True)])

    shown = {pair: weight for pair, weight in weights.items() if weight >= 0}
    return grouping.groups(shown, rate, 0.0, lambda pair: pair in apart)


def test_pairs_and_what_hangs_together() -> None:
    assert groups({(1, 2): 5, (4, 5): 5, (5, 6): 5, (4, 6): 4}) == [[1, 2], [4, 5, 6]]


def test_a_weak_link_does_not_chain_two_groups() -> None:
    strong = {(1, 2): 12, (3, 4): 12}
    assert groups(strong | {(2, 3): 1}) == [[1, 2], [3, 4]]


def test_ruled_out_pairs_never_share_a_group() -> None:
    weights = {(1, 2): 12, (2, 3): 11, (1, 3): 10}
    assert groups(weights) == [[1, 2, 3]]
    assert groups(weights, {(1, 3)}) == [[1, 2]]


def test_a_component_too_large_to_rate_is_cut_at_its_weakest_pairs() -> None:
    chain = {(n, n + 1): 3.0 if n % 2 else 9.0 for n in range(2_000)}
    found = groups(chain)
    assert all(len(group) == 2 for group in found)
    assert len(found) == 1_000
