"""Settings: the tags, own ones and those of the franchise."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.search_box import search_box
from crm_app.components.text import T, t, tn
from crm_app.pages.settings_frame import count_link, icon_button, removed_list, settings_shell
from crm_app.state.session import SessionState
from crm_app.state.settings_tags import SettingsTagsState, TagLine


def tags() -> rx.Component:
    return settings_shell(
        "tags",
        rx.el.section(
            rx.el.div(
                rx.el.h2(T("Tags")),
                search_box(t("Search tags"), t("Search tags")),
                rx.el.button(
                    rx.icon("plus", size=16),
                    T("Add a tag"),
                    id="edit-new",
                    type="button",
                    class_name="button",
                    on_click=SettingsTagsState.edit("new"),
                ),
                class_name="entries-head",
            ),
            rx.el.p(
                T("Tags of the franchise are orange; only the head office changes them."),
                class_name="field-hint",
            ),
            rx.cond(
                SettingsTagsState.error & (SettingsTagsState.editing == ""),
                notice(SettingsTagsState.error, "danger"),
            ),
            rx.cond(SettingsTagsState.editing == "new", _form("new", "", False)),
            _lines(),
            class_name="panel stack",
        ),
        removed_list(SettingsTagsState.removed, SettingsTagsState.bring_back),
    )


def _lines() -> rx.Component:
    return rx.cond(
        SettingsTagsState.loaded,
        rx.fragment(
            rx.el.ul(rx.foreach(SettingsTagsState.lines, _line), class_name="entries"),
            rx.cond(
                SettingsTagsState.total == 0,
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
        ),
        rx.el.ul(*[rx.el.li(class_name="entry skeleton") for _ in range(5)], class_name="entries"),
    )


def _line(line: rx.Var[TagLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                rx.el.span(line.name, class_name=rx.cond(line.is_franchise, "chip franchise", "chip")),
                class_name="entry-name",
            ),
            count_link(line.contacts, line.url),
            rx.cond(
                line.is_changeable,
                rx.el.span(
                    icon_button(
                        "pencil",
                        t("Change “{name}”", name=line.name),
                        id="edit-" + line.key,
                        on_click=SettingsTagsState.edit(line.key),
                    ),
                    icon_button(
                        "merge",
                        t("Merge or remove “{name}”", name=line.name),
                        id="remove-" + line.key,
                        on_click=SettingsTagsState.ask(line.key),
                    ),
                    class_name="entry-actions",
                ),
                rx.el.span(T("of the head office"), class_name="quiet entry-actions"),
            ),
            class_name="entry",
        ),
        rx.cond(SettingsTagsState.editing == line.key, _form(line.key, line.name, line.is_franchise)),
        rx.cond(SettingsTagsState.removing.key == line.key, _question(line)),
        key=line.key,
    )


def _form(key: Any, name: Any, is_franchise: Any) -> rx.Component:
    return Panel.create(
        rx.el.form(
            rx.el.div(
                rx.el.label(T("Name"), html_for="tag-name"),
                rx.el.input(
                    id="tag-name",
                    name="name",
                    default_value=name,
                    class_name="input",
                    max_length=100,
                    required=True,
                    auto_complete="off",
                    aria_invalid=rx.cond(SettingsTagsState.error, "true", "false"),
                ),
                class_name="field",
            ),
            rx.cond(
                SettingsTagsState.is_head_office,
                rx.el.label(
                    rx.el.input(type="checkbox", name="is_franchise", default_checked=is_franchise),
                    T("A tag of the franchise"),
                    class_name="tick",
                ),
            ),
            rx.cond(SettingsTagsState.error, notice(SettingsTagsState.error, "danger")),
            rx.el.div(
                rx.el.button(T("Save"), type="submit", class_name="button primary"),
                rx.el.button(
                    T("Cancel"), type="button", class_name="button plain", on_click=SettingsTagsState.edit("")
                ),
                class_name="filter-foot",
            ),
            on_submit=SettingsTagsState.save,
            class_name="entry-form",
        ),
        opener=rx.Var.create("edit-") + key,
        label=t("A tag"),
        kind="group",
        class_name="entry-panel",
        on_close=SettingsTagsState.edit(""),
    )


def _question(line: rx.Var[TagLine]) -> rx.Component:
    return Panel.create(
        rx.el.form(
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
            rx.el.div(
                rx.el.label(T("Merge it into"), html_for="tag-into"),
                rx.el.select(
                    rx.el.option(T("– none: take it away –"), value=""),
                    rx.foreach(
                        SettingsTagsState.others,
                        lambda other: rx.el.option(other.label, value=other.value, key=other.value),
                    ),
                    id="tag-into",
                    name="into",
                    default_value="",
                    class_name="input",
                ),
                class_name="field",
            ),
            rx.el.p(
                T(
                    "Filters and segments ask for the one it is merged into; without one they say that it was removed. "
                    "Undoing the change gives the tag back to the contacts that had it."
                ),
                class_name="field-hint",
            ),
            rx.cond(SettingsTagsState.error, notice(SettingsTagsState.error, "danger")),
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
                rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=SettingsTagsState.ask("")),
                class_name="filter-foot",
            ),
            on_submit=SettingsTagsState.remove,
            class_name="entry-form",
        ),
        opener=rx.Var.create("remove-") + line.key,
        label=t("Merge or remove a tag"),
        kind="alertdialog",
        class_name="entry-panel",
        on_close=SettingsTagsState.ask(""),
    )


PAGE = {"route": routes.TAGS, "on_load": [SessionState.load, SettingsTagsState.load]}
