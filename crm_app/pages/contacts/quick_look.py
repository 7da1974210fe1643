"""A contact beside the list: a sheet at the side, or from below on a phone. Its address can be shared."""

import reflex as rx

from crm_app import routes
from crm_app.components.choice_options import choice_options
from crm_app.components.list_keys import LookSheet
from crm_app.components.tag_chip import tag_chip
from crm_app.components.text import T, t
from crm_app.pages.contact_event import event
from crm_app.pages.contact_fact import fact
from crm_app.state.contact_facts_view import FactGroup
from crm_app.state.contacts import ContactListState
from crm_app.state.lead_board import LeadBoardState
from crm_app.state.quick_look import QuickLookState

_card = QuickLookState.card


def quick_look() -> rx.Component:
    return rx.cond(
        QuickLookState.number,
        LookSheet.create(
            rx.el.header(
                rx.cond(
                    QuickLookState.missing,
                    rx.el.h2(T("No such contact"), class_name="look-name"),
                    rx.el.div(
                        rx.el.h2(
                            rx.link(
                                _card.name, href=routes.CONTACTS + "/" + _card.number.to_string(), underline="none"
                            ),
                            class_name="look-name",
                        ),
                        rx.el.p(
                            rx.el.span("#", _card.number, class_name="number"),
                            rx.cond(_card.company, rx.el.span(" · ", _card.company)),
                            rx.el.span(" · ", _card.lifecycle),
                            class_name="quiet",
                        ),
                    ),
                ),
                rx.link(
                    rx.icon("x", size=18),
                    href=ContactListState.plain_url,
                    replace=True,
                    underline="none",
                    id="look-close",
                    class_name="button plain icon",
                    aria_label=t("Close the quick look"),
                ),
                class_name="look-head",
            ),
            rx.cond(QuickLookState.missing, rx.fragment(), _body()),
            number=QuickLookState.number,
            label=t("Quick look"),
        ),
    )


def _body() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.cond(_card.active, rx.fragment(), rx.el.span(T("inactive"), class_name="badge-inactive")),
            rx.foreach(_card.tags, tag_chip),
            class_name="look-tags",
        ),
        rx.el.div(
            rx.cond(
                _card.phone_url,
                rx.el.a(rx.icon("phone", size=16), T("Call"), href=_card.phone_url, class_name="button"),
            ),
            rx.cond(
                _card.mail_url,
                rx.el.a(rx.icon("mail", size=16), T("Write"), href=_card.mail_url, class_name="button"),
            ),
            rx.cond(
                QuickLookState.may_edit,
                rx.link(
                    rx.icon("pencil", size=16),
                    T("Edit"),
                    href=routes.CONTACTS + "/" + _card.number.to_string() + "/edit",
                    underline="none",
                    class_name="button",
                ),
            ),
            class_name="card-actions",
        ),
        rx.cond(QuickLookState.may_edit, _status()),
        rx.foreach(_card.groups, _facts),
        rx.el.section(
            rx.el.h3(T("What happened")),
            rx.el.ol(rx.foreach(_card.timeline, lambda one: event(one)), class_name="timeline"),
        ),
        class_name="look-body",
    )


def _status() -> rx.Component:
    return rx.el.div(
        rx.el.label(T("Status"), html_for="look-status"),
        rx.el.select(
            rx.el.option(T("No status"), value=""),
            choice_options(ContactListState.statuses),
            id="look-status",
            value=QuickLookState.status_id,
            on_change=lambda status: [LeadBoardState.move(_card.number, status), QuickLookState.load],
            class_name="input",
        ),
        class_name="field",
    )


def _facts(group: rx.Var[FactGroup]) -> rx.Component:
    return rx.el.section(
        rx.el.h3(group.label), rx.el.dl(rx.foreach(group.facts, fact), class_name="facts"), key=group.label
    )
