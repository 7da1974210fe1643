"""How alike two dates of birth are, given as yyyymmdd; 0 = unknown."""

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from crm_app.services.duplicates.blocking import Array

_YEARS = 10  # apart, and a slip of the year is likely still


def levels(a: Array, b: Array) -> tuple[Array, dict[str, Array]]:
    """Which pairs have both dates, and the masks of the levels: the last that holds counts."""
    known = (a > 0) & (b > 0)
    years, months, days = a // 10_000 == b // 10_000, a // 100 % 100 == b // 100 % 100, a % 100 == b % 100
    swapped = years & (a // 100 % 100 == b % 100) & (a % 100 == b // 100 % 100)
    vague = years & ((a % 10_000 == 101) | (b % 10_000 == 101))  # the first of January: nobody knew better
    close = np.abs(a // 10_000 - b // 10_000) <= _YEARS
    two = (years & months) | (years & days) | (months & days & close)
    return known, {
        "year": vague,
        "anniversary": months & days & (a % 10_000 != 101),
        "two parts": two,
        "digit": _one_digit(a, b, known & (a != b)),
        "swapped": swapped,
        "same": a == b,
    }


def _one_digit(a: Array, b: Array, where: Array) -> Array:
    """One digit wrong, or two neighbours swapped."""
    found = np.zeros(len(a), bool)
    at = np.flatnonzero(where)
    if len(at):
        texts = [[str(day) for day in days[at]] for days in (a, b)]
        distance = cpdist(*texts, scorer=OSA.distance, score_cutoff=1, dtype=np.int32)
        found[at] = distance <= 1
    return found
