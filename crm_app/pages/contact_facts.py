"""The facts of the card, each changed in its place."""

import reflex as rx

from crm_app.components.fact_editor import FactEditor, FactsToggle
from crm_app.components.text import T, t
from crm_app.pages.contact_fact import value
from crm_app.state.contact import ContactState
from crm_app.state.contact_facts import ContactFactsState
from crm_app.state.contact_facts_view import Fact, FactGroup

_card = ContactState.card


def facts() -> rx.Component:
    return rx.fragment(
        rx.foreach(_card.groups, _group),
        rx.cond(
            ContactState.may_edit,
            FactsToggle.create(show=t("Show empty fields"), hide=t("Hide empty fields")),
        ),
    )


def head_facts() -> rx.Component:
    """Status and who is responsible, at the top."""
    return rx.foreach(_card.head, _in_head)


def _group(group: rx.Var[FactGroup]) -> rx.Component:
    return rx.el.section(
        rx.el.h2(group.label),
        rx.el.dl(rx.foreach(group.facts, _fact), class_name="facts"),
        class_name=rx.cond(group.rare, "panel rare", "panel"),
        key=group.label,
    )


def _fact(fact: rx.Var[Fact]) -> rx.Component:
    rare = rx.cond(fact.rare, "rare", "")
    return rx.fragment(
        rx.el.dt(fact.label, class_name=rare),
        rx.el.dd(rx.cond(fact.name, _changed(fact, ""), value(fact)), class_name=rare),
        key=fact.name + fact.label,
    )


def _in_head(fact: rx.Var[Fact]) -> rx.Component:
    dot = rx.cond(fact.name == "status", _card.status_dot, "")
    return rx.el.div(rx.el.span(fact.label, class_name="head-label"), _changed(fact, dot), class_name="head-fact")


def _changed(fact: rx.Var[Fact], dot: rx.Var[str] | str) -> rx.Component:
    refused = ContactFactsState.refused.contains(fact.name)
    why = rx.cond(refused, ContactFactsState.refused[fact.name].why, "")
    return rx.fragment(
        FactEditor.create(
            id="fact-" + fact.name,
            label=fact.label,
            change=t("Change {field}", field=fact.label),
            text=fact.value,
            dot=dot,
            url=fact.url,
            raw=fact.raw,
            kind=fact.kind,
            mode=fact.mode,
            hint=fact.hint,
            options=fact.options,
            turn=ContactFactsState.turn,
            error=why,
            typed=rx.cond(refused, ContactFactsState.refused[fact.name].typed, ""),
            on_leave=ContactFactsState.leave(fact.name),
            on_save=lambda typed, seen: ContactFactsState.save(_card.number, fact.name, typed, seen),
            key=_card.number.to_string() + fact.name,
        ),
        rx.cond(why, rx.el.p(why, id="fact-" + fact.name + "-error", class_name="field-error", role="alert")),
        rx.cond(ContactFactsState.clashes.contains(fact.name), _clash(fact)),
    )


def _clash(fact: rx.Var[Fact]) -> rx.Component:
    """Both values, and the choice."""
    clash = ContactFactsState.clashes[fact.name]
    return rx.el.div(
        rx.el.p(
            rx.cond(
                clash.who,
                t("{who} changed this meanwhile.", who=clash.who),
                t("This was changed meanwhile."),
            )
        ),
        rx.el.dl(
            rx.el.dt(T("Theirs")),
            rx.el.dd(rx.cond(clash.theirs, clash.theirs, "–")),
            rx.el.dt(T("Yours")),
            rx.el.dd(rx.cond(clash.mine, clash.mine, "–")),
            class_name="facts",
        ),
        rx.el.div(
            rx.el.button(
                T("Keep theirs"),
                type="button",
                class_name="button small",
                on_click=ContactFactsState.leave(fact.name),
            ),
            rx.el.button(
                T("Write yours"),
                type="button",
                class_name="button small",
                on_click=ContactFactsState.keep_mine(_card.number, fact.name),
            ),
            class_name="card-actions",
        ),
        role="alert",
        class_name="fact-clash",
    )
