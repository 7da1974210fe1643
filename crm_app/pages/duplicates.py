"""Duplicates: groups with a score and reasons; one group side by side, field by field."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.notice import notice
from crm_app.components.progress_bar import progress_bar
from crm_app.components.shell import shell
from crm_app.components.text import N, T, figure, t, tn
from crm_app.state.duplicates import DuplicatesState
from crm_app.state.duplicates_view import FieldLine, GroupLine, Person, Value
from crm_app.state.session import SessionState

_standing = DuplicatesState.standing


def duplicates() -> rx.Component:
    return shell(
        rx.cond(_standing.error, notice(_standing.error, "danger")),
        rx.cond(DuplicatesState.error, notice(DuplicatesState.error, "danger")),
        rx.cond(DuplicatesState.merged_text, _merged()),
        rx.cond(
            DuplicatesState.comparing,
            _side_by_side(),
            rx.fragment(_state(), rx.cond(DuplicatesState.asking, _question()), _groups()),
        ),
        place="duplicates",
        title=N("Duplicates"),
        actions=rx.cond(
            DuplicatesState.may_search & (_standing.working == ""),
            rx.el.button(
                rx.icon("search", size=16),
                T("Look for duplicates"),
                type="button",
                class_name="button primary",
                on_click=DuplicatesState.search,
            ),
        ),
    )


def _merged() -> rx.Component:
    """The last merge, and the way back."""
    return notice(
        rx.fragment(
            DuplicatesState.merged_text,
            " ",
            rx.el.button(T("Take it back"), type="button", class_name="button small", on_click=DuplicatesState.unmerge),
        ),
        "good",
    )


def _state() -> rx.Component:
    return rx.cond(
        _standing.working,
        rx.el.section(
            rx.el.h2(
                rx.cond(
                    _standing.working == "merge", T("Merging what is certain …"), T("Looking through all contacts …")
                )
            ),
            progress_bar(_standing.percent),
            rx.el.p(T("You can close this page; the work goes on."), class_name="quiet"),
            rx.el.button(T("Stop"), type="button", class_name="button", on_click=DuplicatesState.stop),
            class_name="panel progress",
        ),
        rx.el.div(
            rx.el.nav(
                _tab("", N("All")),
                _tab("certain", N("Certain")),
                _tab("likely", N("To look at")),
                class_name="tabs",
                aria_label=t("Kind of group"),
            ),
            rx.cond(
                _standing.certain > 0,
                rx.el.button(
                    rx.icon("merge", size=16),
                    tn("Merge {n} certain group", "Merge {n} certain groups", _standing.certain),
                    type="button",
                    class_name="button",
                    on_click=DuplicatesState.ask(True),
                ),
            ),
            rx.el.span(_standing.sentence, class_name="quiet toolbar-end"),
            class_name="toolbar",
        ),
    )


def _tab(key: str, label: str) -> rx.Component:
    return rx.link(
        T(label),
        href=routes.DUPLICATES + (f"?view={key}" if key else ""),
        underline="none",
        class_name="tab",
        aria_current=rx.cond(DuplicatesState.view == key, "true", "false"),
    )


def _question() -> rx.Component:
    return notice(
        rx.fragment(
            rx.el.p(
                tn(
                    "Merge {n} certain group? There are {fewer} contacts fewer then. Every merge can be taken back.",
                    "Merge {n} certain groups? There are {fewer} contacts fewer then. Every merge can be taken back.",
                    _standing.certain,
                    fewer=figure(_standing.fewer),
                )
            ),
            rx.el.div(
                rx.el.button(
                    T("Merge them"), type="button", class_name="button primary", on_click=DuplicatesState.merge_certain
                ),
                rx.el.button(
                    T("Cancel"), type="button", class_name="button plain", on_click=DuplicatesState.ask(False)
                ),
                class_name="notice-actions",
            ),
        ),
        "warn",
    )


def _groups() -> rx.Component:
    return rx.cond(
        DuplicatesState.loaded & (DuplicatesState.lines.length() == 0) & (_standing.working == ""),
        empty(
            "copy-check",
            T("No duplicates to look at"),
            T("Look for duplicates after an import; only new and changed contacts are compared then."),
        ),
        rx.fragment(
            rx.el.div(rx.foreach(DuplicatesState.lines, _group), class_name="duplicate-groups"),
            rx.cond(
                DuplicatesState.next_url,
                rx.el.div(
                    rx.link(T("Next"), href=DuplicatesState.next_url, underline="none", class_name="button"),
                    class_name="pager",
                ),
            ),
        ),
    )


def _group(line: rx.Var[GroupLine]) -> rx.Component:
    return rx.el.section(
        rx.el.header(
            _score(line.score, line.certain),
            rx.el.span(rx.foreach(line.reasons, lambda reason: rx.el.span(reason, class_name="chip"))),
        ),
        rx.el.ul(rx.foreach(line.people, _line)),
        rx.cond(
            DuplicatesState.may_merge,
            rx.el.div(
                rx.link(T("Compare"), href=line.url, underline="none", class_name="button small"),
                _apart(line.numbers),
                class_name="notice-actions",
            ),
        ),
        class_name="panel duplicate-group",
        key=line.id.to(str),
    )


def _score(score: rx.Var[int], certain: rx.Var[bool]) -> rx.Component:
    return rx.el.span(
        score.to(str) + " %",
        rx.cond(certain, rx.el.span(" · ", T("certain"))),
        class_name=rx.cond(certain, "score certain", "score"),
    )


def _line(person: rx.Var[Person]) -> rx.Component:
    return rx.el.li(
        rx.link(person.name, href=person.url, underline="none", class_name="link"),
        rx.el.span(" #" + person.number.to(str), class_name="number quiet"),
        rx.cond(person.more, rx.el.span(" · " + person.more, class_name="quiet")),
        key=person.number.to(str),
    )


def _apart(numbers: rx.Var[list[int]]) -> rx.Component:
    return rx.el.button(
        T("Not duplicates"),
        type="button",
        class_name="button plain small",
        on_click=DuplicatesState.tell_apart(numbers),
    )


def _side_by_side() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Which contact stays?")),
        rx.el.div(rx.foreach(DuplicatesState.people, _stays), class_name="duplicate-people"),
        rx.cond(
            DuplicatesState.fields.length() > 0,
            rx.fragment(
                rx.el.h2(T("Where they differ")),
                rx.el.dl(rx.foreach(DuplicatesState.fields, _field), class_name="duplicate-fields"),
            ),
        ),
        rx.el.p(
            T("Tags, e-mails, phones, timeline and imports of all of them stay. Of consents the strictest holds."),
            class_name="quiet",
        ),
        rx.el.div(
            rx.el.button(
                rx.icon("merge", size=16),
                tn("Merge {n} contact", "Merge {n} contacts", DuplicatesState.people.length()),
                type="button",
                class_name="button primary",
                disabled=DuplicatesState.people.length() < 2,
                on_click=DuplicatesState.merge,
            ),
            _apart(DuplicatesState.numbers),
            rx.link(T("Back to the list"), href=routes.DUPLICATES, underline="none", class_name="button plain small"),
            class_name="filter-foot",
        ),
        class_name="panel",
    )


def _stays(person: rx.Var[Person]) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="kept",
            checked=DuplicatesState.kept == person.number,
            on_change=DuplicatesState.keep(person.number),
        ),
        rx.el.span(
            rx.el.b(person.name),
            rx.el.span(" #" + person.number.to(str), class_name="number quiet"),
            rx.el.br(),
            rx.el.span(person.more, class_name="quiet"),
        ),
        class_name="duplicate-choice",
        key=person.number.to(str),
    )


def _field(line: rx.Var[FieldLine]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(line.label),
        rx.el.dd(rx.foreach(line.options, lambda value: _value(line, value))),
        class_name=rx.cond(line.conflict, "duplicate-field differs", "duplicate-field"),
        key=line.field,
    )


def _value(line: rx.Var[FieldLine], value: rx.Var[Value]) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name=line.field,
            checked=value.chosen,
            on_change=DuplicatesState.choose(line.field, value.number),
        ),
        rx.el.span(
            value.text,
            rx.cond(value.number > 0, rx.el.span(" #" + value.number.to(str), class_name="number quiet")),
        ),
        class_name="duplicate-choice",
        key=value.number.to(str),
    )


PAGE = {"route": routes.DUPLICATES, "on_load": [SessionState.load, DuplicatesState.load]}
