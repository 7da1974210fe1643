"""Keys that go through a list, the sheet beside it, and the sheet of keys. None of them calls the server."""

import reflex as rx

_LIBRARY = "$/public/js/listkeys.js"


class ListKeys(rx.Component):
    """Rows are elements with `data-row` and the id `contact-<number>`; `a.look`, `a.name-link` and `.tick input` in
    them are what keys press.
    """

    library = _LIBRARY
    tag = "ListKeys"
    may_edit: rx.Var[bool]


class LookSheet(rx.Component):
    """The contact `number` beside the list; takes the focus and gives it back to its row."""

    library = _LIBRARY
    tag = "LookSheet"
    number: rx.Var[str]
    label: rx.Var[str]


class KeysHelp(rx.Component):
    """A dialogue that `?` opens."""

    library = _LIBRARY
    tag = "KeysHelp"
    label: rx.Var[str]
