"""Who belongs to the contact: the list, and the search for somebody to add."""

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.panel import Panel
from crm_app.components.text import T, t
from crm_app.state.contact import ContactState
from crm_app.state.contact_relations import Candidate, ContactRelationsState
from crm_app.state.contact_relations_view import RelationLine

OPENER = "relations-open"
_lines = ContactState.card.relations


def relations() -> rx.Component:
    return rx.cond(
        ContactState.may_edit | (_lines.length() > 0),
        rx.el.section(
            rx.el.div(
                rx.el.h2(T("Belongs together")), rx.cond(ContactState.may_edit, _opener()), class_name="panel-head"
            ),
            rx.el.ul(rx.foreach(_lines, _line), class_name="relations"),
            rx.cond(ContactRelationsState.opened, _search()),
            class_name="panel",
        ),
    )


def _opener() -> rx.Component:
    return rx.el.button(
        rx.icon("plus", size=14),
        T("Add"),
        id=OPENER,
        type="button",
        class_name="button small plain",
        aria_label=t("Add somebody who belongs to this contact"),
        aria_expanded=ContactRelationsState.opened.to_string(),
        on_click=ContactRelationsState.toggle,
    )


def _line(line: rx.Var[RelationLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(line.role, class_name="relation-role"),
            rx.link(line.name, href=line.url, class_name="link"),
        ),
        rx.cond(
            line.phone_url,
            rx.el.a(
                rx.icon("phone", size=16),
                href=line.phone_url,
                class_name="button plain icon",
                aria_label=t("Call {name}", name=line.name),
            ),
        ),
        rx.cond(
            ContactState.may_edit,
            rx.el.button(
                rx.icon("x", size=16),
                type="button",
                class_name="button plain icon",
                aria_label=t("Remove {name}", name=line.name),
                on_click=ContactRelationsState.remove(line.id),
            ),
        ),
        key=line.id.to_string(),
    )


def _search() -> rx.Component:
    return Panel.create(
        rx.el.label(T("The other contact is"), html_for="relation-role"),
        rx.el.select(
            choice_options(ContactRelationsState.roles),
            id="relation-role",
            value=ContactRelationsState.role,
            on_change=ContactRelationsState.choose,
            class_name="input",
        ),
        rx.el.form(
            rx.el.div(
                rx.el.input(
                    id="relation-other",
                    name="other",
                    type="search",
                    class_name="input",
                    placeholder=t("Number, name, e-mail or phone"),
                    aria_label=t("Find the other contact"),
                    auto_complete="off",
                ),
                rx.el.button(T("Find"), type="submit", class_name="button"),
                class_name="merge-find",
            ),
            on_submit=ContactRelationsState.find,
        ),
        rx.el.ul(rx.foreach(ContactRelationsState.found, _candidate), class_name="relations-found"),
        rx.cond(ContactRelationsState.nobody, rx.el.p(T("Nobody found."), class_name="quiet", role="status")),
        opener=OPENER,
        label=t("Add somebody who belongs to this contact"),
        kind="group",
        class_name="relation-search",
        on_close=ContactRelationsState.close,
    )


def _candidate(one: rx.Var[Candidate]) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.span(one.name), rx.el.span(one.more, class_name="quiet")),
        rx.el.button(
            T("Add"),
            type="button",
            class_name="button small",
            aria_label=t("Add {name}", name=one.name),
            on_click=ContactRelationsState.add(one.number),
        ),
        key=one.number.to_string(),
    )
