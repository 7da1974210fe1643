"""The filter's panel: conditions in groups, counted while they are put together."""

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import T, figure, t, tn
from crm_app.state.choice import Choice
from crm_app.state.contact_filter import FIRST, SECOND, ContactFilterState
from crm_app.state.filter_lines import CONDITION, GROUP, FilterLine, SubjectGroup, Takes

OPENER = "filter-open"


def filter_button(is_on: rx.Var[bool]) -> rx.Component:
    return rx.el.button(
        rx.icon("list-filter", size=16),
        T("Filter"),
        id=OPENER,
        type="button",
        class_name=rx.cond(is_on, "button on", "button"),
        aria_expanded=ContactFilterState.opened.to_string(),
        on_click=ContactFilterState.toggle,
    )


def filter_panel() -> rx.Component:
    return rx.cond(
        ContactFilterState.opened,
        Panel.create(
            rx.el.form(
                rx.foreach(ContactFilterState.lines, _line),
                rx.cond(ContactFilterState.error, notice(ContactFilterState.error, "danger")),
                rx.el.div(
                    rx.el.button(
                        rx.cond(
                            ContactFilterState.capped,
                            t("Show more than {n} contacts", n=figure(ContactFilterState.total)),
                            tn("Show {n} contact", "Show {n} contacts", ContactFilterState.total),
                        ),
                        type="submit",
                        class_name="button primary",
                    ),
                    rx.el.button(
                        T("Cancel"), type="button", class_name="button plain", on_click=ContactFilterState.close
                    ),
                    class_name="filter-foot",
                ),
                on_submit=ContactFilterState.apply,
                class_name="filter-form",
            ),
            opener=OPENER,
            label=t("Filter"),
            kind="group",
            class_name="panel filter",
            on_close=ContactFilterState.close,
        ),
    )


def _line(line: rx.Var[FilterLine]) -> rx.Component:
    return rx.el.div(
        rx.match(line.kind, (GROUP, _head(line)), (CONDITION, _condition(line)), _end(line)),
        class_name="filter-line",
        custom_attrs={"data-depth": line.depth.to(str)},
        key=line.kind + line.path,
    )


def _head(line: rx.Var[FilterLine]) -> rx.Component:
    return rx.fragment(
        rx.el.select(
            rx.el.option(T("All of these hold"), value="all"),
            rx.el.option(T("At least one of these holds"), value="any"),
            rx.el.option(T("None of these holds"), value="none"),
            value=line.match,
            on_change=lambda match: ContactFilterState.choose_match(line.path, match),
            aria_label=t("How many of the conditions must hold"),
            class_name="input filter-match",
        ),
        rx.cond(line.path, _remove(line, t("Remove this group"))),
    )


def _condition(line: rx.Var[FilterLine]) -> rx.Component:
    return rx.fragment(
        rx.el.select(
            rx.el.option(T("– choose a field –"), value=""),
            rx.foreach(ContactFilterState.subjects, _subjects),
            value=line.subject,
            on_change=lambda subject: ContactFilterState.choose_subject(line.path, subject),
            aria_label=t("Field"),
            class_name="input filter-subject",
        ),
        rx.cond(
            line.operators.length() > 0,
            rx.el.select(
                choice_options(line.operators),
                value=line.operator,
                on_change=lambda operator: ContactFilterState.choose_operator(line.path, operator),
                aria_label=t("Comparison"),
                class_name="input filter-operator",
            ),
        ),
        rx.match(
            line.takes,
            (Takes.TEXT.value, _input(line, "text")),
            (Takes.NUMBER.value, _input(line, "text", "decimal")),
            (Takes.TWO_NUMBERS.value, _two(line, "text", "decimal")),
            (Takes.DAY.value, _input(line, "date")),
            (Takes.TWO_DAYS.value, _two(line, "date")),
            (Takes.DAYS.value, _input(line, "text", "numeric")),
            (Takes.SPAN.value, _span(line)),
            (Takes.MONTH.value, _month(line)),
            (Takes.SOME.value, _some(line)),
            rx.fragment(),
        ),
        _remove(line, t("Remove this condition")),
    )


def _subjects(group: rx.Var[SubjectGroup]) -> rx.Component:
    return rx.el.optgroup(choice_options(group.subjects), label=group.label, key=group.label)


def _input(line: rx.Var[FilterLine], kind: str, mode: str = "text", place: str = FIRST) -> rx.Component:
    """Its text is the browser's own while somebody types; it is told when the field is left or sent."""
    change = ContactFilterState.set_first if place == FIRST else ContactFilterState.set_second
    return rx.el.input(
        name=line.path + ":" + place,
        type=kind,
        default_value=line.first if place == FIRST else line.second,
        input_mode=mode,
        on_blur=lambda value: change(line.path, value),
        aria_label=t("Value") if place == FIRST else t("Upper value"),
        auto_complete="off",
        max_length=200,
        key=ContactFilterState.turn.to(str) + line.path + line.subject + line.operator + place,
        class_name=f"input filter-{kind}",
    )


def _two(line: rx.Var[FilterLine], kind: str, mode: str = "text") -> rx.Component:
    return rx.el.span(
        _input(line, kind, mode), rx.el.span(T("and")), _input(line, kind, mode, SECOND), class_name="filter-two"
    )


def _span(line: rx.Var[FilterLine]) -> rx.Component:
    return _select(
        line,
        rx.el.option(T("day"), value="day"),
        rx.el.option(T("week"), value="week"),
        rx.el.option(T("month"), value="month"),
        rx.el.option(T("year"), value="year"),
    )


def _month(line: rx.Var[FilterLine]) -> rx.Component:
    return _select(
        line,
        rx.el.option(T("this month"), value="this"),
        rx.el.option(T("next month"), value="next"),
        choice_options(ContactFilterState.months),
    )


def _select(line: rx.Var[FilterLine], *options: rx.Component) -> rx.Component:
    return rx.el.select(
        *options,
        value=line.first,
        on_change=lambda value: ContactFilterState.set_first(line.path, value),
        aria_label=t("Value"),
        class_name="input filter-operator",
    )


def _some(line: rx.Var[FilterLine]) -> rx.Component:
    """Chosen ones as chips, and a list to add one more."""
    return rx.el.span(
        rx.foreach(
            line.chosen,
            lambda choice: rx.el.button(
                choice.label,
                rx.icon("x", size=14),
                type="button",
                class_name="chip-button",
                aria_label=t("Take out {name}", name=choice.label),
                on_click=ContactFilterState.drop_choice(line.path, choice.value),
                key=choice.value,
            ),
        ),
        rx.el.select(
            rx.el.option(T("– add –"), value=""),
            choice_options(ContactFilterState.choices[line.subject].to(list[Choice])),
            value="",
            on_change=lambda value: ContactFilterState.add_choice(line.path, value),
            aria_label=t("Add a value"),
            class_name="input filter-add",
        ),
        class_name="filter-some",
    )


def _end(line: rx.Var[FilterLine]) -> rx.Component:
    return rx.fragment(
        rx.el.button(
            rx.icon("plus", size=16),
            T("Condition"),
            type="button",
            class_name="button plain",
            on_click=ContactFilterState.add_condition(line.path),
        ),
        rx.cond(
            line.depth < 4,
            rx.el.button(
                rx.icon("plus", size=16),
                T("Group"),
                type="button",
                class_name="button plain",
                on_click=ContactFilterState.add_group(line.path),
            ),
        ),
    )


def _remove(line: rx.Var[FilterLine], label: rx.Var[str]) -> rx.Component:
    return rx.el.button(
        rx.icon("x", size=16),
        type="button",
        class_name="button plain icon",
        aria_label=label,
        on_click=ContactFilterState.remove(line.path),
    )
