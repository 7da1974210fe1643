"""Days as a grid, whose tasks and events are moved by mouse or keyboard."""

from typing import Any

import reflex as rx


def _move(kind: rx.Var[str], id: rx.Var[int], day: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[int], rx.Var[str]]:
    return kind, id, day


def _open(kind: rx.Var[str], id: rx.Var[int]) -> tuple[rx.Var[str], rx.Var[int]]:
    return kind, id


def _add(day: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (day,)


class CalendarGrid(rx.Component):
    """`seen` is another number when the days are the truth again; `day_url` ends before a day."""

    library = "$/public/js/calendar.js"
    tag = "CalendarGrid"
    days: rx.Var[list[Any]]
    weekdays: rx.Var[list[str]]
    view: rx.Var[str]
    seen: rx.Var[int]
    may_move: rx.Var[bool]
    labels: rx.Var[dict[str, str]]
    day_url: rx.Var[str]
    on_move: rx.EventHandler[_move]  # type: ignore[type-arg,valid-type]
    on_open: rx.EventHandler[_open]  # type: ignore[type-arg,valid-type]
    on_add: rx.EventHandler[_add]  # type: ignore[type-arg,valid-type]
