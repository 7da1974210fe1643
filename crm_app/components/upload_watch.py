"""Notices an upload that did not arrive."""

from typing import Any

import reflex as rx


def _nothing() -> tuple[()]:
    return ()


class UploadWatch(rx.Component):
    """Watches the uploads of the page it stands on."""

    library = "$/public/js/upload.js"
    tag = "UploadWatch"
    on_lost: rx.EventHandler[_nothing]  # type: ignore[type-arg,valid-type]


def upload_watch(on_lost: Any) -> rx.Component:
    return UploadWatch.create(on_lost=on_lost)
