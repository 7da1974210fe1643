"""Many strangers against the base: who of them is probably a stored contact, by the same rules as a search.

Both sides are taken a slice at a time, so that memory does not grow with them.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import numpy as np
from sqlalchemy import ColumnElement
from sqlmodel import Session

from crm_app.services.duplicates import loading, scores
from crm_app.services.duplicates.engine import Engine
from crm_app.services.duplicates.grouping import Pair
from crm_app.services.duplicates.prepared import Raw, people
from crm_app.services.duplicates.rules import Rules
from crm_app.services.duplicates.similar import Known

SLICE = 100_000  # of either side
COMPARED = 500_000  # pairs that are looked at in any case, and …
EACH = 4  # … for each stranger: further keys bring next to nothing
BEST = 3  # contacts named for one stranger

Progress = Callable[[float], None]


def known(
    session: Session, conditions: Sequence[ColumnElement[bool]], strangers: Sequence[Raw], rules: Rules
) -> Iterator[tuple[float, dict[int, list[Known]]]]:
    """By the ids of the strangers the contacts (of `conditions`) they probably are, the surest first; with the share
    that is done, a slice of strangers at a time. Their ids must be below 0, and `session` must only read.
    """
    for at in range(0, len(strangers), SLICE):
        some = strangers[at : at + SLICE]
        found: dict[int, list[Known]] = {}
        base = loading.everybody(session, conditions)
        while slice_ := list(islice(base, SLICE)):
            session.rollback()  # no snapshot is held while they are compared
            for stranger, one in _compared(slice_, some, rules):
                found.setdefault(stranger, []).append(one)
        best = {stranger: sorted(ones, key=lambda one: -one.score)[:BEST] for stranger, ones in found.items()}
        yield min(1.0, (at + SLICE) / len(strangers)), best


def _compared(base: list[Raw], strangers: Sequence[Raw], rules: Rules) -> Iterator[tuple[int, Known]]:
    everyone = people([*base, *strangers])
    mask = np.zeros(len(everyone), bool)
    mask[len(base) :] = True
    engine = Engine(everyone, rules.parameters, rules.common)
    weights = engine.search(mask, across=True, most=COMPARED + EACH * len(strangers)).weights
    for (contact, stranger), judged in engine.judge(_best(weights)):
        known_as = Known(int(everyone.ids[contact]), scores.score(judged.weight), judged.certain, judged.reasons)
        yield int(everyone.ids[stranger]), known_as


def _best(weights: dict[Pair, float]) -> list[Pair]:
    """The heaviest pairs of every stranger, who stands second in each."""
    found: list[Pair] = []
    held: dict[int, int] = {}
    for pair in sorted(weights, key=lambda pair: (-weights[pair], pair)):
        if held.setdefault(pair[1], 0) < BEST:
            held[pair[1]] += 1
            found.append(pair)
    return found
