"""What a course is made of, as a form asks for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.input_field import input_field
from crm_app.components.text import N


@dataclass(frozen=True)
class Begun:
    """What the fields show at first."""

    name: Any = ""
    description: Any = ""
    starts_on: Any = ""
    ends_on: Any = ""
    capacity: Any = ""
    status: Any = "planned"


def course_fields(state: Any, begun: Begun = Begun()) -> rx.Component:
    """`state` has `errors` by field and `statuses`."""

    def field(name: str, label: str, make: Callable[..., rx.Component], *options: rx.Component, **props: Any) -> Any:
        return input_field(
            f"course-{name}",
            name,
            label,
            make,
            *options,
            error=state.errors[name].to(str),
            value=getattr(begun, name),
            **props,
        )

    return rx.el.div(
        field("name", N("Name"), rx.el.input, wide=True, max_length=200, required=True, auto_complete="off"),
        field("description", N("Description"), rx.el.textarea, wide=True, rows=3, max_length=5000),
        field("starts_on", N("First day"), rx.el.input, type="date"),
        field("ends_on", N("Last day"), rx.el.input, type="date"),
        field(
            "capacity",
            N("Places"),
            rx.el.input,
            input_mode="numeric",
            max_length=6,
            auto_complete="off",
            hint=N("Empty: as many as come. Who comes when all are taken waits for one."),
        ),
        field("status", N("Status"), rx.el.select, choice_options(state.statuses)),
        class_name="fields",
    )
