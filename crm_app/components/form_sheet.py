"""A form at the side, from below on a phone, whose state keeps its errors by field."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import reflex as rx

from crm_app.components.input_field import input_field
from crm_app.components.planned_fields import sheet
from crm_app.components.text import T


def form_sheet(
    state: Any,
    is_open: rx.Var[bool],
    title: rx.Component | rx.Var[str],
    opener: Any,
    on_submit: Any,
    foot: list[rx.Component],
    *fields: rx.Component,
) -> rx.Component:
    """`state` has `errors` by field, "" for the whole, `turn` and `close`; `opener` is the id of its button."""
    adapted = SimpleNamespace(is_open=is_open, error=state.errors[""].to(str), turn=state.turn, close=state.close)
    made: rx.Component = sheet(adapted, title, opener, on_submit, [*foot, _cancel(state)], *fields)
    return made


def sheet_field(
    state: Any,
    prefix: str,
    name: str,
    label: str,
    make: Callable[..., rx.Component],
    *options: rx.Component,
    **props: Any,
) -> rx.Component:
    """A field of such a form; its id is made of prefix and name."""
    if make is rx.el.input:
        props = {"auto_complete": "off", **props}
    return input_field(f"{prefix}-{name}", name, label, make, *options, error=state.errors[name].to(str), **props)


def _cancel(state: Any) -> rx.Component:
    return rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=state.close)
