"""Settings: the statuses of leads."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.choice_options import choice_options
from crm_app.components.text import N, T, t, tn
from crm_app.pages import settings_entries as entries
from crm_app.pages.settings_frame import count_link, removed_list, settings_shell
from crm_app.state.session import SessionState
from crm_app.state.settings_statuses import SettingsStatusesState, StatusLine
from crm_app.theme import STATUS_COLOURS

COLOUR_NAMES = {
    "blue": N("Blue"),
    "amber": N("Yellow"),
    "violet": N("Violet"),
    "green": N("Green"),
    "red": N("Red"),
    "orange": N("Orange"),
    "gray": N("Grey"),
}
MEANINGS = {"open": N("still open"), "won": N("won"), "lost": N("lost")}


def statuses() -> rx.Component:
    return settings_shell(
        "statuses",
        rx.el.section(
            entries.head(SettingsStatusesState, N("Statuses of leads"), N("Add a status")),
            rx.el.p(
                T("Lists show them in this order. New leads get the default when nothing else is said."),
                class_name="field-hint",
            ),
            entries.refusal(SettingsStatusesState),
            rx.cond(
                SettingsStatusesState.editing == "new",
                _form("new", "", "blue", "open", False, rx.Var.create(list[str]())),
            ),
            entries.lines(SettingsStatusesState, _line),
            class_name="panel stack",
        ),
        removed_list(SettingsStatusesState.removed, SettingsStatusesState.bring_back),
    )


def _line(line: rx.Var[StatusLine], place: rx.Var[int]) -> rx.Component:
    form = _form(line.key, line.name, line.colour, line.meaning, line.is_default, line.required)
    return entries.entry(
        rx.el.span(
            rx.el.span(class_name="status-dot " + line.dot),
            line.name,
            class_name="status entry-name",
        ),
        rx.cond(line.meaning != "open", rx.el.span(_meaning(line.meaning), class_name="chip")),
        rx.cond(line.is_default, rx.el.span(T("default"), class_name="chip")),
        rx.cond(line.asks, rx.el.span(t("asks for {fields}", fields=line.asks), class_name="quiet status-asks")),
        count_link(line.contacts, line.url),
        entries.acts(SettingsStatusesState, line.key, line.name, place=place),
        below=[
            rx.cond(SettingsStatusesState.editing == line.key, form),
            rx.cond(SettingsStatusesState.removing.key == line.key, _question(line)),
        ],
        key=line.key,
    )


def _meaning(meaning: rx.Var[str]) -> rx.Component:
    return rx.match(meaning, *[(key, T(label)) for key, label in MEANINGS.items()], rx.fragment())


def _form(key: Any, name: Any, colour: Any, meaning: Any, is_default: Any, required: Any) -> rx.Component:
    return entries.form(
        SettingsStatusesState,
        key,
        t("A status"),
        entries.name_field(SettingsStatusesState, "status-name", name, 80),
        rx.el.fieldset(
            rx.el.legend(T("Colour")),
            *[_colour(one, colour) for one in STATUS_COLOURS],
            class_name="swatches",
        ),
        rx.el.div(
            rx.el.label(T("What it says of a lead"), html_for="status-meaning"),
            rx.el.select(
                *[rx.el.option(T(label), value=one) for one, label in MEANINGS.items()],
                id="status-meaning",
                name="meaning",
                default_value=meaning,
                class_name="input",
            ),
            class_name="field",
        ),
        rx.el.label(
            rx.el.input(type="checkbox", name="is_default", default_checked=is_default),
            T("New leads get this status"),
            class_name="tick",
        ),
        _required(required),
    )


def _required(required: Any) -> rx.Component:
    """The fields that must be filled in before a contact gets the status by hand."""
    return rx.el.details(
        rx.el.summary(T("Fields this status asks for")),
        rx.el.p(
            T("Who gives a contact this status by hand fills them in first; imports and changes of many do not ask."),
            class_name="field-hint",
        ),
        rx.el.div(
            rx.foreach(
                SettingsStatusesState.fields,
                lambda one: rx.el.label(
                    rx.el.input(
                        type="checkbox", name="required-" + one.value, default_checked=required.contains(one.value)
                    ),
                    one.label,
                    class_name="tick",
                    key=one.value,
                ),
            ),
            class_name="ticks",
        ),
        open=required.length() > 0,
        class_name="status-fields",
    )


def _colour(one: str, current: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="colour", value=one, default_checked=current == one),
        rx.el.span(class_name=f"status-dot dot-{one}"),
        T(COLOUR_NAMES[one]),
        class_name="swatch",
    )


def _question(line: rx.Var[StatusLine]) -> rx.Component:
    return entries.question(
        SettingsStatusesState,
        line.key,
        t("Remove a status"),
        rx.cond(
            line.contacts > 0,
            tn("Remove it from {n} contact", "Remove it from {n} contacts", line.contacts),
            t("Remove"),
        ),
        rx.el.p(
            rx.cond(
                line.contacts > 0,
                tn(
                    "{n} contact has the status “{name}”. What does it get instead?",
                    "{n} contacts have the status “{name}”. What do they get instead?",
                    line.contacts,
                    name=line.name,
                ),
                t("Nobody has the status “{name}”.", name=line.name),
            )
        ),
        entries.into_field(
            "status-into",
            N("Its place is taken by"),
            N("no status"),
            choice_options(SettingsStatusesState.others),
        ),
        rx.el.p(
            T(
                "Filters and segments ask for the one that takes its place; without one they say that it was "
                "removed. Undoing the change brings the status back to the contacts that had it."
            ),
            class_name="field-hint",
        ),
    )


PAGE = {"route": routes.STATUSES, "on_load": [SessionState.load, SettingsStatusesState.load]}
