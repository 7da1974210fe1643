"""What a card does in the browser: its place in a list, its keys, and its parts on a phone."""

import reflex as rx

_LIBRARY = "$/public/js/card.js"


def _number_and_address(number: rx.Var[int], address: rx.Var[str]) -> tuple[rx.Var[int], rx.Var[str]]:
    return (number, address)


class CardPlace(rx.Component):
    """Calls `on_look` with the number in the page's address and the address of the list it was opened from. Keys press
    `#card-next`, `#card-previous`, `#card-back` and `#card-edit`.
    """

    library = _LIBRARY
    tag = "CardPlace"
    ready: rx.Var[bool]
    of: rx.Var[int]  # the number whose neighbours are shown
    on_look: rx.EventHandler[_number_and_address]  # type: ignore[type-arg,valid-type]


class CardTabs(rx.Component):
    """Chooses on a phone which of the elements with `data-part` is shown; `parts` are their names and words."""

    library = _LIBRARY
    tag = "CardTabs"
    label: rx.Var[str]
    parts: rx.Var[list[list[str]]]


class CommentButton(rx.Component):
    """Shows the part `timeline` and puts the cursor into `#new-comment`."""

    library = _LIBRARY
    tag = "CommentButton"


class PartLink(rx.Component):
    """Shows a part and leads to the element with the id `to` in it."""

    library = _LIBRARY
    tag = "PartLink"
    part: rx.Var[str]
    to: rx.Var[str]
