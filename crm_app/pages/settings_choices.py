"""The choices of an own field: part of its settings page."""

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import T, t, tn
from crm_app.pages.settings_frame import count_link, icon_button
from crm_app.state.settings_choices import ChoiceLine, SettingsChoicesState


def choices() -> rx.Component:
    return rx.cond(
        SettingsChoicesState.lines.length() > 0,
        rx.el.section(
            rx.el.h2(T("Choices")),
            rx.cond(
                SettingsChoicesState.error & (SettingsChoicesState.editing == ""),
                notice(SettingsChoicesState.error, "danger"),
            ),
            rx.el.ol(rx.foreach(SettingsChoicesState.lines, _line), class_name="entries"),
            rx.el.form(
                rx.el.input(
                    id="new-option",
                    name="option",
                    placeholder=t("One more choice"),
                    aria_label=t("One more choice"),
                    max_length=120,
                    auto_complete="off",
                    class_name="input",
                ),
                rx.el.button(T("Add"), type="submit", class_name="button"),
                on_submit=SettingsChoicesState.add,
                class_name="filter-line",
            ),
            class_name="panel stack danger-zone",
        ),
    )


def _line(line: rx.Var[ChoiceLine], place: rx.Var[int]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(line.option, class_name="entry-name"),
            count_link(line.contacts, line.url),
            rx.el.span(
                icon_button(
                    "arrow-up",
                    t("Move “{name}” up", name=line.option),
                    on_click=SettingsChoicesState.move(line.option, -1),
                    aria_disabled=(place == 0).to_string(),
                ),
                icon_button(
                    "arrow-down",
                    t("Move “{name}” down", name=line.option),
                    on_click=SettingsChoicesState.move(line.option, 1),
                    aria_disabled=(place == SettingsChoicesState.lines.length() - 1).to_string(),
                ),
                icon_button(
                    "pencil",
                    t("Change “{name}”", name=line.option),
                    id="edit-choice-" + place.to(str),
                    on_click=SettingsChoicesState.edit(line.option),
                ),
                icon_button(
                    "merge",
                    t("Merge or remove “{name}”", name=line.option),
                    id="remove-choice-" + place.to(str),
                    on_click=SettingsChoicesState.ask(line.option),
                ),
                class_name="entry-actions",
            ),
            class_name="entry",
        ),
        rx.cond(SettingsChoicesState.editing == line.option, _form(line, place)),
        rx.cond(SettingsChoicesState.removing.key == line.option, _question(line, place)),
        key=line.option,
    )


def _form(line: rx.Var[ChoiceLine], place: rx.Var[int]) -> rx.Component:
    return Panel.create(
        rx.el.form(
            rx.el.div(
                rx.el.label(T("Name"), html_for="choice-name"),
                rx.el.input(
                    id="choice-name",
                    name="name",
                    default_value=line.option,
                    class_name="input",
                    max_length=120,
                    required=True,
                    auto_complete="off",
                ),
                class_name="field",
            ),
            rx.cond(SettingsChoicesState.error, notice(SettingsChoicesState.error, "danger")),
            rx.el.div(
                rx.el.button(
                    rx.cond(
                        line.contacts > 0,
                        tn("Rename it in {n} contact", "Rename it in {n} contacts", line.contacts),
                        t("Rename"),
                    ),
                    type="submit",
                    class_name="button primary",
                ),
                rx.el.button(
                    T("Cancel"), type="button", class_name="button plain", on_click=SettingsChoicesState.edit("")
                ),
                class_name="filter-foot",
            ),
            on_submit=SettingsChoicesState.rename,
            class_name="entry-form",
        ),
        opener="edit-choice-" + place.to(str),
        label=t("A choice"),
        kind="group",
        class_name="entry-panel",
        on_close=SettingsChoicesState.edit(""),
    )


def _question(line: rx.Var[ChoiceLine], place: rx.Var[int]) -> rx.Component:
    return Panel.create(
        rx.el.form(
            rx.el.div(
                rx.el.label(T("Merge it into"), html_for="choice-into"),
                rx.el.select(
                    rx.el.option(T("– none: take it away –"), value=""),
                    rx.foreach(SettingsChoicesState.others, lambda other: rx.el.option(other, value=other, key=other)),
                    id="choice-into",
                    name="into",
                    default_value="",
                    class_name="input",
                ),
                class_name="field",
            ),
            rx.el.p(
                T("Filters and segments follow. Undoing the change gives the choice back to the contacts that had it."),
                class_name="field-hint",
            ),
            rx.el.div(
                rx.el.button(
                    rx.cond(
                        line.contacts > 0,
                        tn("Change {n} contact", "Change {n} contacts", line.contacts),
                        t("Remove"),
                    ),
                    type="submit",
                    class_name="button danger",
                ),
                rx.el.button(
                    T("Cancel"), type="button", class_name="button plain", on_click=SettingsChoicesState.ask("")
                ),
                class_name="filter-foot",
            ),
            on_submit=SettingsChoicesState.remove,
            class_name="entry-form",
        ),
        opener="remove-choice-" + place.to(str),
        label=t("Merge or remove a choice"),
        kind="alertdialog",
        class_name="entry-panel",
        on_close=SettingsChoicesState.ask(""),
    )
