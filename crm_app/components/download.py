"""A link to a file: the browser fetches it, where a plain link would look for a page of the app."""

import reflex as rx


def download(*content: rx.Component, href: str | rx.Var[str], class_name: str) -> rx.Component:
    return rx.el.a(*content, href=href, download=True, reload_document=True, class_name=class_name)
