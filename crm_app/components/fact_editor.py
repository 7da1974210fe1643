"""A fact of a card that is changed in its place, and the switch for those that are empty."""

import reflex as rx

_LIBRARY = "$/public/js/fact.js"


def _two_texts(value: rx.Var[str], seen: rx.Var[str]) -> tuple[rx.Var[str], rx.Var[str]]:
    return (value, seen)


class FactEditor(rx.Component):
    """`text` is shown, `raw` is what is changed; `on_save` gets the new text and the one that stood there;
    `on_leave` is called when a refused one is given up.

    `id` is its button's; `kind` is text, long, date or choice.
    """

    library = _LIBRARY
    tag = "FactEditor"
    label: rx.Var[str]
    change: rx.Var[str]  # what its button is called
    text: rx.Var[str]
    dot: rx.Var[str]  # class of the coloured dot before it; empty for none
    url: rx.Var[str]
    raw: rx.Var[str]
    kind: rx.Var[str]
    mode: rx.Var[str]  # of the keyboard that a phone offers
    hint: rx.Var[str]
    options: rx.Var[list[list[str]]]
    turn: rx.Var[int]  # another number: what is shown is the truth again
    error: rx.Var[str]
    typed: rx.Var[str]  # what was refused
    on_save: rx.EventHandler[_two_texts]  # type: ignore[type-arg,valid-type]
    on_leave: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg,valid-type]


class FactsToggle(rx.Component):
    """Shows and hides what has the class `rare`."""

    library = _LIBRARY
    tag = "FactsToggle"
    show: rx.Var[str]
    hide: rx.Var[str]
