"""The fourth step of an import: the plan of every row, before anything is written."""

import reflex as rx

from crm_app import routes
from crm_app.components.editable_cell import EditableCell
from crm_app.components.notice import notice
from crm_app.components.pager import pager
from crm_app.components.search_box import search_box
from crm_app.components.text import N, T, figure, t, tn
from crm_app.pages.import_course_result import course_summary
from crm_app.pages.import_find import column_filter, find_button, find_panel
from crm_app.pages.import_frame import foot, frame
from crm_app.pages.import_known import decided, probably_known, too_many
from crm_app.state.import_check import ImportCheckState
from crm_app.state.import_check_view import ANOTHER, CellLine, ColumnHead, GroupLine, RowLine
from crm_app.state.import_entering import ENTER
from crm_app.state.import_wizard import ImportWizardState

OUTCOMES = (
    ("create", N("New"), "plus"),
    ("update", N("Updated"), "pencil"),
    ("unchanged", N("Unchanged"), "equal"),
    ("skip", N("Skipped"), "minus"),
    ("conflict", N("Conflict"), "git-compare"),
    ("invalid", N("Needs you"), "circle-alert"),
)


def import_check() -> rx.Component:
    return frame(
        rx.cond(
            ImportCheckState.ready,
            rx.fragment(
                _blocked(),
                too_many(),
                _filters(),
                find_panel(),
                _last_change(),
                rx.el.div(
                    rx.el.div(
                        _table(),
                        pager(ImportCheckState.previous_url, ImportCheckState.next_url),
                        class_name="check-main",
                    ),
                    rx.cond(ImportCheckState.groups.length() > 0, _problems()),
                    class_name="check-grid",
                ),
            ),
        ),
        step="check",
        foot=rx.cond(ImportCheckState.ready, _foot()),
    )


def _blocked() -> rx.Component:
    return rx.cond(
        ImportCheckState.committable & (ImportCheckState.blocking > 0),
        notice(
            tn(
                "Files only come in as a whole here, and {n} row cannot be taken. Mend it or leave it out.",
                "Files only come in as a whole here, and {n} rows cannot be taken. Mend them or leave them out.",
                ImportCheckState.blocking,
            ),
            "warn",
        ),
    )


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.nav(
            _filter("", N("All rows"), "rows-3"),
            *[_filter(key, label, icon) for key, label, icon in OUTCOMES],
            class_name="tabs outcomes",
            aria_label=t("Outcome"),
        ),
        search_box(t("Search in the rows"), t("Search in the rows")),
        rx.el.div(column_filter(), find_button(), class_name="row-tools"),
        class_name="toolbar",
    )


def _last_change() -> rx.Component:
    """What can be done about the cells that were changed: undo, and the same for others like it."""
    return rx.cond(
        ImportCheckState.can_undo,
        rx.el.div(
            rx.cond(
                ImportCheckState.replaced > 0,
                rx.el.span(tn("Replaced in {n} row.", "Replaced in {n} rows.", ImportCheckState.replaced)),
            ),
            rx.el.button(
                rx.icon("undo-2", size=14),
                T("Undo the last change"),
                type="button",
                class_name="button small",
                on_click=ImportCheckState.undo_edit,
            ),
            rx.cond(
                ImportCheckState.alike > 0,
                rx.el.button(
                    tn(
                        "Change {n} other row with “{text}” too",
                        "Change {n} other rows with “{text}” too",
                        ImportCheckState.alike,
                        text=ImportCheckState.alike_text,
                    ),
                    type="button",
                    class_name="button small",
                    on_click=ImportCheckState.edit_alike,
                ),
            ),
            class_name="last-change",
            role="status",
        ),
    )


def _filter(key: str, label: str, icon: str) -> rx.Component:
    count = ImportWizardState.rows if not key else ImportCheckState.counts[key].to(int)
    return rx.link(
        rx.icon(icon, size=14),
        T(label),
        rx.el.span(figure(count), class_name="number count"),
        href=ImportCheckState.outcome_urls[key].to(str),
        underline="none",
        class_name=f"tab outcome-{key or 'all'}",
        aria_current=rx.cond(ImportCheckState.outcome == key, "true", "false"),
    )


def _table() -> rx.Component:
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(T("Row"), scope="col", class_name="right"),
                    rx.el.th(T("What happens"), scope="col"),
                    rx.foreach(ImportCheckState.heads, _head),
                )
            ),
            rx.el.tbody(rx.foreach(ImportCheckState.rows, _row)),
            class_name="table plan",
        ),
        rx.cond(
            ImportCheckState.rows.length() == 0,
            rx.el.p(T("No row matches this filter."), class_name="empty"),
        ),
        class_name="table-frame plan-frame",
        tab_index=0,
        role="region",
        aria_label=t("Rows of the file with what happens to them. Arrow down goes to the cells, Enter changes one."),
    )


def _head(head: rx.Var[ColumnHead]) -> rx.Component:
    return rx.el.th(head.target, rx.el.span(head.header, class_name="from-column"), scope="col")


def _row(row: rx.Var[RowLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(row.row.to(str), class_name="number right quiet"),
        rx.el.td(
            rx.el.div(
                rx.match(
                    row.outcome,
                    *[
                        (key, rx.el.span(rx.icon(icon, size=14), T(label), class_name="outcome"))
                        for key, label, icon in OUTCOMES
                    ],
                    rx.el.span(row.outcome),
                ),
                _leave_out(row),
                class_name="outcome-line",
            ),
            rx.cond(
                (row.problems.length() > 0) & ~row.is_left_out,
                rx.el.details(
                    rx.el.summary(row.problems[0], class_name="row-problem"),
                    rx.foreach(row.problems, lambda problem: rx.el.p(problem, class_name="row-problem")),
                ),
                rx.cond(
                    (row.outcome != "create") & (row.outcome != "update"),
                    rx.el.p(row.reason, class_name="row-reason", title=row.reason),
                ),
            ),
            rx.cond(row.member, rx.el.p(row.member, class_name="row-reason")),
            rx.cond((row.known.length() > 0) & ~row.is_left_out, probably_known(row)),
            rx.cond(
                ImportCheckState.editable & ~row.is_left_out,
                rx.cond(
                    row.matches.length() > 0,
                    _who(row),
                    rx.cond(row.chosen != "", decided(row)),
                ),
            ),
            class_name="what-happens",
        ),
        rx.foreach(row.cells, lambda cell: _cell(row, cell)),
        class_name="plan-row " + row.outcome,
        key=row.row.to(str),
    )


def _who(row: rx.Var[RowLine]) -> rx.Component:
    """Several contacts match: somebody says which one it is."""
    return rx.el.select(
        rx.el.option(T("Which one is it?"), value=""),
        rx.foreach(row.matches, lambda match: rx.el.option(match.label, value=match.value)),
        rx.el.option(T("none of them: a new contact"), value=ANOTHER),
        value=row.chosen,
        on_change=lambda choice: ImportCheckState.resolve(row.row, choice),
        aria_label=t("Contact that row {row} means", row=row.row),
        class_name=rx.cond(row.chosen == "", "input small who wrong", "input small who"),
    )


def _leave_out(row: rx.Var[RowLine]) -> rx.Component:
    return rx.cond(
        ImportCheckState.editable,
        rx.el.button(
            rx.cond(row.is_left_out, rx.icon("rotate-ccw", size=14), rx.icon("x", size=14)),
            type="button",
            class_name="row-out",
            title=rx.cond(row.is_left_out, t("Take this row again"), t("Leave this row out")),
            aria_label=rx.cond(
                row.is_left_out,
                t("Take row {row} again", row=row.row),
                t("Leave row {row} out", row=row.row),
            ),
            on_click=ImportCheckState.leave_out(row.row, ~row.is_left_out),
        ),
    )


def _cell(row: rx.Var[RowLine], cell: rx.Var[CellLine]) -> rx.Component:
    return EditableCell.create(
        text=cell.text,
        old=cell.old,
        mark=cell.mark,
        raw=cell.raw,
        label=cell.label,
        hint=cell.hint,
        editable=ImportCheckState.editable & cell.is_editable,
        seen=ImportCheckState.seen,
        on_save=lambda value: ImportCheckState.edit(row.row, cell.index, value),
        key=cell.index.to(str),
    )


def _problems() -> rx.Component:
    return rx.el.aside(
        rx.el.h2(T("Problems")),
        rx.el.label(
            rx.el.input(
                type="checkbox",
                default_checked=ImportCheckState.lenient,
                key=ImportCheckState.lenient.to_string() + ImportCheckState.seen.to_string(),
                on_change=ImportCheckState.take_without_bad_cells,
                disabled=ImportWizardState.state != "checked",
            ),
            rx.el.span(T("Take rows without their bad cells")),
            class_name="switch",
        ),
        rx.el.ul(rx.foreach(ImportCheckState.groups, _group)),
        class_name="panel problems",
    )


def _group(group: rx.Var[GroupLine]) -> rx.Component:
    return rx.el.li(
        rx.link(
            rx.cond(
                group.level == "error",
                rx.icon("circle-alert", size=14, class_name="error"),
                rx.icon("triangle-alert", size=14, class_name="warning"),
            ),
            rx.el.span(
                rx.cond(group.column, rx.el.b(group.column, ": ")),
                group.sentence,
                " · ",
                tn("{n} row", "{n} rows", group.rows),
            ),
            href=group.url,
            underline="none",
            class_name="problem-group",
            aria_current=rx.cond(group.current, "true", "false"),
        )
    )


def _foot() -> rx.Component:
    counts = ImportCheckState.counts
    return foot(
        rx.el.span(
            rx.el.b(tn("{n} new", "{n} new", counts["create"].to(int))),
            " · ",
            tn("{n} updated", "{n} updated", counts["update"].to(int)),
            " · ",
            tn("{n} unchanged", "{n} unchanged", counts["unchanged"].to(int)),
            " · ",
            tn("{n} skipped", "{n} skipped", counts["skip"].to(int)),
            " · ",
            tn("{n} needs you", "{n} need you", counts["invalid"].to(int) + counts["conflict"].to(int)),
            rx.cond(ImportCheckState.course.name, rx.fragment(" · ", course_summary(ImportCheckState.course))),
            class_name="number",
        ),
        rx.cond(
            ImportCheckState.committable,
            rx.el.button(
                rx.cond(
                    ImportCheckState.will_write > 0,
                    tn("Import {n} contact", "Import {n} contacts", ImportCheckState.will_write),
                    rx.cond(
                        ImportCheckState.will_enrol > 0,
                        tn("Enrol {n} contact", "Enrol {n} contacts", ImportCheckState.will_enrol),
                        T("Finish: nothing to change"),
                    ),
                ),
                type="button",
                class_name="button primary",
                disabled=ImportCheckState.blocking > 0,
                on_click=ImportWizardState.commit,
            ),
        ),
    )


PAGE = {
    "route": routes.IMPORT_CHECK,
    "on_load": [*ENTER, ImportCheckState.load],
}
