"""Notices an upload that did not arrive."""

import reflex as rx


class UploadWatch(rx.Component):
    """Watches the uploads of the page it stands on."""

    library = "$/public/js/upload.js"
    tag = "UploadWatch"
    on_lost: rx.EventHandler[rx.event.no_args_event_spec]


def upload_watch(on_lost: rx.event.EventType[()]) -> rx.Component:
    return UploadWatch.create(on_lost=on_lost)
