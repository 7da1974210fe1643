"""How alike two texts are, by the measures of rapidfuzz, for many pairs at once."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import ratio, token_set_ratio
from rapidfuzz.process import cpdist

from crm_app.services.duplicates.blocking import Array
from crm_app.services.duplicates.prepared import Column


class Alike:
    """Likeness of pairs of texts, each measure worked out when it is asked for; equal and missing ones are left out."""

    def __init__(self, one: Column, a: Array, other: Column, b: Array, where: Array | None = None) -> None:
        known = (a >= 0) & (b >= 0)
        self._size = len(a)
        self._at = np.flatnonzero((known & (a != b) if one is other else known) if where is None else where)
        self._left = [one.values[code] for code in a[self._at]]
        self._right = [other.values[code] for code in b[self._at]]

    def _measured(self, scorer: Callable[..., Any], otherwise: float, **how: Any) -> Array:
        found = np.full(self._size, otherwise, np.float32)
        if len(self._at):
            found[self._at] = cpdist(self._left, self._right, scorer=scorer, dtype=np.float32, **how)
        return found

    @cached_property
    def jaro(self) -> Array:
        return self._measured(JaroWinkler.similarity, 0.0)

    @cached_property
    def distance(self) -> Array:
        return self._measured(OSA.distance, 9.0, score_cutoff=2)

    @cached_property
    def tokens(self) -> Array:
        return self._measured(token_set_ratio, 0.0)

    @cached_property
    def ratio(self) -> Array:
        return self._measured(ratio, 0.0)

    @cached_property
    def is_typo(self) -> Array:
        """One letter wrong, missing, too many or swapped with its neighbour; two in long words."""
        lengths = np.zeros(self._size, np.int16)
        lengths[self._at] = [min(len(a), len(b)) for a, b in zip(self._left, self._right, strict=True)]
        return ((self.distance <= 1) & (lengths >= 4)) | ((self.distance <= 2) & (lengths >= 8)) | (self.jaro >= 0.95)

    @cached_property
    def prefix(self) -> Array:
        """One begins with the other, of three letters at least."""
        found = np.zeros(self._size, bool)
        found[self._at] = [
            min(len(a), len(b)) >= 3 and (a.startswith(b) or b.startswith(a))
            for a, b in zip(self._left, self._right, strict=True)
        ]
        return found
