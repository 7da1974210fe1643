"""The head of the card: who it is, what one wants to know first, and what can be done."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.card_frame import CommentButton, PartLink
from crm_app.components.tag_chip import tag_chip
from crm_app.components.text import T, t
from crm_app.pages.contact_facts import head_facts
from crm_app.pages.contact_merges import merge_with_button
from crm_app.pages.contact_segments import segments_button
from crm_app.state.contact import ContactState
from crm_app.state.contact_facts import ContactFactsState
from crm_app.state.contact_facts_view import Fact
from crm_app.state.contact_message import ContactMessageState
from crm_app.state.contact_place import ContactPlaceState
from crm_app.state.contact_segments import ContactSegmentsState

_card = ContactState.card
_edit = routes.CONTACTS + "/" + _card.number.to(str) + "/edit"
_is_customer = _card.lifecycle_raw == "customer"
_may = ContactState.may_edit & (_card.number > 0)


def title(number: rx.Var[int]) -> rx.Component:
    """The way back to the list it was opened from, and the contacts beside it."""
    return rx.fragment(
        rx.el.h1(
            rx.link(
                rx.icon("arrow-left", size=16, class_name="back-arrow"),
                rx.el.span(T("Contacts")),
                href=ContactPlaceState.list_url,
                underline="none",
                id="card-back",
                title=t("Back to the list (u)"),
                class_name="quiet card-back",
            ),
            rx.el.span(" / ", class_name="quiet"),
            rx.cond(number > 0, rx.el.span("#", number, class_name="number")),
        ),
        rx.cond(
            ContactPlaceState.previous_url | ContactPlaceState.next_url,
            rx.el.nav(
                _beside("chevron-left", ContactPlaceState.previous_url, "card-previous", t("Previous contact (k)")),
                _beside("chevron-right", ContactPlaceState.next_url, "card-next", t("Next contact (j)")),
                aria_label=t("In the list"),
                class_name="card-beside",
            ),
        ),
    )


def head() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.span(_card.initials, class_name="initials", aria_hidden="true"),
            rx.el.div(
                rx.el.h2(_card.name, class_name="card-name"),
                rx.el.div(
                    rx.cond(_card.company, rx.el.span(_card.company)),
                    rx.el.span(_card.lifecycle, class_name="chip"),
                    rx.cond(ContactState.may_edit, rx.fragment(), _status()),
                    rx.cond(_card.active, rx.fragment(), rx.el.span(T("inactive"), class_name="badge-inactive")),
                    rx.cond(
                        _card.opt_in,
                        PartLink.create(
                            _card.opt_in, part="facts", to="consent", class_name="consent-state " + _card.opt_in_look
                        ),
                    ),
                    rx.foreach(_card.tags, tag_chip),
                    class_name="card-sub",
                ),
                class_name="card-who",
            ),
            rx.el.div(
                _reach("not-on-phones"),
                rx.cond(_may, _convert_button()),
                rx.el.span(segments_button(), class_name="not-on-phones"),
                class_name="card-actions",
            ),
            class_name="card-head",
        ),
        rx.el.div(
            head_facts(),
            rx.el.dl(rx.foreach(_card.brief, _brief), class_name="brief"),
            class_name="card-brief",
        ),
    )


def actions() -> rx.Component:
    """In the top line of a desktop; a phone has them behind “More”."""
    return rx.cond(
        _may,
        rx.el.div(
            rx.el.button(
                rx.icon("trash-2", size=16),
                type="button",
                title=t("Move to the trash"),
                aria_label=t("Move to the trash"),
                class_name="button plain icon",
                on_click=ContactState.trash,
            ),
            rx.cond(
                _card.active,
                _button("user-x", T("Deactivate"), ContactState.deactivate),
                _button("user-check", T("Reactivate"), ContactState.reactivate),
            ),
            merge_with_button(),
            rx.link(
                rx.icon("pencil", size=16),
                T("Edit"),
                href=_edit,
                underline="none",
                id="card-edit",
                class_name="button primary",
            ),
            class_name="top-actions not-on-phones",
        ),
    )


def thumb_bar() -> rx.Component:
    """What a thumb reaches: call, write, comment, more."""
    return rx.el.div(
        _reach(""),
        rx.cond(
            _may,
            rx.fragment(
                CommentButton.create(rx.icon("message-square", size=18), T("Comment"), class_name="button"),
                _more(),
            ),
        ),
        class_name="thumb-bar",
    )


def _beside(icon: str, url: rx.Var[str], id_: str, label: rx.Var[str]) -> rx.Component:
    return rx.cond(
        url,
        rx.link(
            rx.icon(icon, size=18),
            href=url,
            underline="none",
            id=id_,
            title=label,
            aria_label=label,
            class_name="button plain icon",
        ),
        rx.el.span(rx.icon(icon, size=18), class_name="button plain icon off", aria_hidden="true"),
    )


def _status() -> rx.Component:
    return rx.cond(
        _card.status,
        rx.el.span(rx.el.span(class_name="status-dot " + _card.status_dot), _card.status, class_name="status"),
    )


def _brief(fact: rx.Var[Fact]) -> rx.Component:
    return rx.el.div(rx.el.dt(fact.label), rx.el.dd(fact.value), key=fact.label)


def _reach(class_name: str) -> rx.Component:
    return rx.fragment(
        rx.cond(
            _card.phone_url,
            rx.el.a(rx.icon("phone", size=16), T("Call"), href=_card.phone_url, class_name=f"button {class_name}"),
        ),
        rx.cond(_card.mail_url, _write_button(class_name)),
        rx.cond(
            _card.phone_url & ContactMessageState.has_sms & _may,
            rx.el.button(
                rx.icon("message-square", size=16),
                T("Text message"),
                type="button",
                class_name=f"button {class_name}",
                on_click=ContactMessageState.write("sms"),
            ),
        ),
    )


def _write_button(class_name: str) -> rx.Component:
    """By this CRM, so that it stands in the timeline; who may not edit writes with their own program."""
    icon, label = rx.icon("mail", size=16), T("Write")
    at = {"id": "card-write"} if class_name else {}
    return rx.cond(
        _may,
        rx.el.button(
            icon,
            label,
            type="button",
            class_name=f"button {class_name}",
            on_click=ContactMessageState.write("email"),
            **at,
        ),
        rx.el.a(icon, label, href=_card.mail_url, class_name=f"button {class_name}"),
    )


def _convert(to: str) -> Any:
    return ContactFactsState.convert(_card.number, _card.lifecycle_raw, to)


def _convert_button() -> rx.Component:
    return rx.cond(
        _is_customer,
        rx.fragment(),
        rx.el.button(
            rx.icon("user-round-check", size=16),
            T("Make a customer"),
            type="button",
            class_name="button",
            on_click=_convert("customer"),
        ),
    )


def _button(icon: str, label: rx.Component, on_click: Any) -> rx.Component:
    return rx.el.button(rx.icon(icon, size=16), label, type="button", class_name="button plain", on_click=on_click)


def _more() -> rx.Component:
    item = rx.dropdown_menu.item
    return rx.dropdown_menu.root(
        rx.dropdown_menu.trigger(
            rx.el.button(rx.icon("ellipsis", size=18), T("More"), type="button", class_name="button")
        ),
        rx.dropdown_menu.content(
            item(rx.icon("pencil", size=16), T("Edit"), on_select=rx.redirect(_edit)),
            item(rx.icon("layers", size=16), T("Segments"), on_select=ContactSegmentsState.toggle),
            item(rx.icon("merge", size=16), T("Merge with …"), on_select=ContactState.choose_other(True)),
            rx.cond(
                _is_customer,
                item(rx.icon("undo-2", size=16), T("Make a lead again"), on_select=_convert("lead")),
                item(rx.icon("user-round-check", size=16), T("Make a customer"), on_select=_convert("customer")),
            ),
            rx.cond(
                _card.active,
                item(rx.icon("user-x", size=16), T("Deactivate"), on_select=ContactState.deactivate),
                item(rx.icon("user-check", size=16), T("Reactivate"), on_select=ContactState.reactivate),
            ),
            item(rx.icon("trash-2", size=16), T("Move to the trash"), on_select=ContactState.trash),
            class_name="menu",
        ),
    )
