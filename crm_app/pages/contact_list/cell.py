"""One value of a contact, as its column shows it."""

import reflex as rx

from crm_app.state.contacts import Head


def cell(parts: rx.Var[list[str]], head: rx.Var[Head], status_dot: rx.Var[str]) -> rx.Component:
    """What a column shows of a contact."""
    whole = parts.join("")
    return rx.el.td(
        rx.cond(
            parts.length() > 0,
            rx.match(
                head.look,
                ("mail", rx.el.a(marked(parts), href="mailto:" + whole, class_name="link")),
                ("badges", rx.foreach(parts, lambda badge: rx.el.span(badge, class_name="chip"))),
                (
                    "status",
                    rx.el.span(rx.el.span(class_name="status-dot " + status_dot), whole, class_name="status"),
                ),
                (
                    "link",
                    rx.el.a(whole, href=whole, class_name="link", rel="noopener noreferrer nofollow", target="_blank"),
                ),
                marked(parts),
            ),
            rx.el.span("–", class_name="dash", aria_hidden="true"),
        ),
        title=rx.cond(head.look == "badges", "", whole),
        class_name=rx.match(
            head.look,
            ("number", "number right quiet"),
            ("date", "number quiet"),
            ("phone", "number"),
            head.look + "-cell",
        ),
    )


def marked(parts: rx.Var[list[str]]) -> rx.Component:
    """A text, its hits marked: every second part is one."""
    return rx.foreach(parts, lambda part, place: rx.cond(place % 2 == 1, rx.el.mark(part), part))
