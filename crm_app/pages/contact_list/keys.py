"""The keys that go through a list of contacts, and the sheet that tells them."""

import reflex as rx

from crm_app.components.list_keys import KeysHelp, ListKeys
from crm_app.components.text import N, T, t

LOOK = ("o, space", N("look at it beside the list"))
KEYS = (
    ("j / k", N("next or previous contact")),
    ("Enter", N("open the contact")),
    LOOK,
    ("e", N("edit it")),
    ("x", N("tick it")),
    ("/", N("search")),
    ("Esc", N("close what is open")),
    ("?", N("show these keys")),
)


def keys(may_edit: rx.Var[bool], *, looks: bool = True) -> rx.Component:
    """`looks`: contacts can be looked at beside this list."""
    told = [key for key in KEYS if looks or key != LOOK]
    return rx.fragment(
        ListKeys.create(may_edit=may_edit),
        KeysHelp.create(
            rx.el.h2(T("Keys of the list")),
            rx.el.dl(
                *[rx.fragment(rx.el.dt(rx.el.kbd(key)), rx.el.dd(T(what))) for key, what in told], class_name="key-list"
            ),
            rx.el.form(
                rx.el.button(T("Close"), type="submit", class_name="button primary"),
                method="dialog",
                class_name="ask-answers",
            ),
            label=t("Keys of the list"),
        ),
    )
