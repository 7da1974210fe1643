"""What the data at hand say about `m`: how often pairs of one contact agree, and how many doubles there are.

Expectation maximisation over a sample of the pairs (Winkler 1988; Jaro 1989) with `u` kept as it is, and with the
shipped figures as pseudo-counts, so that a small or odd base cannot lead it astray.
"""

from collections.abc import Sequence

import numpy as np

from crm_app.services.duplicates import weights
from crm_app.services.duplicates.blocking import Array
from crm_app.services.duplicates.comparing import Compared
from crm_app.services.duplicates.levels import FIELDS
from crm_app.services.duplicates.weights import Parameters

SAMPLE = 600_000  # pairs looked at
ROUNDS = 6
PRIOR_PAIRS = 300.0  # the shipped figures weigh as much as so many pairs
PRIOR_CONTACTS = 1_000.0  # … and the expected share of doubles as so many contacts
DOUBLES = (0.02, 20.0)


def learned(parameters: Parameters, sample: Sequence[Compared], share: float) -> Parameters:
    """The parameters after a few rounds over the sample, which is `share` of all pairs."""
    if not sample:
        return parameters
    compared = Compared(
        np.concatenate([one.levels for one in sample], axis=1), np.concatenate([one.holders for one in sample], axis=1)
    )
    start = parameters
    for _ in range(ROUNDS):
        odds = np.exp2(np.clip(weights.total(parameters, compared), -60, 60).astype(np.float64))
        same = odds / (1 + odds)
        pairs = same.sum() / share
        doubles = float(
            np.clip((2 * pairs + start.doubles * PRIOR_CONTACTS) / (parameters.size + PRIOR_CONTACTS), *DOUBLES)
        )
        parameters = parameters.with_m(_m(start, compared.levels, same), doubles)
    return parameters


def _m(start: Parameters, levels: Array, same: Array) -> Array:
    widest = max(len(field.levels) for field in FIELDS)
    found = np.zeros((len(FIELDS), widest))
    for row, field in enumerate(FIELDS):
        size = len(field.levels)
        seen = levels[row] >= 0
        counted = PRIOR_PAIRS * np.array(start.m[row])
        counted = counted + np.bincount(levels[row][seen], weights=same[seen], minlength=size)[:size]
        found[row, :size] = counted / counted.sum()
    return found
