"""The frame of the privacy desk: its title, and the way to its parts."""

import reflex as rx

from crm_app import routes
from crm_app.components.shell import shell
from crm_app.components.text import N, T, t

SECTIONS = (
    ("requests", N("Requests"), routes.PRIVACY),
    ("retention", N("Retention"), routes.PRIVACY_RETENTION),
    ("record", N("Record of processing"), routes.PRIVACY_RECORD),
)


def privacy_shell(section: str, *content: rx.Component, actions: rx.Component | None = None) -> rx.Component:
    return shell(
        rx.el.nav(
            *[
                rx.link(
                    T(label),
                    href=path,
                    underline="none",
                    class_name="tab",
                    **({"aria_current": "true"} if key == section else {}),
                )
                for key, label, path in SECTIONS
            ],
            aria_label=t("Parts of the privacy desk"),
            class_name="tabs settings-sections",
        ),
        *content,
        place="privacy",
        title=N("Privacy"),
        actions=actions,
        form=True,
    )
