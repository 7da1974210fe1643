"""From weights to what people see: a score from 0 to 100, and whether a pair is certain."""

import numpy as np

from crm_app.services.duplicates.blocking import Array
from crm_app.services.duplicates.comparing import Compared
from crm_app.services.duplicates.levels import FIELDS, PLACE

SHOWN = 50  # from here on a pair is shown
CERTAIN = 90  # from here on a pair can be certain
SHOWN_BITS = -1.0  # the weight that gives SHOWN, the same for every base
_BITS_A_STEP = 4.0

# One of these has to agree: a name alone, however rare, makes nobody certain.
_IDENTIFYING = (("email", "same"), ("phone", "same"), ("birth", "same"), ("tax", "same"), ("street", "same"))
# None of these may stand against it.
_CONTRADICTING = (
    ("first", "different"), ("first", "crossed"), ("last", "different"), ("birth", "different"),
    ("birth", "two parts"), ("birth", "anniversary"), ("tax", "different"), ("gender", "different"),
    ("company", "different"),
)  # fmt: skip


def score(weight: float) -> int:
    """0 to 100; the weight itself goes on where 100 ends."""
    return round(100 / (1 + 2 ** (-(weight - SHOWN_BITS) / _BITS_A_STEP)))


CERTAIN_BITS = next(bits / 10 for bits in range(1000) if score(bits / 10) >= CERTAIN)


def certain(weights: Array, compared: Compared) -> Array:
    """Which pairs may be merged without anybody looking at each."""
    identified = np.zeros(len(weights), bool)
    for field, level in _IDENTIFYING:
        identified |= _is(compared, field, level)
    contradicted = np.zeros(len(weights), bool)
    for field, level in _CONTRADICTING:
        contradicted |= _is(compared, field, level)
    return np.asarray((weights >= CERTAIN_BITS) & identified & ~contradicted)


def _is(compared: Compared, field: str, level: str) -> Array:
    row = PLACE[field]
    return np.asarray(compared.levels[row] == FIELDS[row].level(level))
