"""One input of the settings page, with its label, its hint and what is wrong with it."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.components.text import T
from crm_app.state.settings import SettingsState


def setting(
    name: str, label: str, make: Callable[..., rx.Component], *options: rx.Component, hint: str = "", **props: Any
) -> rx.Component:
    error = SettingsState.errors[name].to(str)
    return rx.el.div(
        rx.el.label(T(label), html_for=f"setting-{name}"),
        make(
            *options,
            id=f"setting-{name}",
            name=name,
            default_value=SettingsState.values[name].to(str),
            aria_invalid=rx.cond(error, "true", "false"),
            aria_describedby=f"error-{name} hint-{name}",
            class_name="input",
            **props,
        ),
        rx.el.p(T(hint), class_name="field-hint", id=f"hint-{name}") if hint else rx.fragment(),
        rx.cond(error, rx.el.p(error, class_name="field-error", id=f"error-{name}", role="alert")),
        class_name="field",
    )
