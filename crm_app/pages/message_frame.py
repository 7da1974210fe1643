"""The frame of the pages of messages: campaigns, templates, automations, outbox."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.shell import shell
from crm_app.components.text import N, T, t
from crm_app.state.session import SessionState

SECTIONS = (
    ("campaigns", N("Campaigns"), routes.MESSAGES),
    ("templates", N("Templates"), routes.TEMPLATES),
    ("automations", N("Automations"), routes.AUTOMATIONS),
    ("outbox", N("Outbox"), routes.OUTBOX),
)
TEMPLATE_KINDS = {
    "newsletter": N("Newsletter: only to who agreed, with a way out"),
    "service": N("Service message: about a lesson, a bill, an appointment"),
}


def messages_shell(
    section: str, *content: rx.Component, title: rx.Component | str = "", actions: rx.Component | None = None
) -> rx.Component:
    return shell(
        rx.cond(
            SessionState.may_send,
            rx.fragment(_sections(section), *content),
            empty(
                "lock",
                T("You may not write to many"),
                T("Ask an administrator of this CRM. One contact you can write to from its card."),
                rx.link(T("All contacts"), href=routes.CONTACTS, underline="none", class_name="button"),
            ),
        ),
        place="messages",
        title=title or N("Messages"),
        actions=actions,
    )


def crumb(path: str, above: str, name: rx.Var[str]) -> rx.Component:
    return rx.el.h1(
        rx.link(T(above), href=path, underline="none", class_name="quiet"),
        rx.el.span(" / ", class_name="quiet"),
        name,
    )


def _sections(current: str) -> rx.Component:
    return rx.el.nav(
        *[
            rx.link(
                T(label),
                href=path,
                underline="none",
                class_name="tab",
                **({"aria_current": "true"} if key == current else {}),
            )
            for key, label, path in SECTIONS
        ],
        aria_label=t("Parts of messages"),
        class_name="tabs settings-sections",
    )
