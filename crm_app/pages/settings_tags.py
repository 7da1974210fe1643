"""Settings: the tags, own ones and those of the franchise."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.choice_options import choice_options
from crm_app.components.search_box import search_box
from crm_app.components.text import N, T, t, tn
from crm_app.pages import settings_entries as entries
from crm_app.pages.settings_frame import count_link, removed_list, settings_shell
from crm_app.state.session import SessionState
from crm_app.state.settings_tags import SettingsTagsState, TagLine


def tags() -> rx.Component:
    return settings_shell(
        "tags",
        rx.el.section(
            entries.head(SettingsTagsState, N("Tags"), N("Add a tag"), search_box(t("Search tags"), t("Search tags"))),
            rx.el.p(
                T("Tags of the franchise are orange; only the head office changes them."),
                class_name="field-hint",
            ),
            entries.refusal(SettingsTagsState),
            rx.cond(SettingsTagsState.editing == "new", _form("new", "", False, False)),
            _lines(),
            class_name="panel stack",
        ),
        removed_list(SettingsTagsState.removed, SettingsTagsState.bring_back),
    )


def _lines() -> rx.Component:
    return rx.fragment(
        entries.lines(SettingsTagsState, _line, ordered=False),
        rx.cond(
            SettingsTagsState.loaded & (SettingsTagsState.total == 0),
            rx.el.p(
                T("No tag is called so. Contacts get tags in their form, in an import, or many at once."),
                class_name="quiet",
            ),
        ),
        rx.cond(
            SettingsTagsState.total > SettingsTagsState.lines.length(),
            rx.el.p(
                tn(
                    "There is {n} tag. Search for the others.",
                    "There are {n} tags. Search for the others.",
                    SettingsTagsState.total,
                ),
                class_name="quiet",
            ),
        ),
    )


def _line(line: rx.Var[TagLine]) -> rx.Component:
    return entries.entry(
        rx.el.span(
            rx.el.span(line.name, class_name=rx.cond(line.is_franchise, "chip franchise", "chip")),
            rx.cond(
                line.is_group, rx.el.span(rx.icon("mail", size=14), T("Newsletter group"), class_name="quiet tag-group")
            ),
            class_name="entry-name",
        ),
        count_link(line.contacts, line.url),
        rx.cond(
            line.is_changeable,
            entries.acts(SettingsTagsState, line.key, line.name, merges=True),
            rx.el.span(T("of the head office"), class_name="quiet entry-actions"),
        ),
        below=[
            rx.cond(
                SettingsTagsState.editing == line.key, _form(line.key, line.name, line.is_franchise, line.is_group)
            ),
            rx.cond(SettingsTagsState.removing.key == line.key, _question(line)),
        ],
        key=line.key,
    )


def _form(key: Any, name: Any, is_franchise: Any, is_group: Any) -> rx.Component:
    return entries.form(
        SettingsTagsState,
        key,
        t("A tag"),
        entries.name_field(SettingsTagsState, "tag-name", name, 100),
        rx.cond(
            SettingsTagsState.is_head_office,
            rx.el.label(
                rx.el.input(type="checkbox", name="is_franchise", default_checked=is_franchise),
                T("A tag of the franchise"),
                class_name="tick",
            ),
        ),
        rx.el.label(
            rx.el.input(type="checkbox", name="is_group", default_checked=is_group),
            T("A newsletter group"),
            class_name="tick",
        ),
        rx.el.p(
            T("People agree to a group by itself. Having the tag is no consent."),
            class_name="field-hint",
        ),
    )


def _question(line: rx.Var[TagLine]) -> rx.Component:
    return entries.question(
        SettingsTagsState,
        line.key,
        t("Merge or remove a tag"),
        rx.cond(
            line.contacts > 0,
            tn("Change {n} contact", "Change {n} contacts", line.contacts),
            t("Remove"),
        ),
        rx.el.p(
            rx.cond(
                line.contacts > 0,
                tn(
                    "{n} contact has the tag “{name}”.",
                    "{n} contacts have the tag “{name}”.",
                    line.contacts,
                    name=line.name,
                ),
                t("Nobody has the tag “{name}”.", name=line.name),
            )
        ),
        entries.into_field(
            "tag-into", N("Merge it into"), N("– none: take it away –"), choice_options(SettingsTagsState.others)
        ),
        rx.el.p(
            T(
                "Filters and segments ask for the one it is merged into; without one they say that it was removed. "
                "Undoing the change gives the tag back to the contacts that had it."
            ),
            class_name="field-hint",
        ),
    )


PAGE = {"route": routes.TAGS, "on_load": [SessionState.load, SettingsTagsState.load]}
