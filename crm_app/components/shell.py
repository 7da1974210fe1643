"""The frame around every page: rail and top line on a desktop, bottom bar on a phone."""

from dataclasses import dataclass

import reflex as rx

from crm_app import routes
from crm_app.components.account import account_menu
from crm_app.components.bell import bell
from crm_app.components.message import message_relay
from crm_app.components.text import N, T, t
from crm_app.state.session import SessionState


@dataclass(frozen=True)
class Place:
    """A main place of the product; `key` is what a page names to be marked as current, `only` who sees it."""

    key: str
    label: str
    icon: str
    path: str
    only: rx.Var[bool] | bool = True


ON_PHONES = ("start", "contacts", "review", "tasks")  # the others stand behind "More"
PLACES = (
    Place("start", N("Start"), "house", routes.HOME),
    Place("contacts", N("Contacts"), "users", routes.CONTACTS),
    Place("leads", N("Leads"), "target", routes.LEADS),
    Place("review", N("Review"), "gallery-horizontal-end", routes.REVIEW, SessionState.may_edit),
    Place("tasks", N("Tasks"), "square-check-big", routes.TASKS),
    Place("calendar", N("Calendar"), "calendar-days", routes.CALENDAR),
    Place("courses", N("Courses"), "graduation-cap", routes.COURSES),
    Place("messages", N("Messages"), "mail", routes.MESSAGES, SessionState.may_send),
    Place("duplicates", N("Duplicates"), "copy", routes.DUPLICATES),
    Place("imports", N("Imports"), "file-up", routes.IMPORTS, SessionState.may_import),
    Place("privacy", N("Privacy"), "shield-check", routes.PRIVACY, SessionState.may_handle_privacy),
    Place("settings", N("Settings"), "settings", routes.SETTINGS),
)


def shell(
    *content: rx.Component,
    place: str,
    title: rx.Component | str,
    actions: rx.Component | None = None,
    form: bool = False,
) -> rx.Component:
    """A page: `content` under a top line with `title` and the page's `actions`; `form` keeps it narrow."""
    return rx.el.div(
        rx.el.a(T("Skip to content"), href="#main", class_name="skip-link"),
        _rail(place),
        rx.el.div(
            rx.el.header(
                title if isinstance(title, rx.Component) else rx.el.h1(T(title)),
                rx.el.div(actions if actions is not None else rx.fragment(), bell(), class_name="top-actions"),
                class_name="top",
            ),
            rx.el.main(*content, id="main", class_name="content form" if form else "content"),
            class_name="place-main",
        ),
        _bottom_bar(place),
        message_relay(),
        class_name="shell",
    )


def _rail(place: str) -> rx.Component:
    return rx.el.nav(
        rx.el.div(
            rx.el.span(rx.icon("contact-round", size=16), class_name="brand-mark"),
            rx.el.span("CRM", class_name="brand-name"),
            class_name="brand",
        ),
        *[rx.cond(item.only, _link(item, place, "place")) for item in PLACES],
        rx.el.div(account_menu(), class_name="rail-end"),
        aria_label=t("Main places"),
        class_name="rail",
    )


def _bottom_bar(place: str) -> rx.Component:
    return rx.el.nav(
        *[rx.cond(item.only, _link(item, place, "bottom-place")) for item in PLACES if item.key in ON_PHONES],
        _more(place),
        aria_label=t("Main places"),
        class_name="bottom-bar",
    )


def _more(place: str) -> rx.Component:
    behind = [item for item in PLACES if item.key not in ON_PHONES]
    return rx.dropdown_menu.root(
        rx.dropdown_menu.trigger(
            rx.el.button(
                rx.icon("ellipsis", size=22),
                T("More"),
                type="button",
                class_name="bottom-place",
                aria_current="page" if place in {item.key for item in behind} else "false",
            )
        ),
        rx.dropdown_menu.content(
            *[
                rx.cond(
                    item.only,
                    rx.dropdown_menu.item(rx.icon(item.icon, size=18), T(item.label), on_select=rx.redirect(item.path)),
                )
                for item in behind
            ],
            class_name="menu",
        ),
    )


def _link(item: Place, place: str, class_name: str) -> rx.Component:
    current = {"aria_current": "page"} if item.key == place else {}
    return rx.link(
        rx.icon(item.icon, size=18 if class_name == "place" else 22),
        T(item.label),
        href=item.path,
        underline="none",
        class_name=class_name,
        **current,
    )
