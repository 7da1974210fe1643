"""What the texts of a column with a closed vocabulary mean: part of the third step of an import."""

import reflex as rx

from crm_app.components.text import T, t, tn
from crm_app.state.import_columns import ImportColumnsState
from crm_app.state.import_columns_view import ADD, AUTO, ColumnLine, ValueLine

# Texts that the parsers of these kinds understand, and how pages show them.
_WORDS = {
    "gender": (("female", "female"), ("male", "male"), ("other", "other")),
    "lifecycle": (("contact", "Contact"), ("lead", "Lead"), ("customer", "Customer")),
    "yes_no": (("yes", "yes"), ("no", "no")),
}


def column_values(line: rx.Var[ColumnLine]) -> rx.Component:
    """The values in question stand open; the understood ones behind a click."""
    return rx.el.details(
        rx.el.summary(
            rx.cond(
                line.unknown > 0,
                rx.el.span(
                    tn("{n} value is not understood", "{n} values are not understood", line.unknown),
                    class_name="field-error",
                ),
                rx.el.span(tn("{n} value, understood", "{n} values, all understood", line.meanings.length())),
            )
        ),
        rx.el.ul(rx.foreach(line.meanings, lambda value: _value(line, value)), class_name="values"),
        open=line.unknown > 0,
        class_name="field-hint",
    )


def _value(line: rx.Var[ColumnLine], value: rx.Var[ValueLine]) -> rx.Component:
    return rx.el.li(
        rx.el.span(value.cell, class_name="value-cell", title=value.cell),
        rx.el.span(tn("{n} row", "{n} rows", value.rows), class_name="quiet number"),
        rx.match(
            line.vocabulary,
            ("status", _select(line, value, *_statuses(value))),
            ("owner", _select(line, value, _listed(ImportColumnsState.addresses))),
            ("offer", _select(line, value, *_offers())),
            ("choice", _select(line, value, *_options(line, value))),
            ("country", _select(line, value, _listed(ImportColumnsState.countries))),
            *[
                (kind, _select(line, value, *[rx.el.option(T(label), value=word) for word, label in words]))
                for kind, words in _WORDS.items()
            ],
            rx.fragment(),
        ),
        key=value.cell,
    )


def _select(line: rx.Var[ColumnLine], value: rx.Var[ValueLine], *options: rx.Component) -> rx.Component:
    return rx.el.select(
        rx.el.option(
            rx.cond(
                value.choice == AUTO, rx.cond(value.becomes, value.becomes, T("not understood")), T("as it stands")
            ),
            value=AUTO,
        ),
        *options,
        rx.el.option(T("– leave empty –"), value=""),
        value=value.choice,
        on_change=lambda choice: ImportColumnsState.choose_value(line.index, value.cell, choice),
        aria_label=t("Meaning of {value}", value=value.cell),
        disabled=~ImportColumnsState.changeable,
        class_name=rx.cond(value.problem, "input small wrong", "input small"),
    )


def _statuses(value: rx.Var[ValueLine]) -> list[rx.Component]:
    return [
        rx.foreach(ImportColumnsState.statuses, lambda status: rx.el.option(status.label, value=status.label)),
        rx.cond(
            ImportColumnsState.may_add & (value.problem != ""), rx.el.option(T("add it as a new status"), value=ADD)
        ),
    ]


def _offers() -> list[rx.Component]:
    offers = ImportColumnsState.course_options.offers
    return [rx.foreach(offers, lambda offer: rx.el.option(offer.label, value=offer.label))]


def _options(line: rx.Var[ColumnLine], value: rx.Var[ValueLine]) -> list[rx.Component]:
    return [
        rx.foreach(line.options, lambda option: rx.el.option(option, value=option)),
        rx.cond(
            ImportColumnsState.may_add & (value.problem != ""), rx.el.option(T("add it as a new choice"), value=ADD)
        ),
    ]


def _listed(choices: rx.Var) -> rx.Component:
    return rx.foreach(choices, lambda choice: rx.el.option(choice.label, value=choice.value))
