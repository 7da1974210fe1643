"""What a message looks like: HTML in a frame of its own that runs nothing and loads nothing."""

import reflex as rx

from crm_app.components.text import t


def mail_preview(html: rx.Var[str]) -> rx.Component:
    return rx.el.iframe(
        src_doc=html,
        sandbox="",
        title=t("Preview of the message"),
        tab_index=-1,
        class_name="mail-preview",
    )
