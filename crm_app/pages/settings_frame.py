"""The frame of every settings page: its title, and the way to the others."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.shell import shell
from crm_app.components.text import N, T, figure, t, tn
from crm_app.state.session import SessionState
from crm_app.state.settings_words import RemovedLine

SECTIONS = (
    ("general", N("General"), routes.SETTINGS),
    ("statuses", N("Statuses"), routes.STATUSES),
    ("task_types", N("Types of tasks"), routes.TASK_TYPES),
    ("tags", N("Tags"), routes.TAGS),
    ("fields", N("Own fields"), routes.OWN_FIELDS),
    ("messages", N("Messages"), routes.MESSAGE_SETTINGS),
    ("forms", N("Forms"), routes.WEB_FORMS),
    ("integrations", N("Integrations"), routes.INTEGRATIONS),
    ("branches", N("Branches"), routes.BRANCHES),
)


def settings_shell(section: str, *content: rx.Component) -> rx.Component:
    return shell(
        rx.cond(SessionState.may_change_settings, _sections(section)),
        *content,
        place="settings",
        title=N("Settings"),
        form=True,
    )


def _sections(current: str) -> rx.Component:
    return rx.el.nav(
        *[_tab(key, label, path, current) for key, label, path in SECTIONS],
        aria_label=t("Parts of the settings"),
        class_name="tabs settings-sections",
    )


def _tab(key: str, label: str, path: str, current: str) -> rx.Component:
    here = {"aria_current": "true"} if key == current else {}
    link = rx.link(T(label), href=path, underline="none", class_name="tab", **here)
    return rx.cond(SessionState.sees_branches, link) if key == "branches" else link


def count_link(contacts: rx.Var[int], url: rx.Var[str]) -> rx.Component:
    """How many contacts, leading to them."""
    return rx.cond(
        contacts > 0,
        rx.link(
            tn("{n} contact", "{n} contacts", contacts),
            href=url,
            underline="none",
            class_name="link number entry-count",
        ),
        rx.el.span(T("no contacts"), class_name="quiet entry-count"),
    )


def icon_button(icon: str, label: rx.Var[str], **props: Any) -> rx.Component:
    return rx.el.button(
        rx.icon(icon, size=16), type="button", class_name="button plain icon", aria_label=label, title=label, **props
    )


def removed_list(lines: rx.Var[list[RemovedLine]], bring_back: Any) -> rx.Component:
    """What was removed and can come back."""
    return rx.cond(
        lines.length() > 0,
        rx.el.details(
            rx.el.summary(T("Removed"), " ", rx.el.span(figure(lines.length()), class_name="number quiet")),
            rx.el.ul(rx.foreach(lines, lambda line: _removed(line, bring_back)), class_name="entries"),
            class_name="panel removed-entries",
        ),
    )


def _removed(line: rx.Var[RemovedLine], bring_back: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(line.name, class_name="entry-name"),
        rx.el.span(line.told, class_name="quiet"),
        rx.el.span(
            rx.cond(
                line.undo_url,
                rx.link(T("Bring back with its contacts …"), href=line.undo_url, class_name="link"),
            ),
            rx.el.button(T("Bring back"), type="button", class_name="button", on_click=bring_back(line.key)),
            class_name="entry-actions",
        ),
        class_name="entry",
        key=line.key,
    )
