"""The trash: contacts that can be brought back for a time."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.notice import notice
from crm_app.components.search_box import search_box
from crm_app.components.shell import shell
from crm_app.components.text import T, figure, t, tn
from crm_app.state.session import SessionState
from crm_app.state.trash import TrashLine, TrashState


def trash() -> rx.Component:
    return shell(
        rx.cond(
            TrashState.emptying.working,
            _emptying(),
            rx.cond(
                TrashState.loaded & (TrashState.total == 0) & ~TrashState.narrowed,
                empty(
                    "trash-2",
                    T("The trash is empty"),
                    T("Contacts moved to the trash stand here until they are restored or deleted for good."),
                    rx.link(T("All contacts"), href=routes.CONTACTS, underline="none", class_name="button"),
                ),
                rx.fragment(_toolbar(), _question(), _table(), _more()),
            ),
        ),
        place="contacts",
        title=rx.el.h1(
            rx.link(T("Contacts"), href=routes.CONTACTS, underline="none", class_name="quiet"),
            rx.el.span(" / ", class_name="quiet"),
            T("Trash"),
        ),
    )


def _toolbar() -> rx.Component:
    """The bar of what is ticked stands in the place of the search while something is."""
    return rx.fragment(
        rx.el.p(TrashState.told, class_name="quiet trash-told"),
        rx.cond(
            TrashState.ticked.length() > 0,
            _bar(),
            rx.el.div(
                search_box(t("Search the trash"), t("Name, company, e-mail, phone, number")),
                rx.el.div(
                    rx.cond(TrashState.may_restore_all & ~TrashState.narrowed, _restore_all()),
                    rx.cond(
                        TrashState.may_delete & ~TrashState.narrowed,
                        rx.el.button(
                            T("Empty the trash"),
                            type="button",
                            class_name="button danger",
                            on_click=TrashState.ask("all"),
                        ),
                    ),
                    class_name="toolbar-end",
                ),
                class_name="toolbar",
            ),
        ),
    )


def _restore_all() -> rx.Component:
    return rx.el.button(
        rx.icon("undo-2", size=16),
        tn("Restore {n} contact", "Restore all {n} contacts", TrashState.total),
        type="button",
        class_name="button",
        on_click=TrashState.restore_all,
    )


def _bar() -> rx.Component:
    n = TrashState.ticked.length()
    return rx.el.div(
        rx.el.span(
            t("{n} of {total} selected", n=n, total=figure(TrashState.total)),
            class_name="number",
            aria_live="polite",
        ),
        rx.cond(
            TrashState.may_restore,
            rx.el.button(
                rx.icon("undo-2", size=16),
                T("Restore"),
                type="button",
                class_name="button",
                on_click=TrashState.restore(TrashState.ticked),
            ),
        ),
        rx.cond(
            TrashState.may_delete,
            rx.el.button(
                T("Delete for good"), type="button", class_name="button danger", on_click=TrashState.ask("some")
            ),
        ),
        class_name="bulk-bar",
    )


def _question() -> rx.Component:
    """Names the number before there is no way back."""
    return rx.match(
        TrashState.asking,
        (
            "some",
            _asked(
                tn(
                    "Delete {n} contact for good? There is no way back.",
                    "Delete {n} contacts for good? There is no way back.",
                    TrashState.ticked.length(),
                ),
                tn("Delete {n} contact", "Delete {n} contacts", TrashState.ticked.length()),
                TrashState.delete(TrashState.ticked),
            ),
        ),
        (
            "all",
            _asked(
                tn(
                    "Delete {n} contact for good? There is no way back.",
                    "Delete {n} contacts for good? There is no way back.",
                    TrashState.total,
                ),
                tn("Delete {n} contact", "Delete {n} contacts", TrashState.total),
                TrashState.empty,
            ),
        ),
        rx.fragment(),
    )


def _asked(sentence: rx.Var, label: rx.Var, act: Any) -> rx.Component:
    return notice(
        rx.fragment(
            sentence,
            rx.el.div(
                rx.el.button(label, type="button", class_name="button danger", on_click=act),
                rx.el.button(
                    T("Keep them"),
                    type="button",
                    class_name="button plain",
                    on_click=TrashState.ask(""),
                    auto_focus=True,
                ),
                class_name="notice-actions",
            ),
        ),
        "warn",
    )


def _table() -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(
                        rx.el.input(
                            type="checkbox",
                            checked=(TrashState.ticked.length() > 0)
                            & (TrashState.ticked.length() == TrashState.numbers.length()),
                            on_change=TrashState.tick_page,
                            aria_label=t("Tick all of this page"),
                        ),
                        scope="col",
                        class_name="tick",
                    ),
                    rx.el.th(T("No."), scope="col", class_name="right"),
                    rx.el.th(T("Name"), scope="col"),
                    rx.el.th(T("Reached at"), scope="col"),
                    rx.el.th(T("Moved to the trash"), scope="col"),
                    rx.el.th(T("By"), scope="col"),
                    rx.el.th(T("Kept"), scope="col"),
                    rx.el.th(rx.el.span(T("Actions"), class_name="visually-hidden"), scope="col"),
                )
            ),
            rx.el.tbody(
                rx.cond(
                    TrashState.loaded,
                    rx.cond(
                        TrashState.rows.length() > 0,
                        rx.foreach(TrashState.rows, _row),
                        rx.el.tr(
                            rx.el.td(
                                T("Nobody in the trash matches."), col_span=8, class_name="card-title trash-nothing"
                            )
                        ),
                    ),
                    rx.foreach(list(range(6)), lambda _: _skeleton()),
                )
            ),
            class_name="table cards",
            aria_busy=~TrashState.loaded,
        ),
        class_name="table-frame",
    )


def _row(line: rx.Var[TrashLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(
            rx.el.input(
                type="checkbox",
                checked=TrashState.ticked.contains(line.number),
                on_change=TrashState.tick(line.number),
                aria_label=t("Tick {name}", name=line.name),
            ),
            class_name="tick",
        ),
        rx.el.td(line.number, class_name="number right quiet"),
        rx.el.td(rx.link(line.name, href=line.url, underline="none", class_name="name-link"), class_name="card-title"),
        rx.el.td(rx.cond(line.about, line.about, "–")),
        rx.el.td(rx.el.time(line.when, title=line.exact), class_name="quiet"),
        rx.el.td(rx.cond(line.who, line.who, "–")),
        rx.el.td(rx.cond(line.ends, t("until {date}", date=line.ends), "–"), class_name="quiet card-line"),
        rx.el.td(
            rx.cond(
                TrashState.may_restore,
                rx.el.div(
                    rx.el.button(
                        T("Restore"),
                        type="button",
                        aria_label=t("Restore {name}", name=line.name),
                        class_name="button small",
                        on_click=TrashState.restore([line.number]),
                    ),
                    class_name="row-actions",
                ),
            ),
            class_name="card-side",
        ),
        key=line.number.to(str),
    )


def _skeleton() -> rx.Component:
    return rx.el.tr(*[rx.el.td(rx.el.span(class_name="skeleton"), class_name="card-title") for _ in range(8)])


def _more() -> rx.Component:
    return rx.cond(
        TrashState.next_url,
        rx.el.nav(
            rx.link(T("Earlier ones"), href=TrashState.next_url, underline="none", class_name="button"),
            class_name="pager",
        ),
    )


def _emptying() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Deleting for good …")),
        rx.el.div(
            rx.el.div(class_name="bar-fill", style={"width": TrashState.emptying.percent.to(str) + "%"}),
            class_name="bar",
            role="progressbar",
            aria_valuemin=0,
            aria_valuemax=100,
            aria_valuenow=TrashState.emptying.percent,
            aria_label=t("Progress"),
        ),
        rx.el.p(T("You can close this page; the work goes on."), class_name="quiet"),
        class_name="panel progress",
    )


PAGE = {"route": routes.TRASH, "on_load": [SessionState.load, TrashState.load]}
