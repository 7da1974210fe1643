"""The tree of conditions, as an object and as the compact JSON of URLs and saved segments.

A condition is `["city", "is", "Berlin"]`: subject, operator, values as text. A group is `{"all": […]}`, `{"any": […]}`
or `{"none": […]}` of conditions and groups. Knows neither subjects nor a database.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MOST_CONDITIONS, MOST_VALUES, DEEPEST = 50, 200, 5
LONGEST_VALUE = 200  # characters


class Match(StrEnum):
    """How many of a group's items must hold."""

    ALL = "all"
    ANY = "any"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Condition:
    """One question about a contact."""

    subject: str
    operator: str
    values: tuple[str, ...] = ()

    def to_json(self) -> list[str]:
        return [self.subject, self.operator, *self.values]


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions and groups that hold together; without items it holds for everybody."""

    match: Match = Match.ALL
    items: "tuple[Condition | Group, ...]" = ()

    def to_json(self) -> dict[str, Any]:
        return {self.match.value: [item.to_json() for item in self.items]}

    def __bool__(self) -> bool:
        return bool(self.items)

    def conditions(self) -> Iterator[Condition]:
        """Every condition of the tree, in reading order."""
        for item in self.items:
            if isinstance(item, Group):
                yield from item.conditions()
            else:
                yield item

    def mentions(self, subject: str) -> bool:
        return any(condition.subject == subject for condition in self.conditions())


EVERYBODY = Group()


def dumps(group: Group) -> str:
    """The tree as compact JSON; empty for one without conditions."""
    return json.dumps(group.to_json(), ensure_ascii=False, separators=(",", ":")) if group else ""


def loads(written: str) -> Group:
    """The way back. Raises ValueError for anything that is not such a tree: nothing of it is ever left out."""
    if not written:
        return EVERYBODY
    try:
        found = from_json(json.loads(written))
    except RecursionError as error:
        raise ValueError("too deep") from error
    if sum(1 for _ in found.conditions()) > MOST_CONDITIONS:
        raise ValueError("too many conditions")
    return found


def from_json(data: Any, depth: int = 1) -> Group:
    """A group from parsed JSON. Raises ValueError."""
    if not isinstance(data, dict) or len(data) != 1 or depth > DEEPEST:
        raise ValueError("not a group of conditions")
    match, items = next(iter(data.items()))
    if not isinstance(items, list):
        raise ValueError("a group holds a list")
    return Group(Match(match), tuple([_item(item, depth) for item in items]))


def _item(data: Any, depth: int) -> Condition | Group:
    if isinstance(data, dict):
        return from_json(data, depth + 1)
    if not isinstance(data, list) or not 2 <= len(data) <= MOST_VALUES + 2:
        raise ValueError("not a condition")
    if not all(isinstance(part, str) and len(part) <= LONGEST_VALUE for part in data):
        raise ValueError("a condition is made of short texts")
    return Condition(data[0], data[1], tuple(data[2:]))
