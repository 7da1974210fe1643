"""The head of a column that sorts and can be made wider."""

import reflex as rx


def _one_width(width: rx.Var[int]) -> tuple[rx.Var[int]]:
    return (width,)


class ColumnHead(rx.Component):
    """`place` is where the column stands in the order, "1", "2" or "" for not at all; `edge` names its edge."""

    library = "$/public/js/columnhead.js"
    tag = "ColumnHead"
    name: rx.Var[str]
    label: rx.Var[str]
    sort_url: rx.Var[str]  # empty: not to be sorted by
    then_url: rx.Var[str]
    place: rx.Var[str]
    falling: rx.Var[bool]
    many: rx.Var[bool]  # there is a second key: places are shown
    width: rx.Var[int]
    edge: rx.Var[str]
    on_resize: rx.EventHandler[_one_width]  # type: ignore[type-arg,valid-type]
