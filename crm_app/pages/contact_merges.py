"""On the card: what taking a merge back would do, and the choice of a contact to merge with."""

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import T, t
from crm_app.pages.contact_event import change
from crm_app.state.contact import ContactState
from crm_app.state.contact_happenings import Happening
from crm_app.state.contact_merges import Other

OPENER = "merge-with"
_asked = ContactState.taking_back


def merge_with_button() -> rx.Component:
    return rx.el.button(
        rx.icon("merge", size=16),
        rx.el.span(T("Merge with …"), class_name="not-on-phones"),
        type="button",
        id=OPENER,
        title=t("Merge with …"),
        aria_label=t("Merge with …"),
        class_name="button plain",
        aria_expanded=rx.cond(ContactState.choosing, "true", "false"),
        on_click=ContactState.choose_other(~ContactState.choosing),
    )


def merge_with() -> rx.Component:
    return rx.cond(
        ContactState.choosing,
        Panel.create(
            rx.el.form(
                rx.el.label(T("Merge with which contact?"), html_for="other"),
                rx.el.div(
                    rx.el.input(
                        id="other",
                        name="other",
                        type="search",
                        class_name="input",
                        placeholder=t("Number, name, e-mail or phone"),
                        auto_complete="off",
                    ),
                    rx.el.button(T("Find"), type="submit", class_name="button"),
                    class_name="merge-find",
                ),
                on_submit=ContactState.find_other,
            ),
            rx.el.ul(rx.foreach(ContactState.others, _other), class_name="merge-others"),
            rx.cond(ContactState.found_nobody, rx.el.p(T("Nobody found."), class_name="quiet", role="status")),
            opener=OPENER,
            label=t("Merge with which contact?"),
            kind="dialog",
            class_name="panel merge-with",
            on_close=ContactState.choose_other(False),
        ),
    )


def take_back_button(event: rx.Var[Happening]) -> rx.Component:
    return rx.cond(
        ContactState.may_edit & (event.merge_id > 0),
        rx.el.button(
            rx.icon("undo-2", size=14),
            T("Take the merge back"),
            type="button",
            class_name="button small",
            on_click=ContactState.ask_unmerge(event.merge_id),
        ),
    )


def taking_back() -> rx.Component:
    return rx.cond(
        _asked.merge_id > 0,
        notice(
            rx.fragment(
                rx.el.p(rx.el.b(T("Take the merge back?"))),
                rx.el.p(t("There again: {contacts}", contacts=_asked.contacts.join(", "))),
                rx.foreach(_asked.back, change),
                rx.cond(
                    _asked.stays,
                    rx.el.p(t("Edited since, so it stays as it is: {fields}", fields=_asked.stays)),
                ),
                rx.el.p(T("Consents stay as strict as they are."), class_name="quiet"),
                rx.el.div(
                    rx.el.button(
                        T("Take it back"), type="button", class_name="button primary", on_click=ContactState.unmerge
                    ),
                    rx.el.button(
                        T("Cancel"), type="button", class_name="button plain", on_click=ContactState.ask_unmerge(0)
                    ),
                    class_name="notice-actions",
                ),
            ),
            "warn",
        ),
    )


def _other(other: rx.Var[Other]) -> rx.Component:
    return rx.el.li(
        rx.link(other.name, href=other.url, class_name="link"),
        " ",
        rx.el.span(other.more, class_name="quiet"),
        key=other.url,
    )
