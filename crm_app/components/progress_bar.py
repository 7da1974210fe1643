"""How far a piece of work is."""

import reflex as rx

from crm_app.components.text import t


def progress_bar(percent: rx.Var[int]) -> rx.Component:
    return rx.el.div(
        rx.el.div(class_name="bar-fill", style={"width": percent.to(str) + "%"}),
        class_name="bar",
        role="progressbar",
        aria_valuemin=0,
        aria_valuemax=100,
        aria_valuenow=percent,
        aria_label=t("Progress"),
    )
