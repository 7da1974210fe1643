"""A button that asks what becomes of what is there already before something is cancelled."""

import reflex as rx


class CancelDialog(rx.Component):
    """`keep`, `take_back` (empty = not offered) and `stay` are the answers; the last one changes nothing."""

    library = "$/public/js/choose.js"
    tag = "CancelDialog"
    label: rx.Var[str]
    title: rx.Var[str]
    keep: rx.Var[str]
    take_back: rx.Var[str]
    stay: rx.Var[str]
    on_keep: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg,valid-type]
    on_take_back: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[type-arg,valid-type]
