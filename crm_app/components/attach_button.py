"""A button that takes one file and sends it to a route of ours."""

import reflex as rx


class AttachButton(rx.Component):
    """`limit` in bytes, `accept` endings by comma. `words`: add, hint, lost, tooLarge, oneOnly, unknown."""

    library = "$/public/js/attach.js"
    tag = "AttachButton"
    url: rx.Var[str]
    accept: rx.Var[str]
    limit: rx.Var[int]
    words: rx.Var[dict[str, str]]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg,valid-type]
