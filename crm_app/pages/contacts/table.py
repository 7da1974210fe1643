"""The contact list's table: rows on a desktop, cards on a phone, from one tree."""

import reflex as rx

from crm_app.components.text import N, T, t
from crm_app.pages.contacts.bulk_panel import tick, tick_page
from crm_app.state.contacts import ContactLine, ContactListState


def contact_table() -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.cond(ContactListState.may_bulk, tick_page()),
                    _head("number", N("No."), class_name="right"),
                    _head("name", N("Name")),
                    rx.el.th(T("Company"), scope="col"),
                    rx.el.th(T("E-mail"), scope="col"),
                    rx.el.th(T("Phone"), scope="col"),
                    rx.el.th(T("City"), scope="col"),
                    rx.el.th(T("Status"), scope="col"),
                    _head("created", N("Added")),
                )
            ),
            rx.el.tbody(
                rx.cond(
                    ContactListState.loaded,
                    rx.foreach(ContactListState.rows, _row),
                    rx.foreach(list(range(12)), lambda _: _skeleton()),
                )
            ),
            class_name="table cards",
            aria_busy=~ContactListState.loaded,
        ),
        class_name="table-frame",
    )


def _head(key: str, label: str, class_name: str = "") -> rx.Component:
    """A sortable column head: a real link, so that it opens in a new tab and the back button works."""
    is_sorted = ContactListState.sort == key
    arrow = rx.cond(ContactListState.descending, rx.icon("arrow-down", size=12), rx.icon("arrow-up", size=12))
    return rx.el.th(
        rx.link(
            T(label),
            rx.cond(is_sorted, arrow),
            href=ContactListState.sort_urls[key].to(str),
            underline="none",
        ),
        scope="col",
        class_name=class_name,
        aria_sort=rx.cond(is_sorted, rx.cond(ContactListState.descending, "descending", "ascending"), "none"),
    )


def _row(line: rx.Var[ContactLine]) -> rx.Component:
    return rx.el.tr(
        rx.cond(ContactListState.may_bulk, tick(line)),
        rx.el.td(line.number, class_name="number right quiet"),
        rx.el.td(
            rx.el.div(
                rx.link(line.name, href=line.url, underline="none", class_name="name-link"),
                rx.cond(line.active, rx.fragment(), rx.el.span(T("inactive"), class_name="badge-inactive")),
                rx.foreach(
                    line.tags,
                    lambda tag: rx.el.span(tag.name, class_name=rx.cond(tag.franchise, "chip franchise", "chip")),
                ),
                class_name="name-cell",
            ),
            class_name="card-title",
        ),
        rx.el.td(_or_dash(line.company), class_name=rx.cond(line.company, "card-line", "")),
        rx.el.td(
            rx.cond(line.email, rx.el.a(line.email, href="mailto:" + line.email, class_name="link"), _dash()),
            class_name=rx.cond(line.company, "", "card-line"),
        ),
        rx.el.td(_or_dash(line.phone), class_name="number"),
        rx.el.td(_or_dash(line.city)),
        rx.el.td(
            rx.cond(
                line.status,
                rx.el.span(rx.el.span(class_name="status-dot " + line.status_dot), line.status, class_name="status"),
                _dash(),
            ),
            class_name=rx.cond(line.status, "card-line", ""),
        ),
        rx.el.td(line.created, class_name="number quiet"),
        rx.el.td(_reach(line), class_name="card-side", display="none"),
        class_name=rx.cond(line.active, "", "inactive"),
        key=line.number.to(str),
    )


def _reach(line: rx.Var[ContactLine]) -> rx.Component:
    """Call and mail at hand, on a phone."""
    return rx.el.div(
        rx.cond(
            line.phone_url,
            rx.el.a(rx.icon("phone", size=18), href=line.phone_url, aria_label=t("Call {name}", name=line.name)),
        ),
        rx.cond(
            line.email,
            rx.el.a(
                rx.icon("mail", size=18), href="mailto:" + line.email, aria_label=t("Write to {name}", name=line.name)
            ),
        ),
        class_name="reach",
    )


def _or_dash(value: rx.Var[str]) -> rx.Component:
    return rx.cond(value, value, _dash())


def _dash() -> rx.Component:
    return rx.el.span("–", class_name="dash", aria_hidden="true")


def _skeleton() -> rx.Component:
    return rx.el.tr(*[rx.el.td(rx.el.span(class_name="skeleton"), class_name="card-title") for _ in range(8)])
