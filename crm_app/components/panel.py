"""A part of the page that a button opens and Escape closes."""

import reflex as rx


class Panel(rx.Component):
    """Takes the focus to its first field, or the one with `data-first`, and gives it back to the button `opener` (an
    id) when it is gone. `kind` is its ARIA role.
    """

    library = "$/public/js/panel.js"
    tag = "Panel"
    opener: rx.Var[str]
    label: rx.Var[str]
    kind: rx.Var[str]
    on_close: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg,valid-type]
