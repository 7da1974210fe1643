"""The contact list."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.filter_chip import filter_chip
from crm_app.components.message import UndoListener
from crm_app.components.notice import notice
from crm_app.components.pager import pager
from crm_app.components.search_box import search_box
from crm_app.components.shell import shell
from crm_app.components.text import N, T, figure, t, tn
from crm_app.pages.contact_list.bulk_panel import bulk_bar, bulk_panel
from crm_app.pages.contact_list.columns_panel import columns_button, columns_panel
from crm_app.pages.contact_list.filter_panel import filter_button, filter_panel
from crm_app.pages.contact_list.keys import keys
from crm_app.pages.contacts.board import board, view_tabs
from crm_app.pages.contacts.quick_look import quick_look
from crm_app.pages.contacts.segments_panel import (
    remove_button,
    save_button,
    save_panel,
    segments_button,
    segments_panel,
)
from crm_app.pages.contacts.sort_menu import sort_menu
from crm_app.pages.contacts.table import contact_table
from crm_app.state.bulk import BulkState
from crm_app.state.contact_columns import ContactColumnsState
from crm_app.state.contact_filter import ContactFilterState
from crm_app.state.contacts import ContactListState
from crm_app.state.lead_board import LeadBoardState
from crm_app.state.quick_look import QuickLookState
from crm_app.state.session import SessionState


def contacts() -> rx.Component:
    return _list("contacts", N("Contacts"), _kinds())


def leads() -> rx.Component:
    return _list("leads", N("Leads"), rx.fragment())


def _list(place: str, title: str, kinds: rx.Component) -> rx.Component:
    return shell(
        rx.cond(BulkState.everybody | (BulkState.numbers.length() > 0), bulk_bar(ContactListState), _toolbar(kinds)),
        segments_panel(),
        _filters(),
        save_panel(),
        filter_panel(),
        columns_panel(),
        bulk_panel(),
        rx.cond(ContactListState.error, notice(ContactListState.error, "danger")),
        rx.cond(
            ContactListState.loaded & (ContactListState.total == 0) & (ContactListState.rows.length() == 0),
            rx.cond(ContactListState.narrowed, _no_hits(), _no_contacts()),
            rx.cond(
                ContactListState.board,
                board(),
                rx.fragment(contact_table(), pager(ContactListState.previous_url, ContactListState.next_url)),
            ),
        ),
        quick_look(),
        keys(ContactListState.may_edit),
        UndoListener.create(on_undo=LeadBoardState.take_back),
        place=place,
        title=title,
        actions=_actions(),
    )


def _actions() -> rx.Component:
    return rx.fragment(
        rx.cond(
            ContactListState.may_edit,
            rx.el.div(
                rx.link(
                    rx.icon("plus", size=16),
                    T("New contact"),
                    href=routes.NEW_CONTACT,
                    underline="none",
                    class_name="button primary",
                ),
                rx.dropdown_menu.root(
                    rx.dropdown_menu.trigger(
                        rx.el.button(
                            rx.icon("chevron-down", size=16),
                            type="button",
                            aria_label=t("More"),
                            class_name="button primary",
                        )
                    ),
                    rx.dropdown_menu.content(
                        rx.dropdown_menu.item(
                            rx.icon("file-up", size=16), T("Import a file"), on_select=rx.redirect(routes.NEW_IMPORT)
                        ),
                        rx.dropdown_menu.item(
                            rx.icon("trash-2", size=16), T("Trash"), on_select=rx.redirect(routes.TRASH)
                        ),
                    ),
                ),
                class_name="split",
            ),
        ),
    )


def _toolbar(kinds: rx.Component) -> rx.Component:
    return rx.el.div(
        search_box(t("Search contacts"), t("Name, company, e-mail, phone, number")),
        kinds,
        filter_button(ContactListState.chips.length() > 0),
        segments_button(),
        sort_menu(),
        rx.cond(ContactListState.board, rx.fragment(), columns_button()),
        view_tabs(),
        rx.cond(ContactListState.may_export, _export()),
        rx.el.div(
            rx.link(
                rx.cond(ContactListState.inactive, rx.icon("square-check", size=16), rx.icon("square", size=16)),
                T("Show inactive"),
                href=ContactListState.inactive_url,
                underline="none",
                class_name="button plain",
            ),
            rx.el.span(
                rx.cond(
                    ContactListState.capped,
                    t("more than {n} contacts", n=figure(ContactListState.total)),
                    tn("{n} contact", "{n} contacts", ContactListState.total),
                ),
                class_name="number",
                aria_live="polite",
            ),
            class_name="toolbar-end",
        ),
        class_name="toolbar",
    )


def _export() -> rx.Component:
    """The list as it is, to a file that comes back as it went."""
    return rx.link(
        rx.icon("download", size=16),
        rx.el.span(T("Export"), class_name="wide-text"),
        href=ContactListState.export_url,
        underline="none",
        class_name="button",
    )


def _filters() -> rx.Component:
    """What narrows the list, each with a way out of it."""
    return rx.cond(
        (ContactListState.chips.length() > 0)
        | ContactListState.segment_name
        | ContactListState.import_name
        | ContactListState.course_name
        | ContactFilterState.opened,
        rx.el.div(
            filter_chip(
                ContactListState.segment_name,
                rx.fragment(rx.icon("layers", size=14), ContactListState.segment_name),
                ContactListState.segment_off_url,
            ),
            filter_chip(
                ContactListState.import_name,
                t("From import {name}", name=ContactListState.import_name),
                ContactListState.import_off_url,
            ),
            filter_chip(
                ContactListState.course_name,
                rx.fragment(rx.icon("graduation-cap", size=14), ContactListState.course_name),
                ContactListState.course_off_url,
            ),
            rx.foreach(ContactListState.chips, lambda chip: filter_chip(chip.words, chip.words, chip.off_url)),
            save_button(),
            rx.cond(ContactListState.segment_changeable, remove_button()),
            class_name="filter-chips",
        ),
    )


def _kinds() -> rx.Component:
    return rx.el.nav(
        _tab("", N("All")),
        _tab("lead", N("Leads")),
        _tab("customer", N("Customers")),
        class_name="tabs",
        aria_label=t("Kind of contact"),
    )


def _tab(key: str, label: str) -> rx.Component:
    return rx.link(
        T(label),
        href=ContactListState.lifecycle_urls[key].to(str),
        underline="none",
        class_name="tab",
        aria_current=rx.cond(ContactListState.lifecycle == key, "true", "false"),
    )


def _no_hits() -> rx.Component:
    return empty(
        "search-x",
        T("No contact matches"),
        T("Check the spelling, or look among all contacts, also the inactive ones."),
        rx.link(T("Show all contacts"), href=routes.CONTACTS + "?inactive=1", underline="none", class_name="button"),
    )


def _no_contacts() -> rx.Component:
    return empty(
        "users",
        T("No contacts yet"),
        T("Bring your list as it is: an Excel or CSV file from any program. You see the result before it is written."),
        rx.cond(
            ContactListState.may_import,
            rx.link(
                rx.icon("file-up", size=16),
                T("Import a file"),
                href=routes.NEW_IMPORT,
                underline="none",
                class_name="button primary",
            ),
        ),
        rx.cond(
            ContactListState.may_edit,
            rx.link(T("New contact"), href=routes.NEW_CONTACT, underline="none", class_name="button"),
        ),
    )


LOADS = [
    SessionState.load,
    ContactListState.load,
    ContactFilterState.load,
    ContactColumnsState.load,
    LeadBoardState.load,
    QuickLookState.load,
    BulkState.load,
]
LEADS_PAGE = {"route": routes.LEADS, "on_load": LOADS}
PAGE = {"route": routes.CONTACTS, "on_load": LOADS}
