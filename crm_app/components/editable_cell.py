"""A cell of a table that is changed in its place."""

import reflex as rx


def _one_text(value: rx.Var[str]) -> tuple[rx.Var[str]]:
    return (value,)


class EditableCell(rx.Component):
    """`text` is shown, `raw` is what is changed; `old` stands struck out before it. `on_save` gets the new text."""

    library = "$/public/js/cell.js"
    tag = "EditableCell"
    text: rx.Var[str]
    old: rx.Var[str]
    mark: rx.Var[str]  # CSS classes: error, warning, changed, edited
    raw: rx.Var[str]
    label: rx.Var[str]
    hint: rx.Var[str]
    editable: rx.Var[bool]
    seen: rx.Var[int]  # another number: what is shown is the truth again
    on_save: rx.EventHandler[_one_text]  # type: ignore[type-arg,valid-type]
