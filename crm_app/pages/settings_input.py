"""One input of the settings page, with its label, its hint and what is wrong with it."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app.components.input_field import input_field
from crm_app.state.settings import SettingsState


def setting(
    name: str, label: str, make: Callable[..., rx.Component], *options: rx.Component, hint: str = "", **props: Any
) -> rx.Component:
    return input_field(
        f"setting-{name}",
        name,
        label,
        make,
        *options,
        error=SettingsState.errors[name].to(str),
        value=SettingsState.values[name].to(str),
        hint=hint,
        **props,
    )
