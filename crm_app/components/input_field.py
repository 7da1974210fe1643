"""One input of a form with its label, its hint, and what is wrong with it."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.components.text import T


def input_field(
    id: str,
    name: str,
    label: str,
    make: Callable[..., rx.Component],
    *options: rx.Component,
    error: rx.Var[str],
    value: Any = "",
    hint: str = "",
    wide: bool = False,
    **props: Any,
) -> rx.Component:
    """`make` is what it is made with (`rx.el.input`, `rx.el.select`, …); `error` is empty when nothing is wrong."""
    return rx.el.div(
        rx.el.label(T(label), html_for=id),
        make(
            *options,
            id=id,
            name=name,
            default_value=value,
            aria_invalid=rx.cond(error, "true", "false"),
            aria_describedby=f"{id}-error {id}-hint",
            **{"class_name": "input", **props},
        ),
        rx.el.p(T(hint), class_name="field-hint", id=f"{id}-hint") if hint else rx.fragment(),
        rx.cond(error, rx.el.p(error, class_name="field-error", id=f"{id}-error", role="alert")),
        class_name="field wide" if wide else "field",
    )
