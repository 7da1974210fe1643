"""What is shown while the connection to the server is lost; it heals by itself."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from crm_app.components.text import T


def connection_lost() -> rx.Component:
    return rx.cond(
        has_connection_errors,
        rx.el.div(
            rx.el.div(T("Connection lost. Trying again; nothing you saved is gone."), role="status"),
            class_name="connection-lost",
        ),
    )
