"""What single values tell beside their spelling: their words, first letters and lengths; by code, -1 last."""

from collections.abc import Callable

import numpy as np

from crm_app.services.duplicates import spelling
from crm_app.services.duplicates.blocking import Array
from crm_app.services.duplicates.prepared import Column


def word(n: int) -> Callable[[str], str]:
    """Takes the n-th word of a name, when it is more than a letter."""

    def nth(name: str) -> str:
        words = name.split()
        return words[n] if n < len(words) and len(words[n]) > 1 else ""

    return nth


def shares(words: list[Column], left: Array, right: Array) -> Array:
    """Two names of several words share one of them: their codes mean different things, so the words are compared."""
    found = np.zeros(len(left), bool)
    known: dict[str, int] = {}
    tables = [
        np.array([known.setdefault(value, len(known)) for value in column.values] + [-1], np.int32) for column in words
    ]
    codes = [table[column.codes] for table, column in zip(tables, words, strict=True)]
    for mine in codes:
        for other in codes:
            found |= (mine[left] == other[right]) & (mine[left] >= 0)
    return found


def lengths(column: Column) -> Array:
    return np.array([*map(len, column.values), 0], np.int16)


def initials(column: Column) -> Array:
    return np.array([*(ord(value[0]) for value in column.values), 0], np.int32)


_GENERAL = frozenset(
    "info kontakt contact office mail post admin support hello service sekretariat biuro segreteria".split()
)


def telling(norm: str) -> str:
    """What stands before the @, unless it is short or belongs to an office."""
    local = spelling.plain(norm.partition("@")[0].partition("+")[0]).replace(" ", "")
    return local if len(local) >= 5 and local not in _GENERAL else ""
