"""The options of a select box, from choices with a value and a label."""

from typing import Any

import reflex as rx


def choice_options(choices: Any) -> rx.Component:
    return rx.foreach(choices, lambda one: rx.el.option(one.label, value=one.value, key=one.value))
