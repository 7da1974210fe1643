"""Who is signed in: name, language, light or dark, sign out."""

import reflex as rx

from crm_app import routes
from crm_app.components.text import T
from crm_app.locales import LANGUAGES
from crm_app.state.session import SessionState


def account_menu() -> rx.Component:
    return rx.dropdown_menu.root(
        rx.dropdown_menu.trigger(
            rx.el.button(
                rx.el.span(SessionState.initials, class_name="initials"),
                rx.el.span(SessionState.name, class_name="brand-name"),
                type="button",
                class_name="account",
            )
        ),
        rx.dropdown_menu.content(
            *[
                rx.dropdown_menu.item(
                    name, on_select=[rx.run_script(f"window.__setLocale('{key}')"), SessionState.set_my_language(key)]
                )
                for key, name in LANGUAGES.items()
            ],
            rx.dropdown_menu.separator(),
            rx.dropdown_menu.item(T("Your account"), on_select=rx.redirect(routes.ACCOUNT)),
            rx.dropdown_menu.item(T("Light or dark"), on_select=rx.toggle_color_mode),
            rx.dropdown_menu.separator(),
            rx.dropdown_menu.item(T("Sign out"), on_select=rx.run_script(SIGN_OUT)),
            class_name="menu",
        ),
    )


# A real form post: the edge ends the session, no state of a tab is asked.
SIGN_OUT = (
    "(() => { const f = document.createElement('form'); f.method = 'post'; "
    f"f.action = '{routes.LOGOUT}'; document.body.append(f); f.submit(); }})()"
)


def account_panel() -> rx.Component:
    """The same as the menu, as large targets for a phone's settings page."""
    return rx.el.section(
        rx.el.h2(T("You")),
        rx.el.p(SessionState.name, class_name="quiet"),
        rx.el.div(
            *[
                rx.el.button(
                    name,
                    type="button",
                    class_name="button",
                    aria_pressed=SessionState.language == key,
                    on_click=[rx.run_script(f"window.__setLocale('{key}')"), SessionState.set_my_language(key)],
                )
                for key, name in LANGUAGES.items()
            ],
            rx.el.button(
                rx.icon("sun-moon", size=16),
                T("Light or dark"),
                type="button",
                class_name="button",
                on_click=rx.toggle_color_mode,
            ),
            rx.el.button(
                rx.icon("log-out", size=16),
                T("Sign out"),
                type="button",
                class_name="button",
                on_click=rx.run_script(SIGN_OUT),
            ),
            class_name="card-actions",
        ),
        rx.link(T("Password, second factor and devices"), href=routes.ACCOUNT, class_name="link"),
        rx.el.label(
            rx.el.input(type="checkbox", checked=SessionState.mail_notices, on_change=SessionState.toggle_mail_notices),
            T("Notices by mail too, once a mail server is set"),
            class_name="tick gap",
        ),
        class_name="panel",
    )
