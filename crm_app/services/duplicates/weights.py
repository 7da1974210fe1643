"""From levels to one weight: the log-odds, in bits, that two contacts are one.

Fellegi and Sunter (1969) with value frequencies (Winkler 1989): sharing a rare value weighs more than sharing a common
one. Two departures, because fields are not independent: what members of a household or a company share counts once
when their names differ, and different birth dates or tax numbers weigh more than they would alone.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from crm_app.services.duplicates.blocking import Array
from crm_app.services.duplicates.comparing import Compared
from crm_app.services.duplicates.levels import FEWEST, FIELDS, MISSING, PLACE

SHARED = ("email", "phone", "place", "street", "company")
CONTRADICTION = -5.0  # bits, at most, for two birth dates or tax numbers that are no misspelling of each other


@dataclass(frozen=True, slots=True)
class Parameters:
    """What the rating rests on: the size of the base, how many doubles a contact has, and `m` by field and level."""

    size: int
    doubles: float = 0.2
    m: tuple[tuple[float, ...], ...] = field(
        default_factory=lambda: tuple(tuple(level.m for level in f.levels) for f in FIELDS)
    )

    @property
    def population(self) -> int:
        return max(self.size, FEWEST)

    @property
    def prior(self) -> float:
        """Bits before anything is compared: two contacts at random are hardly ever one."""
        return float(np.log2(self.doubles / self.population))

    def to_json(self) -> dict[str, Any]:
        return {"size": self.size, "doubles": self.doubles, "m": [list(row) for row in self.m]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Parameters":
        """What a program with other levels noted of a field gives way to the shipped figures."""
        rows = zip(data["m"], FIELDS, strict=False)
        known = [row if len(row) == len(f.levels) else [level.m for level in f.levels] for row, f in rows]
        return cls(data["size"], data["doubles"], tuple(tuple(row) for row in known))

    def with_m(self, m: Array, doubles: float) -> "Parameters":
        return replace(
            self, doubles=doubles, m=tuple(tuple(row[: len(f.levels)]) for row, f in zip(m, FIELDS, strict=True))
        )


def bits(parameters: Parameters, compared: Compared) -> Array:
    """The weight of each field, in bits: float32, fields × pairs; 0 where a value is missing."""
    found = np.zeros(compared.levels.shape, np.float32)
    for row, field_ in enumerate(FIELDS):
        levels = compared.levels[row]
        worst = np.log2(parameters.m[row][-1] / (field_.levels[-1].u or 1))
        for place, level in enumerate(field_.levels):
            at = levels == place
            if not at.any():
                continue
            m = parameters.m[row][place]
            if level.u is not None:
                found[row, at] = np.log2(m / level.u)
                continue
            holders = compared.holders[row, at]
            if not level.joint:
                holders = np.maximum(holders - _OWN[field_.name], 0) + field_.rare
            u = np.minimum(holders * level.spread / parameters.population, 0.5)
            if field_.name == "birth":
                u = np.maximum(u, 1 / 25_000)
            found[row, at] = np.maximum(np.log2(m / u), worst)
    return found


# How many of a value's holders the two themselves are: e-mails and phones are counted by names.
_OWN = {"first": 2, "last": 2, "birth": 2, "email": 1, "phone": 1, "place": 2, "street": 2, "company": 2, "tax": 2}


def total(parameters: Parameters, compared: Compared) -> Array:
    """The weight of each pair, in bits; 0 = as likely as not."""
    found = bits(parameters, compared)
    first, last = compared.levels[PLACE["first"]], compared.levels[PLACE["last"]]
    other_first, other_last = first == _level("first", "different"), last == _level("last", "different")
    own = (compared.levels[PLACE["company"]] != MISSING) & ((first == MISSING) | (last == MISSING))
    named = np.isin(first, _ALIKE_FIRST) & np.isin(last, _ALIKE_LAST)
    email = found[PLACE["email"]]
    told = named & np.isin(compared.levels[PLACE["email"]], (_level("email", "local part"), _level("email", "typo")))
    email[told] = np.minimum(email[told], 1.5)  # alike because it is made of the name
    company = found[PLACE["company"]]
    company[~own] = np.maximum(company[~own], -0.7)  # people change their employer
    for name in ("birth", "tax"):
        row = found[PLACE[name]]
        against = compared.levels[PLACE[name]] == _level(name, "different")
        row[against] = np.minimum(row[against], CONTRADICTION)
    prior = parameters.prior
    shared = np.stack([found[PLACE[name]] for name in SHARED])
    for_it = np.maximum(shared, 0)
    strongest = for_it.max(axis=0)
    once = strongest + 0.25 * (for_it.sum(axis=0) - strongest)
    tied = for_it.sum(axis=0)
    kept = np.where(other_last & ~other_first, once, tied)
    strangers = other_first | (first == _level("first", "crossed")) | (other_last & (first == MISSING))
    family = np.maximum(found[PLACE["last"]], 0)
    strangers &= compared.levels[PLACE["birth"]] != _level("birth", "same")
    kept = np.where(strangers, np.minimum(once, -prior + 1) - family, kept)
    return np.asarray(prior + found.sum(axis=0) - tied + kept, np.float32)


def _level(field_name: str, level: str) -> int:
    return FIELDS[PLACE[field_name]].level(level)


_ALIKE_FIRST = tuple(_level("first", name) for name in ("same", "short", "typo", "part"))
_ALIKE_LAST = tuple(_level("last", name) for name in ("same", "typo", "part"))
