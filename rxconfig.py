"""Reflex's configuration: one port, no telemetry, no foreign servers, a Radix stylesheet cut to what we use."""

import reflex as rx

from crm_app import settings
from crm_app.theme import ACCENT, COLOURS, GREY
from crm_app.web.origins import allowed_origins

_settings = settings.get()


class SlimRadixPlugin(rx.plugins.RadixThemesPlugin):
    """Radix Themes with our colours only, and the one font, served from here."""

    def get_stylesheet_paths(self, **context):
        colours = "@radix-ui/themes/tokens/colors/"
        return (
            "@radix-ui/themes/tokens/base.css",
            *(f"{colours}{name}.css" for name in COLOURS),
            "@radix-ui/themes/components.css",
            "@radix-ui/themes/utilities.css",
            "@fontsource-variable/inter/wght.css",
        )

    def get_frontend_dependencies(self, **context):
        return (*super().get_frontend_dependencies(**context), "@fontsource-variable/inter@5.2.8")


config = rx.Config(
    app_name="crm_app",
    backend_port=_settings.port,
    frontend_port=_settings.port,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    state_manager_mode="redis" if _settings.redis_url else "memory",
    redis_url=_settings.redis_url or None,
    trusted_proxy_hops=0,
    cors_allowed_origins=allowed_origins(),
    plugins=[
        SlimRadixPlugin(
            theme=rx.theme(accent_color=ACCENT, gray_color=GREY, radius="medium", scaling="100%", has_background=True)
        )
    ],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
