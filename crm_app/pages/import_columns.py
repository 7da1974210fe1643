"""The third step of an import: which column goes to which field."""

import reflex as rx

from crm_app import routes
from crm_app.components.notice import notice
from crm_app.components.text import T, t, tn
from crm_app.pages.import_course import import_course
from crm_app.pages.import_frame import foot, frame
from crm_app.pages.import_new_field import new_field
from crm_app.pages.import_presets import import_presets
from crm_app.pages.import_values import column_values
from crm_app.pages.import_whole_file import whole_file
from crm_app.services.fields.registry import (
    CONSENT_FIELDS,
    CONSENT_LABEL,
    FIELDS,
    FURTHER_FIELDS,
    GROUP_LABELS,
    OFFER,
    REQUIRABLE,
    WHOLE_FIELDS,
    FieldGroup,
)
from crm_app.state.import_columns import ImportColumnsState, WriteRule
from crm_app.state.import_columns_view import ADD, ColumnLine
from crm_app.state.import_entering import ENTER
from crm_app.state.import_wizard import ImportWizardState


def import_columns() -> rx.Component:
    return frame(
        import_presets(),
        rx.cond(
            ImportColumnsState.ready,
            rx.el.div(
                rx.cond(ImportColumnsState.error, notice(ImportColumnsState.error, "danger")),
                _unmapped(),
                _lacking(),
                rx.el.div(
                    rx.el.table(
                        rx.el.thead(
                            rx.el.tr(
                                rx.el.th(T("Column of the file"), scope="col"),
                                rx.el.th(T("What it holds"), scope="col"),
                                rx.el.th(T("Filled"), scope="col", class_name="right"),
                                rx.el.th(T("Goes to"), scope="col"),
                                rx.el.th(T("If a value is stored"), scope="col"),
                            )
                        ),
                        rx.el.tbody(rx.foreach(ImportColumnsState.columns, _column)),
                        class_name="table mapping",
                    ),
                    class_name="table-frame",
                ),
                _empty_ones(),
                whole_file(),
                import_course(),
                foot(
                    rx.cond(
                        ImportColumnsState.error,
                        rx.el.span(ImportColumnsState.error, class_name="field-error", role="alert"),
                        rx.el.span(tn("{n} row will be checked", "{n} rows will be checked", ImportWizardState.rows)),
                    ),
                    rx.el.button(
                        T("Continue: check every row"),
                        rx.icon("arrow-right", size=16),
                        type="button",
                        class_name="button primary",
                        disabled=~ImportColumnsState.changeable,
                        on_click=ImportColumnsState.check,
                    ),
                ),
                key=ImportColumnsState.key.to(str),
            ),
        ),
        step="columns",
    )


def _unmapped() -> rx.Component:
    return rx.cond(
        ImportColumnsState.unmapped.length() > 0,
        notice(
            rx.fragment(
                rx.el.b(
                    tn(
                        "{n} column is left out:",
                        "{n} columns are left out:",
                        ImportColumnsState.unmapped.length(),
                    )
                ),
                " ",
                ImportColumnsState.unmapped.join(", "),
            ),
            "warn",
        ),
        notice(T("Every column has its place."), "good"),
    )


def _lacking() -> rx.Component:
    """Required fields that the file does not bring. Their names are ours, so they follow the language."""
    return rx.cond(
        ImportColumnsState.lacking.length() > 0,
        notice(
            rx.fragment(
                rx.el.b(T("Required here, and no column goes there:")),
                " ",
                rx.foreach(ImportColumnsState.lacking, lambda name, place: _named(name, place)),
                ". ",
                T("Rows that would become new contacts are invalid without it."),
            ),
            "warn",
        ),
    )


def _named(name: rx.Var[str], place: rx.Var[int]) -> rx.Component:
    labels = [(field, T(FIELDS[field].label.msgid)) for field in REQUIRABLE]
    return rx.fragment(rx.cond(place > 0, ", ", ""), rx.match(name, *labels, rx.fragment(name)))


def _empty_ones() -> rx.Component:
    return rx.cond(
        ImportColumnsState.empty > 0,
        rx.el.button(
            rx.cond(
                ImportColumnsState.show_empty,
                T("Hide the empty columns"),
                tn("Show {n} empty column", "Show {n} empty columns", ImportColumnsState.empty),
            ),
            type="button",
            class_name="link-button gap",
            on_click=ImportColumnsState.toggle_empty,
        ),
    )


def _column(line: rx.Var[ColumnLine]) -> rx.Component:
    return rx.cond((line.part != "empty") | ImportColumnsState.show_empty, _row(line))


def _row(line: rx.Var[ColumnLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(line.header, scope="row"),
        rx.el.td(
            rx.el.div(
                rx.foreach(line.samples, lambda sample: rx.el.span(sample, class_name="sample")), class_name="samples"
            ),
        ),
        rx.el.td(
            rx.el.span(
                rx.el.span(class_name="fill-bar", style={"width": line.fill.to(str) + "%"}),
                class_name="fill",
                aria_hidden="true",
            ),
            rx.el.span(line.fill.to(str), " %"),
            class_name="number right filled",
        ),
        rx.el.td(
            _target(line),
            new_field(line),
            rx.cond(line.target == "tags", _separator(line)),
            rx.cond(line.dates.length() > 0, _dates(line)),
            rx.cond(line.vocabulary != "", column_values(line)),
            rx.cond(line.reason, rx.el.p(line.reason, class_name="field-hint")),
            class_name="goes-to",
        ),
        rx.el.td(
            rx.cond(
                (line.target != "")
                & (ImportColumnsState.match_key != "")
                & (line.target != ImportColumnsState.match_key)
                & ~line.adds
                & (line.target != OFFER.name)
                & ~rx.Var.create(list(CONSENT_FIELDS)).contains(line.target),
                _rule(line),
            ),
            class_name="rule",
        ),
        class_name=rx.cond((line.target == "") & (line.part != "empty"), "left-out", ""),
        key=line.index.to(str),
    )


def _target(line: rx.Var[ColumnLine]) -> rx.Component:
    groups = [
        rx.el.optgroup(
            *[
                rx.el.option(T(field.label.msgid), value=field.name)
                for field in (*FIELDS.values(), *WHOLE_FIELDS.values(), *FURTHER_FIELDS.values())
                if field.group == group
            ],
            label=t(GROUP_LABELS[group].msgid),
        )
        for group in FieldGroup
        if group is not FieldGroup.OWN
    ]
    consents = [rx.el.option(T(field.label.msgid), value=field.name) for field in CONSENT_FIELDS.values()]
    return rx.el.select(
        rx.el.option(T("– leave out –"), value=""),
        *groups,
        rx.el.optgroup(*consents, label=t(CONSENT_LABEL.msgid)),
        rx.cond(
            ImportColumnsState.own.length() > 0,
            rx.el.optgroup(
                rx.foreach(ImportColumnsState.own, lambda own: rx.el.option(own.label, value=own.value)),
                label=t(GROUP_LABELS[FieldGroup.OWN].msgid),
            ),
        ),
        rx.cond(
            ImportColumnsState.course != "",
            rx.el.optgroup(rx.el.option(T(OFFER.label.msgid), value=OFFER.name), label=t("Course")),
        ),
        rx.cond(ImportColumnsState.may_add, rx.el.option(T("a new field …"), value=ADD)),
        value=line.target,
        on_change=lambda target: ImportColumnsState.choose(line.index, target),
        aria_label=t("Field for the column {header}", header=line.header),
        disabled=~ImportColumnsState.changeable,
        class_name="input",
    )


def _separator(line: rx.Var[ColumnLine]) -> rx.Component:
    return rx.el.label(
        T("Tags are separated by"),
        rx.el.select(
            *[rx.el.option(sign, value=sign) for sign in (",", ";", "|", "/", ":::")],
            value=line.separator,
            on_change=lambda sign: ImportColumnsState.choose_separator(line.index, sign),
            class_name="input tiny",
        ),
        class_name="field-hint inline",
    )


def _dates(line: rx.Var[ColumnLine]) -> rx.Component:
    return rx.el.label(
        T("Dates are written"),
        rx.el.select(
            rx.foreach(line.dates, lambda choice: rx.el.option(choice.label, value=choice.value)),
            value=line.date_format,
            on_change=lambda chosen: ImportColumnsState.choose_format(line.index, chosen),
            disabled=~ImportColumnsState.changeable,
            class_name="input small",
        ),
        class_name="field-hint inline",
    )


def _rule(line: rx.Var[ColumnLine]) -> rx.Component:
    """How the cell meets a stored value; the usual rule is said without a fuss."""
    more = [rx.el.option(T("add to it"), value=WriteRule.APPEND.value)]
    return rx.el.label(
        rx.el.span(T("If a value is stored"), class_name="only-phone"),
        rx.el.select(
            rx.cond(
                line.target == "tags",
                rx.el.option(T("add to it"), value=WriteRule.OVERWRITE.value),
                rx.el.option(T("the file counts"), value=WriteRule.OVERWRITE.value),
            ),
            rx.cond(line.appendable & (line.target != "tags"), rx.fragment(*more)),
            rx.el.option(T("keep it"), value=WriteRule.FILL.value),
            rx.el.option(T("only for new contacts"), value=WriteRule.NEVER.value),
            value=line.rule,
            on_change=lambda rule: ImportColumnsState.choose_rule(line.index, rule),
            disabled=~ImportColumnsState.changeable,
            aria_label=t("What the column {header} does where a value is stored", header=line.header),
            class_name="input",
        ),
    )


PAGE = {
    "route": routes.IMPORT_COLUMNS,
    "on_load": [*ENTER, ImportColumnsState.load],
}
