"""Lanes of cards that are moved by mouse, finger or menu."""

from typing import Any

import reflex as rx


def _move(number: rx.Var[int], lane: rx.Var[str]) -> tuple[rx.Var[int], rx.Var[str]]:
    return number, lane


def _lane(lane: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (lane,)


class Board(rx.Component):
    """`seen` is another number when the lanes are the truth again; `look_url` ends before a contact's number."""

    library = "$/public/js/board.js"
    tag = "Board"
    lanes: rx.Var[list[Any]]
    seen: rx.Var[int]
    may_move: rx.Var[bool]
    labels: rx.Var[dict[str, str]]
    look_url: rx.Var[str]
    on_move: rx.EventHandler[_move]  # type: ignore[type-arg,valid-type]
    on_more: rx.EventHandler[_lane]  # type: ignore[type-arg,valid-type]
