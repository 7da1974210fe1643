"""A tag of a contact; those of the franchise are orange."""

from typing import Any

import reflex as rx


def tag_chip(tag: Any) -> rx.Component:
    """`tag` has a `name` and says whether it is `franchise`."""
    return rx.el.span(tag.name, class_name=rx.cond(tag.franchise, "chip franchise", "chip"))
