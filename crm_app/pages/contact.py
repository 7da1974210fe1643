"""One contact's card: who, how to reach, facts, what happened."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.shell import shell
from crm_app.components.text import T, t
from crm_app.pages.contact_comments import comment, comment_actions, composer
from crm_app.pages.contact_merges import merge_with, merge_with_button, take_back_button, taking_back
from crm_app.pages.contact_segments import segments_button, segments_panel
from crm_app.pages.contact_tasks import LOADS, tasks_forms, tasks_panel
from crm_app.state.contact import ContactState
from crm_app.state.contact_comments import ContactCommentState
from crm_app.state.contact_segments import ContactSegmentsState
from crm_app.state.contact_view import Change, Fact, FactGroup, Happening
from crm_app.state.session import SessionState

_card = ContactState.card
_number = rx.cond(_card.number > 0, _card.number, ContactState.thrown.number)


def contact() -> rx.Component:
    return shell(
        rx.cond(
            ContactState.loaded,
            rx.cond(
                ContactState.missing,
                _missing(),
                rx.cond(
                    ContactState.thrown.number > 0,
                    _thrown(),
                    rx.fragment(taking_back(), merge_with(), _head(), segments_panel(), _body(), tasks_forms()),
                ),
            ),
            rx.el.div(rx.el.span(class_name="skeleton"), class_name="card-head"),
        ),
        place="contacts",
        title=rx.el.h1(
            rx.link(T("Contacts"), href=routes.CONTACTS, underline="none", class_name="quiet"),
            rx.el.span(" / ", class_name="quiet"),
            rx.cond(_number > 0, rx.el.span("#", _number, class_name="number")),
        ),
        actions=_actions(),
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.span(_card.initials, class_name="initials", aria_hidden="true"),
        rx.el.div(
            rx.el.h2(_card.name, class_name="card-name"),
            rx.el.div(
                rx.cond(_card.company, rx.el.span(_card.company)),
                rx.el.span(_card.lifecycle, class_name="chip"),
                rx.cond(
                    _card.status,
                    rx.el.span(
                        rx.el.span(class_name="status-dot " + _card.status_dot), _card.status, class_name="status"
                    ),
                ),
                rx.cond(_card.active, rx.fragment(), rx.el.span(T("inactive"), class_name="badge-inactive")),
                rx.foreach(_card.tags, lambda tag: rx.el.span(tag, class_name="chip")),
                class_name="card-sub",
            ),
            class_name="card-who",
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
            segments_button(),
            class_name="card-actions",
        ),
        class_name="card-head",
    )


def _actions() -> rx.Component:
    return rx.cond(
        ContactState.may_edit & (_card.number > 0),
        rx.fragment(
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
                rx.el.button(
                    rx.icon("user-x", size=16),
                    T("Deactivate"),
                    type="button",
                    class_name="button plain",
                    on_click=ContactState.deactivate,
                ),
                rx.el.button(
                    rx.icon("user-check", size=16),
                    T("Reactivate"),
                    type="button",
                    class_name="button plain",
                    on_click=ContactState.reactivate,
                ),
            ),
            merge_with_button(),
            rx.link(
                rx.icon("pencil", size=16),
                T("Edit"),
                href=routes.CONTACTS + "/" + _card.number.to(str) + "/edit",
                underline="none",
                class_name="button primary",
            ),
        ),
    )


def _body() -> rx.Component:
    return rx.el.div(
        rx.el.section(
            rx.el.h2(T("What happened")),
            rx.cond(ContactState.may_edit, composer()),
            rx.el.ol(rx.foreach(_card.timeline, _event), class_name="timeline"),
            class_name="panel",
        ),
        rx.el.div(tasks_panel(), rx.foreach(_card.groups, _facts), class_name="facts-side"),
        class_name="card-grid",
    )


def _facts(group: rx.Var[FactGroup]) -> rx.Component:
    return rx.el.section(
        rx.el.h2(group.label), rx.el.dl(rx.foreach(group.facts, _fact), class_name="facts"), class_name="panel"
    )


def _fact(fact: rx.Var[Fact]) -> rx.Component:
    return rx.fragment(
        rx.el.dt(fact.label),
        rx.el.dd(
            rx.cond(
                fact.url,
                rx.el.a(fact.value, href=fact.url, class_name="link", rel="noopener noreferrer nofollow"),
                fact.value,
            )
        ),
    )


def _event(event: rx.Var[Happening]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.match(
                event.icon,
                ("user-plus", rx.icon("user-plus", size=14)),
                ("pencil", rx.icon("pencil", size=14)),
                ("file-up", rx.icon("file-up", size=14)),
                ("user-x", rx.icon("user-x", size=14)),
                ("user-check", rx.icon("user-check", size=14)),
                ("message-square", rx.icon("message-square", size=14)),
                ("list-checks", rx.icon("list-checks", size=14)),
                ("square-check-big", rx.icon("square-check-big", size=14)),
                ("trash-2", rx.icon("trash-2", size=14)),
                ("undo-2", rx.icon("undo-2", size=14)),
                ("merge", rx.icon("merge", size=14)),
                ("split", rx.icon("split", size=14)),
                rx.icon("circle", size=14),
            ),
            class_name="event-icon",
        ),
        rx.el.div(
            rx.cond(
                event.comment,
                comment(event.comment),
                rx.cond(
                    event.url,
                    rx.link(event.what, href=event.url, class_name="link"),
                    rx.el.span(event.what),
                ),
            ),
            rx.el.p(
                rx.el.time(event.when, title=event.exact),
                rx.cond(event.who, rx.el.span(" · ", event.who)),
                rx.cond(event.comment, comment_actions(event.comment)),
                class_name="event-when",
            ),
            rx.foreach(event.changes, _change),
            take_back_button(event),
            class_name="event-what",
        ),
        class_name="event",
    )


def _change(change: rx.Var[Change]) -> rx.Component:
    return rx.el.p(
        change.label,
        ": ",
        rx.cond(change.old, rx.el.span(change.old, class_name="old-value")),
        rx.cond(change.old, " → ", ""),
        rx.cond(change.new, rx.el.span(change.new, class_name="new-value"), rx.el.span("–", class_name="dash")),
        class_name="event-changes",
    )


def _thrown() -> rx.Component:
    """A number whose contact is in the trash."""
    thrown = ContactState.thrown
    return rx.el.section(
        rx.el.h2(t("{name} is in the trash", name=thrown.name)),
        rx.el.p(
            rx.cond(
                thrown.who,
                t("Moved there by {who}, {when}.", who=thrown.who, when=thrown.when),
                t("Moved there {when}.", when=thrown.when),
            ),
            rx.cond(thrown.ends, rx.fragment(" ", t("Deleted for good on {date}.", date=thrown.ends))),
            class_name="quiet",
        ),
        rx.el.div(
            rx.cond(
                ContactState.may_edit,
                rx.el.button(
                    rx.icon("undo-2", size=16),
                    T("Restore"),
                    type="button",
                    class_name="button primary",
                    on_click=ContactState.restore,
                ),
            ),
            rx.link(T("Look into the trash"), href=routes.TRASH, underline="none", class_name="button"),
            class_name="card-actions gap",
        ),
        class_name="panel",
    )


def _missing() -> rx.Component:
    return empty(
        "user-x",
        T("No such contact"),
        T("It may have been removed, or it belongs to another branch."),
        rx.link(T("All contacts"), href=routes.CONTACTS, underline="none", class_name="button"),
    )


PAGE = {
    "route": routes.CONTACT,
    "on_load": [
        SessionState.load,
        ContactState.load,
        ContactCommentState.load,
        ContactSegmentsState.load,
        *LOADS,
    ],
}
