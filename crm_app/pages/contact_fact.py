"""Facts of a contact that are read only, in groups."""

import reflex as rx

from crm_app.state.contact_facts_view import Fact


def fact(one: rx.Var[Fact]) -> rx.Component:
    """A term and its value in a list of facts."""
    return rx.fragment(rx.el.dt(one.label), rx.el.dd(value(one)))


def value(one: rx.Var[Fact]) -> rx.Component:
    return rx.cond(
        one.url,
        rx.el.a(one.value, href=one.url, class_name="link", rel="noopener noreferrer nofollow"),
        one.value,
    )
