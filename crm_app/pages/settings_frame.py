"""The frame of every settings page: its title, and the way to the others."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.shell import shell
from crm_app.components.text import N, T, figure, t, tn
from crm_app.state.session import SessionState
from crm_app.state.settings_words import RemovedLine

_CHANGES, _MANAGES = SessionState.may_change_settings, SessionState.may_manage_users
# With who sees it.
SECTIONS = (
    ("general", N("General"), routes.SETTINGS, True),
    ("account", N("Your account"), routes.ACCOUNT, True),
    ("users", N("Users"), routes.USERS, _MANAGES),
    ("roles", N("Roles"), routes.ROLES, _MANAGES),
    ("statuses", N("Statuses"), routes.STATUSES, _CHANGES),
    ("task_types", N("Types of tasks"), routes.TASK_TYPES, _CHANGES),
    ("tags", N("Tags"), routes.TAGS, _CHANGES),
    ("fields", N("Own fields"), routes.OWN_FIELDS, _CHANGES),
    ("messages", N("Messages"), routes.MESSAGE_SETTINGS, _CHANGES),
    ("forms", N("Forms"), routes.WEB_FORMS, _CHANGES),
    ("integrations", N("Integrations"), routes.INTEGRATIONS, _CHANGES),
    ("branches", N("Branches"), routes.BRANCHES, SessionState.sees_branches & _CHANGES),
    ("log", N("Log"), routes.LOG, SessionState.may_read_log),
)


def settings_shell(section: str, *content: rx.Component) -> rx.Component:
    return shell(
        _sections(section),
        *content,
        place="settings",
        title=N("Settings"),
        form=True,
    )


def _sections(current: str) -> rx.Component:
    return rx.el.nav(
        *[
            rx.cond(
                only,
                rx.link(
                    T(label),
                    href=path,
                    underline="none",
                    class_name="tab",
                    **({"aria_current": "true"} if key == current else {}),
                ),
            )
            for key, label, path, only in SECTIONS
        ],
        aria_label=t("Parts of the settings"),
        class_name="tabs settings-sections",
    )


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
