"""A place for one file: dropped, clicked or tapped, and sent to a route of ours."""

import reflex as rx


class FileDrop(rx.Component):
    """Sends the file to `url` and goes where the answer says. `limit` in bytes, `accept` endings by comma.

    `words`: sending, progress, cancel, lost, tooLarge, oneOnly, unknown.
    """

    library = "$/public/js/filedrop.js"
    tag = "FileDrop"
    url: rx.Var[str]
    accept: rx.Var[str]
    limit: rx.Var[int]
    words: rx.Var[dict[str, str]]


def file_drop(
    *children: rx.Component, url: str, accept: tuple[str, ...], limit: int, words: dict[str, rx.Var[str]]
) -> rx.Component:
    return FileDrop.create(*children, url=url, accept=",".join(accept), limit=limit, words=words)
