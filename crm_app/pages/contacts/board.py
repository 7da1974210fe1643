"""The list as a board: a lane for each status."""

import reflex as rx

from crm_app.components.board import Board
from crm_app.components.text import t
from crm_app.state.contacts import ContactListState
from crm_app.state.lead_board import LeadBoardState


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
