"""The list as a board: a lane for each status."""

import reflex as rx

from crm_app.components.board import Board
from crm_app.components.list_keys import KeysHelp, ListKeys
from crm_app.components.message import UndoListener
from crm_app.components.text import N, T, t
from crm_app.state.contacts import ContactListState
from crm_app.state.lead_board import LeadBoardState

KEYS = (
    ("j / k", N("next or previous contact")),
    ("Enter", N("open the contact")),
    ("o, space", N("look at it beside the list")),
    ("e", N("edit it")),
    ("x", N("tick it")),
    ("/", N("search")),
    ("Esc", N("close what is open")),
    ("?", N("show these keys")),
)


def board() -> rx.Component:
    return rx.cond(
        LeadBoardState.loaded,
        Board.create(
            lanes=LeadBoardState.lanes,
            seen=LeadBoardState.seen,
            may_move=ContactListState.may_edit,
            labels=rx.Var.create(
                {
                    "board": t("Board by status"),
                    "move": t("Status of {name}", name="{name}"),
                    "call_of": t("Call {name}", name="{name}"),
                    "mail_of": t("Write to {name}", name="{name}"),
                    "look_of": t("Look at {name} beside the list", name="{name}"),
                    "more": t("Show more"),
                    "call": t("Call"),
                    "mail": t("Write"),
                    "look": t("Look"),
                    "nobody": t("Nobody here"),
                }
            ),
            look_url=ContactListState.look_url,
            on_move=LeadBoardState.move,
            on_more=LeadBoardState.more,
        ),
        rx.el.div(rx.el.span(class_name="skeleton"), class_name="board"),
    )


def view_tabs() -> rx.Component:
    """The same contacts as a table or as a board."""
    return rx.el.nav(
        _tab(ContactListState.list_url, "rows-3", t("As a list"), ~ContactListState.board),
        _tab(ContactListState.board_url, "square-kanban", t("As a board by status"), ContactListState.board),
        rx.cond(
            ContactListState.may_edit,
            _tab(ContactListState.review_url, "gallery-horizontal-end", t("One by one"), rx.Var.create(False)),
        ),
        class_name="tabs views",
        aria_label=t("View"),
    )


def keys() -> rx.Component:
    """Keys of the list, and the button of messages that takes a change of status back."""
    return rx.fragment(
        ListKeys.create(may_edit=ContactListState.may_edit),
        UndoListener.create(on_undo=LeadBoardState.take_back),
        KeysHelp.create(
            rx.el.h2(T("Keys of the list")),
            rx.el.dl(
                *[rx.fragment(rx.el.dt(rx.el.kbd(key)), rx.el.dd(T(what))) for key, what in KEYS], class_name="key-list"
            ),
            rx.el.form(
                rx.el.button(T("Close"), type="submit", class_name="button primary"),
                method="dialog",
                class_name="ask-answers",
            ),
            label=t("Keys of the list"),
        ),
    )


def _tab(url: rx.Var[str], icon: str, label: rx.Var[str], is_current: rx.Var[bool]) -> rx.Component:
    return rx.link(
        rx.icon(icon, size=16),
        href=url,
        underline="none",
        class_name="tab",
        aria_label=label,
        title=label,
        aria_current=rx.cond(is_current, "true", "false"),
    )
