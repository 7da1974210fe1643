"""The app, assembled: pages, gate, guard, jobs. Nothing else happens here."""

import logging
from pathlib import Path

import reflex as rx
from reflex_base.environment import environment

from crm_app import routes
from crm_app.components.connection import connection_lost
from crm_app.pages import PAGES
from crm_app.state import bell, guard, messages, tabs
from crm_app.state.session import RELOADS
from crm_app.theme import STYLESHEETS
from crm_app.web import (
    attachments,
    background,
    build,
    consent,
    downloads,
    feeds,
    gate,
    i18n,
    message_links,
    public_forms,
    uploads,
)

log = logging.getLogger(__name__)


PUBLIC = (i18n, feeds, public_forms, consent, message_links)  # what people without an account may reach
_ROUTE_IDS = {routes.HOME: "/index"}  # what the router calls a page that is not called by its route


def report(exception: Exception) -> None:
    """An unexpected error of a handler goes to the log; the page keeps what it shows."""
    log.error("handler failed: %s", type(exception).__name__, exc_info=exception)


def report_browser(exception: Exception) -> None:
    """An error in a browser: its text may hold anything a page shows, so only the fact is logged."""
    log.warning("a page reported an error: %s", type(exception).__name__)


def make_app() -> rx.App:
    """The one Reflex app of this process."""

    async def push_out(session_id: int) -> None:
        await tabs.push_out(made, session_id)

    made = rx.App(
        stylesheets=STYLESHEETS,
        head_components=[rx.el.script(src="/i18n/boot.js"), rx.el.meta(name="color-scheme", content="light dark")],
        app_wraps={(5, "Overlay"): lambda stateful: connection_lost() if stateful else None},
        toaster=rx.toast.provider(position="bottom-center", close_button=True, rich_colors=True),
        api_transformer=gate.make(
            build=_build(),
            on_session_ended=push_out,
            public_routes=[route for room in PUBLIC for route in room.routes()],
            private_routes=[*downloads.routes(), *uploads.routes(), *attachments.routes()],
        ),
        backend_exception_handler=report,
        frontend_exception_handler=report_browser,
    )
    for component, page in PAGES:
        made.add_page(component, route=page["route"], on_load=page["on_load"], title="CRM")
        RELOADS[_ROUTE_IDS.get(page["route"], page["route"])] = page["on_load"]
    guard.install(made, on_refused=messages.show_refusal)
    made.register_lifespan_task(bell.watch, app=made)
    made.register_lifespan_task(background.workers)
    return made


def _build() -> Path | None:
    client = Path(environment.REFLEX_WEB_WORKDIR.get()) / build.CLIENT
    return client if client.is_dir() else None


app = make_app()
