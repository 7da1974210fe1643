"""In which order a list stands: up to two keys, as its URL has them (`sort=-status,name`)."""

import re
from dataclasses import dataclass

MOST_KEYS = 2
KEYS = ("name", "number", "created", "updated", "company", "city", "email", "status", "owner", "lifecycle")
OWN = "own."  # before the key of an own field
_IS_OWN = re.compile(r"own\.[a-z0-9_]{1,60}")


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of an order."""

    key: str
    descending: bool = False

    def __str__(self) -> str:
        return ("-" if self.descending else "") + self.key

    @property
    def turned(self) -> "Sort":
        return Sort(self.key, not self.descending)


Order = tuple[Sort, ...]
BY_NAME: Order = (Sort("name"),)


def loads(text: str) -> Order:
    """The order in a URL; what is no key of ours is left out, and nothing left means by name."""
    found: dict[str, Sort] = {}
    for part in text.split(","):
        key = part.removeprefix("-")
        if key in KEYS or _IS_OWN.fullmatch(key):
            found.setdefault(key, Sort(key, part.startswith("-")))
    return tuple(found.values())[:MOST_KEYS] or BY_NAME


def dumps(order: Order) -> str:
    """As a URL has it; empty for the usual order."""
    return "" if order == BY_NAME else ",".join(map(str, order))


def unique(order: Order) -> Order:
    """Each key once, where it stands first; no more than there may be."""
    return loads(",".join(map(str, order)))


def first_by(order: Order, key: str) -> Order:
    """After a click on a column's head: by it alone, upwards, and the other way round when it led already."""
    return (order[0].turned,) if order[0].key == key else (Sort(key),)


def then_by(order: Order, key: str) -> Order:
    """After a click with Shift: by it too, behind the first key; turned round when it stands there already."""
    if order[0].key == key:
        return (order[0].turned, *order[1:])
    second = order[1].turned if len(order) > 1 and order[1].key == key else Sort(key)
    return (order[0], second)
