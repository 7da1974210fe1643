"""Pairs become groups: what is connected, taken apart again where only a chain holds it together.

Inside each connected component all pairs are rated, also those no key brought together, and clusters are joined from
the heaviest pair down as long as the mean over all their pairs is for it (average linkage). So A = B = C does not make
A = C when those two have different birth dates.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from crm_app.services.duplicates.blocking import BATCH, Array

Pair = tuple[int, int]
Rate = Callable[[Array, Array], Array]

LARGEST = 80  # contacts of a component whose pairs are all rated; larger ones are first cut at their lightest pairs
STEP = 2.0  # bits by which the cut rises
LIGHTEST, HEAVIEST = -4.0, 12.0  # one pair has no more to say than this
NEVER = -1e6


def components(pairs: Iterable[Pair]) -> list[list[Pair]]:
    """The pairs of each connected component."""
    parent: dict[int, int] = {}

    def root(one: int) -> int:
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    listed = list(pairs)
    for left, right in listed:
        a, b = root(left), root(right)
        if a != b:
            parent[max(a, b)] = min(a, b)
    found: dict[int, list[Pair]] = {}
    for pair in listed:
        found.setdefault(root(pair[0]), []).append(pair)
    return list(found.values())


def groups(weights: Mapping[Pair, float], rate: Rate, least: float, apart: Callable[[Pair], bool]) -> list[list[int]]:
    """Groups of two and more, each in order. `weights` are the pairs shown, `rate` gives the weights of any pairs,
    `least` is what a mean must reach; pairs that are `apart` never share a group."""
    found: list[list[int]] = []
    linked: list[list[int]] = []
    waiting, cut = [weights.keys()], least
    while waiting:
        larger: list[Any] = []
        for pairs in waiting:
            for component in components(pair for pair in pairs if weights[pair] >= cut):
                members = sorted({one for pair in component for one in pair})
                if len(members) == 2:
                    found.append(members)
                elif len(members) <= LARGEST or cut > least + 40:
                    linked.append(members[: 4 * LARGEST])
                else:
                    larger.append(component)
        waiting, cut = larger, cut + STEP
    for members, matrix in _rated(linked, rate):
        found += _linked(members, matrix, least, apart)
    return sorted(found)


def _rated(components_: list[list[int]], rate: Rate) -> Iterator[tuple[list[int], Array]]:
    """Each component with the weights of all its pairs; rated many at a time."""
    at = 0
    while at < len(components_):
        size, batch = 0, []
        while at < len(components_) and size < BATCH:
            members = np.array(components_[at])
            rows, columns = np.triu_indices(len(members), 1)
            batch.append((components_[at], members[rows], members[columns]))
            size += len(rows)
            at += 1
        rated = np.split(
            rate(np.concatenate([left for _, left, _ in batch]), np.concatenate([right for _, _, right in batch])),
            np.cumsum([len(left) for _, left, _ in batch])[:-1],
        )
        for (members_, *_), values in zip(batch, rated, strict=True):
            yield members_, values


def _linked(members: list[int], values: Array, least: float, apart: Callable[[Pair], bool]) -> list[list[int]]:
    """Average linkage over all pairs of the members."""
    size = len(members)
    rows, columns = np.triu_indices(size, 1)
    sums = np.zeros((size, size))
    sums[rows, columns] = np.clip(values, LIGHTEST, HEAVIEST)
    for row, column in zip(rows, columns, strict=True):
        if apart((members[row], members[column])):
            sums[row, column] = NEVER
    sums += sums.T
    np.fill_diagonal(sums, -np.inf)
    held = [[one] for one in members]
    sizes = np.ones(size)
    while True:
        means = sums / np.outer(sizes, sizes)
        keep, gone = sorted(divmod(int(np.argmax(means)), size))
        if keep == gone or means[keep, gone] < least:
            return [sorted(cluster) for cluster in held if len(cluster) > 1]
        held[keep] += held[gone]
        held[gone] = []
        sizes[keep] += sizes[gone]
        sums[keep] += sums[gone]
        sums[:, keep] = sums[keep]
        sums[gone, :] = sums[:, gone] = sums[keep, keep] = -np.inf
