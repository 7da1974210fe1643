"""One entry of a timeline, on the card and in the quick look alike."""

import reflex as rx

from crm_app.components.download import download
from crm_app.state.contact_happenings import ICONS, Change, Happening, Part

_ICONS = tuple(dict.fromkeys(ICONS.values()))


def event(
    happening: rx.Var[Happening],
    *,
    comment: rx.Component | None = None,
    beside: rx.Component | None = None,
    below: rx.Component | None = None,
) -> rx.Component:
    """`comment` stands for the words of a comment, `beside` behind who and when, `below` at the end."""
    said = comment or rx.el.p(rx.foreach(happening.comment.parts, part), class_name="comment-text")
    return rx.el.li(
        rx.el.span(_icon(happening), class_name="event-icon", aria_hidden="true"),
        rx.el.div(
            rx.cond(
                happening.comment,
                said,
                rx.cond(happening.url, _link(happening), rx.el.span(happening.what)),
            ),
            rx.el.p(
                rx.el.time(happening.when, title=happening.exact),
                rx.cond(happening.who, rx.el.span(" · ", happening.who)),
                beside or rx.fragment(),
                class_name="event-when",
            ),
            rx.cond(happening.detail, rx.el.p(happening.detail, class_name="event-changes")),
            rx.foreach(happening.changes, change),
            below or rx.fragment(),
            class_name="event-what",
        ),
        class_name="event",
        key=happening.key,
    )


def part(one: rx.Var[Part]) -> rx.Component:
    """A piece of a comment: a link, the name of a colleague, or words."""
    return rx.cond(
        one.url,
        rx.el.a(one.text, href=one.url, class_name="link", rel="noopener noreferrer nofollow", target="_blank"),
        rx.cond(one.is_name, rx.el.span(one.text, class_name="mention"), one.text),
    )


def change(one: rx.Var[Change]) -> rx.Component:
    """A field, its old value struck out, and its new one."""
    return rx.el.p(
        one.label,
        ": ",
        rx.cond(one.old, rx.el.span(one.old, class_name="old-value")),
        rx.cond(one.old, " → ", ""),
        rx.cond(one.new, rx.el.span(one.new, class_name="new-value"), rx.el.span("–", class_name="dash")),
        class_name="event-changes",
    )


def _link(happening: rx.Var[Happening]) -> rx.Component:
    """A file is a download, and no page of ours."""
    return rx.cond(
        happening.file_id > 0,
        download(happening.what, href=happening.url, class_name="link"),
        rx.link(happening.what, href=happening.url, class_name="link"),
    )


def _icon(happening: rx.Var[Happening]) -> rx.Component:
    return rx.match(happening.icon, *[(name, rx.icon(name, size=14)) for name in _ICONS], rx.icon("circle", size=14))
