"""Settings: the statuses of leads."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t, tn
from crm_app.pages.settings_frame import count_link, icon_button, removed_list, settings_shell
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
            rx.el.div(
                rx.el.h2(T("Statuses of leads")),
                rx.el.button(
                    rx.icon("plus", size=16),
                    T("Add a status"),
                    id="edit-new",
                    type="button",
                    class_name="button",
                    on_click=SettingsStatusesState.edit("new"),
                ),
                class_name="entries-head",
            ),
            rx.el.p(
                T("Lists show them in this order. New leads get the default when nothing else is said."),
                class_name="field-hint",
            ),
            rx.cond(
                SettingsStatusesState.error & (SettingsStatusesState.editing == ""),
                notice(SettingsStatusesState.error, "danger"),
            ),
            rx.cond(
                SettingsStatusesState.editing == "new",
                _form("new", "", "blue", "open", False, rx.Var.create(list[str]())),
            ),
            rx.cond(
                SettingsStatusesState.loaded,
                rx.el.ol(rx.foreach(SettingsStatusesState.lines, _line), class_name="entries"),
                rx.el.ol(*[rx.el.li(class_name="entry skeleton") for _ in range(5)], class_name="entries"),
            ),
            class_name="panel stack",
        ),
        removed_list(SettingsStatusesState.removed, SettingsStatusesState.bring_back),
    )


def _line(line: rx.Var[StatusLine], place: rx.Var[int]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                rx.el.span(class_name="status-dot " + line.dot),
                line.name,
                class_name="status entry-name",
            ),
            rx.cond(line.meaning != "open", rx.el.span(_meaning(line.meaning), class_name="chip")),
            rx.cond(line.is_default, rx.el.span(T("default"), class_name="chip")),
            rx.cond(line.asks, rx.el.span(t("asks for {fields}", fields=line.asks), class_name="quiet status-asks")),
            count_link(line.contacts, line.url),
            rx.el.span(
                icon_button(
                    "arrow-up",
                    t("Move “{name}” up", name=line.name),
                    on_click=SettingsStatusesState.move(line.key, -1),
                    aria_disabled=(place == 0).to_string(),
                ),
                icon_button(
                    "arrow-down",
                    t("Move “{name}” down", name=line.name),
                    on_click=SettingsStatusesState.move(line.key, 1),
                    aria_disabled=(place == SettingsStatusesState.lines.length() - 1).to_string(),
                ),
                icon_button(
                    "pencil",
                    t("Change “{name}”", name=line.name),
                    id="edit-" + line.key,
                    on_click=SettingsStatusesState.edit(line.key),
                ),
                icon_button(
                    "trash-2",
                    t("Remove “{name}”", name=line.name),
                    id="remove-" + line.key,
                    on_click=SettingsStatusesState.ask(line.key),
                ),
                class_name="entry-actions",
            ),
            class_name="entry",
        ),
        rx.cond(
            SettingsStatusesState.editing == line.key,
            _form(line.key, line.name, line.colour, line.meaning, line.is_default, line.required),
        ),
        rx.cond(SettingsStatusesState.removing.key == line.key, _question(line)),
        key=line.key,
    )


def _meaning(meaning: rx.Var[str]) -> rx.Component:
    return rx.match(meaning, *[(key, T(label)) for key, label in MEANINGS.items()], rx.fragment())


def _form(key: Any, name: Any, colour: Any, meaning: Any, is_default: Any, required: Any) -> rx.Component:
    return Panel.create(
        rx.el.form(
            rx.el.div(
                rx.el.label(T("Name"), html_for="status-name"),
                rx.el.input(
                    id="status-name",
                    name="name",
                    default_value=name,
                    class_name="input",
                    max_length=80,
                    required=True,
                    auto_complete="off",
                    aria_invalid=rx.cond(SettingsStatusesState.error, "true", "false"),
                ),
                class_name="field",
            ),
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
            rx.cond(SettingsStatusesState.error, notice(SettingsStatusesState.error, "danger")),
            rx.el.div(
                rx.el.button(T("Save"), type="submit", class_name="button primary"),
                rx.el.button(
                    T("Cancel"), type="button", class_name="button plain", on_click=SettingsStatusesState.edit("")
                ),
                class_name="filter-foot",
            ),
            on_submit=SettingsStatusesState.save,
            class_name="entry-form",
        ),
        opener=rx.Var.create("edit-") + key,
        label=t("A status"),
        kind="group",
        class_name="entry-panel",
        on_close=SettingsStatusesState.edit(""),
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
    return Panel.create(
        rx.el.form(
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
            rx.el.div(
                rx.el.label(T("Its place is taken by"), html_for="status-into"),
                rx.el.select(
                    rx.el.option(T("no status"), value=""),
                    rx.foreach(
                        SettingsStatusesState.others,
                        lambda other: rx.el.option(other.label, value=other.value, key=other.value),
                    ),
                    id="status-into",
                    name="into",
                    default_value="",
                    class_name="input",
                ),
                class_name="field",
            ),
            rx.el.p(
                T(
                    "Filters and segments ask for the one that takes its place; without one they say that it was "
                    "removed. Undoing the change brings the status back to the contacts that had it."
                ),
                class_name="field-hint",
            ),
            rx.cond(SettingsStatusesState.error, notice(SettingsStatusesState.error, "danger")),
            rx.el.div(
                rx.el.button(
                    rx.cond(
                        line.contacts > 0,
                        tn("Remove it from {n} contact", "Remove it from {n} contacts", line.contacts),
                        t("Remove"),
                    ),
                    type="submit",
                    class_name="button danger",
                ),
                rx.el.button(
                    T("Cancel"), type="button", class_name="button plain", on_click=SettingsStatusesState.ask("")
                ),
                class_name="filter-foot",
            ),
            on_submit=SettingsStatusesState.remove,
            class_name="entry-form",
        ),
        opener=rx.Var.create("remove-") + line.key,
        label=t("Remove a status"),
        kind="alertdialog",
        class_name="entry-panel",
        on_close=SettingsStatusesState.ask(""),
    )


PAGE = {"route": routes.STATUSES, "on_load": [SessionState.load, SettingsStatusesState.load]}
