"""What narrows a list, with the way out of it."""

import reflex as rx

from crm_app.components.text import t


def filter_chip(shown: rx.Var[str], words: rx.Component | rx.Var[str], off_url: rx.Var[str]) -> rx.Component:
    """Nothing where `shown` is empty; `off_url` is the list without it."""
    return rx.cond(
        shown,
        rx.el.span(
            rx.el.span(words, class_name="filter-words"),
            rx.link(
                rx.icon("x", size=14),
                href=off_url,
                underline="none",
                aria_label=t("Remove the filter {words}", words=shown),
            ),
            class_name="filter-chip",
        ),
    )
