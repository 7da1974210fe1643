"""Back and on through a list, as links: they open in a new tab, and the back button works."""

import reflex as rx

from crm_app.components.text import T, t


def pager(previous_url: rx.Var[str], next_url: rx.Var[str]) -> rx.Component:
    """An empty address shows its link as not available."""
    return rx.el.nav(
        rx.el.div(
            _link(previous_url, rx.icon("chevron-left", size=16), T("Previous")),
            _link(next_url, T("Next"), rx.icon("chevron-right", size=16)),
            class_name="pager-end",
        ),
        aria_label=t("Pages"),
        class_name="pager",
    )


def _link(url: rx.Var[str], *inside: rx.Component) -> rx.Component:
    return rx.link(*inside, href=url, underline="none", class_name=rx.cond(url, "button", "button off"))
