"""The contact list's table: rows on a desktop, cards on a phone, from one tree."""

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.column_head import ColumnHead
from crm_app.components.tag_chip import tag_chip
from crm_app.components.text import T, t
from crm_app.pages.contact_list.bulk_panel import tick, tick_page
from crm_app.pages.contact_list.cell import cell, marked
from crm_app.state.contact_columns import ContactColumnsState
from crm_app.state.contact_rows import ContactLine
from crm_app.state.contacts import ContactListState, Head
from crm_app.state.lead_board import LeadBoardState


def contact_table() -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.colgroup(
                rx.cond(ContactListState.may_bulk, rx.el.col(class_name="col-tick")),
                _col(ContactListState.name_head),
                rx.foreach(ContactListState.heads, _col),
            ),
            rx.el.thead(
                rx.el.tr(
                    rx.cond(ContactListState.may_bulk, tick_page(ContactListState)),
                    _head(ContactListState.name_head, "first"),
                    rx.foreach(ContactListState.heads, lambda head: _head(head)),
                )
            ),
            rx.el.tbody(
                rx.cond(
                    ContactListState.loaded,
                    rx.foreach(ContactListState.rows, _row),
                    rx.foreach(list(range(12)), lambda _: _skeleton()),
                )
            ),
            class_name=rx.cond(ContactListState.dense, "table cards dense", "table cards"),
            style={"min_width": ContactListState.table_width.to_string() + "px"},
            aria_busy=~ContactListState.loaded,
        ),
        class_name="table-frame list-frame",
    )


def _col(head: rx.Var[Head]) -> rx.Component:
    """As an attribute: a style would bring a style element along, which no column group may hold."""
    return rx.el.col(custom_attrs={"data-name": head.name, "width": head.width.to_string()}, key=head.name)


def _head(head: rx.Var[Head], class_name: str = "") -> rx.Component:
    """A sortable column's head is a real link: it opens in a new tab, and the back button works."""
    return rx.el.th(
        ColumnHead.create(
            name=head.name,
            label=head.label,
            sort_url=head.sort_url,
            then_url=head.then_url,
            place=head.place,
            falling=head.descending,
            many=ContactListState.second_key != "",
            width=head.width,
            edge=t("Width of the column {name}", name=head.label),
            on_resize=lambda width: ContactColumnsState.resize(head.name, width),
        ),
        scope="col",
        class_name=rx.cond(head.look == "number", "right", class_name),
        aria_sort=rx.cond(head.place == "1", rx.cond(head.descending, "descending", "ascending"), "none"),
        key=head.name,
    )


def _row(line: rx.Var[ContactLine]) -> rx.Component:
    return rx.el.tr(
        rx.cond(ContactListState.may_bulk, tick(line)),
        rx.el.td(
            rx.el.div(
                rx.link(marked(line.parts), href=line.url, underline="none", class_name="name-link"),
                rx.cond(line.active, rx.fragment(), rx.el.span(T("inactive"), class_name="badge-inactive")),
                rx.foreach(line.tags, tag_chip),
                rx.link(
                    rx.icon("panel-right-open", size=16),
                    href=ContactListState.look_url + line.number.to_string(),
                    underline="none",
                    class_name="look",
                    aria_label=t("Look at {name} beside the list", name=line.name),
                    title=t("Quick look (space)"),
                ),
                class_name="name-cell",
            ),
            class_name="card-title first",
        ),
        rx.foreach(line.cells, lambda parts, place: cell(parts, ContactListState.heads[place], line.status_dot)),
        rx.el.td(marked(line.under), class_name="card-line card-only"),
        rx.el.td(_status_of(line), class_name="card-status card-only"),
        rx.el.td(_reach(line), class_name="card-side card-only"),
        id="contact-" + line.number.to_string(),
        custom_attrs={"data-row": ""},
        tab_index=-1,
        class_name=rx.cond(line.active, "", "inactive"),
        key=line.number.to_string(),
    )


def _status_of(line: rx.Var[ContactLine]) -> rx.Component:
    """The status on a phone's card, changed right there by who may."""
    return rx.cond(
        ContactListState.may_edit,
        rx.el.label(
            rx.el.span(class_name="status-dot " + line.status_dot),
            rx.el.select(
                rx.el.option(T("No status"), value=""),
                choice_options(ContactListState.statuses),
                value=line.status_id,
                on_change=lambda status: LeadBoardState.move(line.number, status),
                aria_label=t("Status of {name}", name=line.name),
            ),
            class_name="status",
        ),
        rx.cond(
            line.status,
            rx.el.span(rx.el.span(class_name="status-dot " + line.status_dot), line.status, class_name="status"),
        ),
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


def _skeleton() -> rx.Component:
    return rx.el.tr(*[rx.el.td(rx.el.span(class_name="skeleton"), class_name="card-title") for _ in range(8)])
