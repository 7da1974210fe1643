"""Where a tab goes whose session has ended: it leaves the app by itself, compiled in, so that no policy stops it."""

import reflex as rx

from crm_app import routes
from crm_app.components.text import T

PAGE = {"route": routes.SIGNED_OUT, "on_load": []}


def signed_out() -> rx.Component:
    """An empty page that moves on to the sign-in page."""
    return rx.el.main(
        rx.el.a(T("Sign in"), href=routes.LOGIN),
        on_mount=rx.run_script(f"window.location.replace('{routes.LOGIN}?out')"),
    )


PAGE = {"route": routes.SIGNED_OUT, "on_load": []}
