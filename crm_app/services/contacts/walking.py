"""A list walked by keyset, in any order of keys: page 10,000 costs what page 1 costs.

What lies behind a contact is cut into stretches, each of which one index answers: those with the same first value
behind the second one, then those with a later first value; a key with few values (status) is gone through value by
value, and contacts without a value are a stretch of their own. A page takes mostly one or two of them.
No stretch holds an OR, so no plan depends on how a database turns one into ranges.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func

from crm_app.services.contacts.sorting import MOST_GROUPS, Step


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a list: who belongs to it, and its order."""

    conditions: tuple[ColumnElement[bool], ...] = ()
    order: tuple[Any, ...] = ()

    def having(self, *conditions: ColumnElement[bool]) -> "Stretch":
        return Stretch((*conditions, *self.conditions), self.order)

    def led_by(self, *terms: Any) -> "Stretch":
        return Stretch(self.conditions, (*terms, *self.order))


def stretches(steps: Sequence[Step], anchor: Sequence[Any] | None) -> Iterator[Stretch]:
    """A list from its beginning, or from behind a contact, in the order of the steps."""
    return whole(steps) if anchor is None else behind(steps, anchor)


def whole(steps: Sequence[Step], *, leads: bool = True) -> Iterator[Stretch]:
    """All of a list. `leads`: nothing is sorted by yet, so that a key may be cut into its values."""
    if not steps:
        yield Stretch()
        return
    step, rest = steps[0], steps[1:]
    if not leads or (step.groups is not None and not is_cut(step)):
        (behind_it,) = whole(rest, leads=False)
        yield behind_it.led_by(*_terms(step))
    elif is_cut(step):
        for value in _values(step):
            yield from (one.having(_is(step, value)) for one in whole(rest))
    elif not step.is_nullable:
        (behind_it,) = whole(rest, leads=False)
        yield behind_it.led_by(_directed(step))
    else:
        (filled,) = whole(rest, leads=False)
        filled = filled.led_by(_directed(step)).having(step.is_filled)
        empty = [one.having(_is(step, None)) for one in whole(rest)]
        yield from [filled, *empty] if step.nulls_last else [*empty, filled]


def behind(steps: Sequence[Step], anchor: Sequence[Any]) -> Iterator[Stretch]:
    """What comes behind the contact that has the values `anchor`, one for each step."""
    if not steps:
        return
    step, rest, value = steps[0], steps[1:], anchor[0]
    yield from (one.having(_is(step, value)) for one in behind(rest, anchor[1:]))
    if is_cut(step):
        values = _values(step)
        later = values[values.index(value) + 1 :] if value in values else []
        for other in later:
            yield from (one.having(_is(step, other)) for one in whole(rest))
        return
    if step.groups is not None:
        yield from _behind_rank(step, rest, value)
        return
    if value is not None:
        (sorted_,) = whole(rest, leads=False)
        beyond = step.column < value if step.falling else step.column > value
        yield sorted_.led_by(_directed(step)).having(beyond)
        if step.is_nullable and step.nulls_last:
            yield from (one.having(_is(step, None)) for one in whole(rest))
    elif not step.nulls_last:
        (filled,) = whole(rest, leads=False)
        yield filled.led_by(_directed(step)).having(step.is_filled)


def _behind_rank(step: Step, rest: Sequence[Step], value: Any) -> Iterator[Stretch]:
    groups = step.groups or ()
    nowhere = len(groups) if step.nulls_last else -1
    place = groups.index(value) if value in groups else nowhere
    (sorted_,) = whole(rest, leads=False)
    yield sorted_.led_by(step.rank).having(step.rank > place)


def is_cut(step: Step) -> bool:
    """Whether a list led by the step has a stretch for each of its values."""
    return step.groups is not None and len(step.groups) <= MOST_GROUPS


def _values(step: Step) -> list[Any]:
    groups = step.groups or ()
    if not step.is_nullable:
        return list(groups)
    return [*groups, None] if step.nulls_last else [None, *groups]


def _is(step: Step, value: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = step.column.is_(None) if value is None else step.column == value
    return found


def _directed(step: Step) -> Any:
    return step.column.desc() if step.falling else step.column.asc()


def _terms(step: Step) -> list[Any]:
    """The step behind another one: its whole order in terms of the query."""
    if step.groups is not None:
        return [step.rank]
    if not step.is_nullable:
        return [_directed(step)]
    empty_last = case((step.column.is_(None), 1), else_=0)
    filled = func.coalesce(step.column, step.blank)
    return [
        empty_last if step.nulls_last else empty_last.desc(),
        filled.desc() if step.falling else filled,
    ]
