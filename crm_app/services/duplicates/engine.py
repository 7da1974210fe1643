"""The search itself, without a database: people in, pairs and groups out. One set of rules for one contact and all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from crm_app.services.duplicates import blocking, grouping, learning, reasons, scores, weights
from crm_app.services.duplicates.blocking import BATCH, Array
from crm_app.services.duplicates.comparing import Common, Compared, Comparer
from crm_app.services.duplicates.grouping import Pair
from crm_app.services.duplicates.prepared import People
from crm_app.services.duplicates.weights import Parameters

Progress = Callable[[float], None]  # the share that is done
Stop = Callable[[], bool]


class Stopped(Exception):
    """Somebody asked to stop."""


@dataclass(slots=True)
class Found:
    """Pairs shown: positions and weight. `compared` counts comparisons made."""

    weights: dict[Pair, float] = field(default_factory=dict)
    compared: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """One pair with all that is said about it."""

    weight: float
    certain: bool
    reasons: list[reasons.Reason]


class Engine:
    """Searches one set of people. Without parameters it learns them first; `common` are values of a larger base."""

    def __init__(
        self,
        people: People,
        parameters: Parameters | None = None,
        common: Common | None = None,
        *,
        stop: Stop | None = None,
    ) -> None:
        self.people = people
        self._should_stop: Stop = stop or (lambda: False)
        self._comparer = Comparer(people, common or {})
        self.parameters = parameters or self._learned()

    @cached_property
    def _keys(self) -> list[Array]:
        return blocking.keys(self.people)

    def search(
        self,
        only: Array | None = None,
        on_progress: Progress = lambda share: None,
        *,
        across: bool = False,
        most: int | None = None,
    ) -> Found:
        """All pairs shown, with `only` (a mask) those with at least one of these, `across` with exactly one of them.

        Behind about so many comparisons as `most` says the less telling keys are left out. Raises Stopped.
        """
        found = Found()
        keys = self._keys if only is None else blocking.keys(self.people, only)
        for place, (left, right) in self._batches(keys, only, across):
            if most is not None and found.compared >= most:
                break
            found.compared += len(left)
            weight = self.rate(left, right)
            for at in np.flatnonzero(weight >= scores.SHOWN_BITS):
                found.weights[int(left[at]), int(right[at])] = float(weight[at])
            on_progress(place / len(keys))
        return found

    def rate(self, left: Array, right: Array) -> Array:
        """The weights of any pairs of positions."""
        return weights.total(self.parameters, self._comparer.compare(left, right))

    def groups(
        self, pairs: Mapping[Pair, float], apart: Callable[[Pair], bool] = lambda pair: False
    ) -> list[list[int]]:
        """Positions that are one contact; pairs that are `apart` never share a group."""
        return grouping.groups(pairs, self.rate, scores.SHOWN_BITS, apart)

    def judge(self, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, Judged]]:
        """What is to be said about these pairs."""
        for at in range(0, len(pairs), BATCH // 10):
            some = pairs[at : at + BATCH // 10]
            compared = self._comparer.compare(*np.array(some, np.int64).T)
            total, bits = weights.total(self.parameters, compared), weights.bits(self.parameters, compared)
            certain = scores.certain(total, compared)
            for place, pair in enumerate(some):
                why = reasons.codes(compared.levels[:, place], bits[:, place])
                yield pair, Judged(float(total[place]), bool(certain[place]), why)

    def common(self) -> Common:
        """The values that many hold, for rating a few contacts by themselves later."""
        return self._comparer.common()

    def _batches(
        self, keys: Sequence[Array], only: Array | None = None, across: bool = False
    ) -> Iterator[tuple[int, blocking.Pairs]]:
        for batch in blocking.pairs(self.people, keys, only, across=across):
            if self._should_stop():
                raise Stopped
            yield batch

    def _learned(self) -> Parameters:
        """Parameters from a sample of the pairs, spread evenly over all of them by a hash of the pair."""
        total = blocking.estimate(self._keys)
        thousandths = max(1, min(1000, 1000 * learning.SAMPLE // max(total, 1)))
        sample: list[Compared] = []
        for _, (left, right) in self._batches(self._keys):
            mixed = left.astype(np.uint64) * np.uint64(2654435761) + right.astype(np.uint64) * np.uint64(40503)
            chosen = (mixed >> np.uint64(7)) % np.uint64(1000) < np.uint64(thousandths)
            if chosen.any():
                sample.append(self._comparer.compare(left[chosen], right[chosen]))
        return learning.learned(Parameters(len(self.people)), sample, thousandths / 1000)
