"""The choices of an own field: part of its settings page."""

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.text import N, T, t, tn
from crm_app.pages import settings_entries as entries
from crm_app.pages.settings_frame import count_link
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
    at = "choice-" + place.to(str)
    return entries.entry(
        rx.el.span(line.option, class_name="entry-name"),
        count_link(line.contacts, line.url),
        entries.acts(SettingsChoicesState, line.option, line.option, place=place, at=at, merges=True),
        below=[
            rx.cond(SettingsChoicesState.editing == line.option, _form(line, at)),
            rx.cond(SettingsChoicesState.removing.key == line.option, _question(line, at)),
        ],
        key=line.option,
    )


def _form(line: rx.Var[ChoiceLine], at: rx.Var[str]) -> rx.Component:
    return entries.form(
        SettingsChoicesState,
        at,
        t("A choice"),
        entries.name_field(SettingsChoicesState, "choice-name", line.option, 120),
        save=rx.cond(
            line.contacts > 0,
            tn("Rename it in {n} contact", "Rename it in {n} contacts", line.contacts),
            t("Rename"),
        ),
        on_submit=SettingsChoicesState.rename,
    )


def _question(line: rx.Var[ChoiceLine], at: rx.Var[str]) -> rx.Component:
    return entries.question(
        SettingsChoicesState,
        at,
        t("Merge or remove a choice"),
        rx.cond(
            line.contacts > 0,
            tn("Change {n} contact", "Change {n} contacts", line.contacts),
            t("Remove"),
        ),
        entries.into_field(
            "choice-into",
            N("Merge it into"),
            N("– none: take it away –"),
            rx.foreach(SettingsChoicesState.others, lambda other: rx.el.option(other, value=other, key=other)),
        ),
        rx.el.p(
            T("Filters and segments follow. Undoing the change gives the choice back to the contacts that had it."),
            class_name="field-hint",
        ),
    )
