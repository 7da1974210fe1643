"""Lists of words in the settings: statuses, tags, types of tasks, choices. A form opens below a line, and a question
before one goes. `state` is the page's: its `edit` and `ask` take a line's key, and nothing to close.
"""

from typing import Any

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t
from crm_app.pages.settings_frame import icon_button


def head(state: Any, title: str, add: str, *more: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.h2(T(title)),
        *more,
        rx.el.button(
            rx.icon("plus", size=16),
            T(add),
            id="edit-new",
            type="button",
            class_name="button",
            on_click=state.edit("new"),
        ),
        class_name="entries-head",
    )


def refusal(state: Any) -> rx.Component:
    """Why a change was refused that no open form tells of."""
    return rx.cond(state.error & (state.editing == ""), notice(state.error, "danger"))


def lines(state: Any, line: Any, *, ordered: bool = True) -> rx.Component:
    made = rx.el.ol if ordered else rx.el.ul
    return rx.cond(
        state.loaded,
        made(rx.foreach(state.lines, line), class_name="entries"),
        made(*[rx.el.li(class_name="entry skeleton") for _ in range(5)], class_name="entries"),
    )


def entry(*content: rx.Component, below: list[rx.Component], key: Any) -> rx.Component:
    return rx.el.li(rx.el.div(*content, class_name="entry"), *below, key=key)


def acts(state: Any, key: Any, name: Any, *, place: Any = None, at: Any = None, merges: bool = False) -> rx.Component:
    """What can be done to a line: moved where it has a `place` in an order, changed, removed or merged into another.
    `at` tells its buttons from others, by default its key.
    """
    at = key if at is None else at
    icon, goes = ("merge", N("Merge or remove “{name}”")) if merges else ("trash-2", N("Remove “{name}”"))
    return rx.el.span(
        *([] if place is None else _moves(state, key, name, place)),
        icon_button("pencil", t("Change “{name}”", name=name), id="edit-" + at, on_click=state.edit(key)),
        icon_button(icon, t(goes, name=name), id="remove-" + at, on_click=state.ask(key)),
        class_name="entry-actions",
    )


def _moves(state: Any, key: Any, name: Any, place: Any) -> list[rx.Component]:
    up, down = t("Move “{name}” up", name=name), t("Move “{name}” down", name=name)
    last = state.lines.length() - 1
    return [
        icon_button("arrow-up", up, on_click=state.move(key, -1), aria_disabled=(place == 0).to_string()),
        icon_button("arrow-down", down, on_click=state.move(key, 1), aria_disabled=(place == last).to_string()),
    ]


def name_field(state: Any, id: str, value: Any, most: int) -> rx.Component:
    return rx.el.div(
        rx.el.label(T("Name"), html_for=id),
        rx.el.input(
            id=id,
            name="name",
            default_value=value,
            class_name="input",
            max_length=most,
            required=True,
            auto_complete="off",
            aria_invalid=rx.cond(state.error, "true", "false"),
        ),
        class_name="field",
    )


def into_field(id: str, label: str, none: str, options: rx.Component) -> rx.Component:
    """What takes the place of the one that goes."""
    return rx.el.div(
        rx.el.label(T(label), html_for=id),
        rx.el.select(
            rx.el.option(T(none), value=""), options, id=id, name="into", default_value="", class_name="input"
        ),
        class_name="field",
    )


def form(
    state: Any, at: Any, label: rx.Var[str], *fields: rx.Component, save: Any = None, on_submit: Any = None
) -> rx.Component:
    """The form of a line, or of a new one; `save` is what its button says."""
    return Panel.create(
        rx.el.form(
            *fields,
            *_foot(
                state,
                rx.el.button(T("Save") if save is None else save, type="submit", class_name="button primary"),
                state.edit(""),
            ),
            on_submit=state.save if on_submit is None else on_submit,
            class_name="entry-form",
        ),
        opener=rx.Var.create("edit-") + at,
        label=label,
        kind="group",
        class_name="entry-panel",
        on_close=state.edit(""),
    )


def question(state: Any, at: Any, label: rx.Var[str], act: Any, *content: rx.Component) -> rx.Component:
    """What is asked before a line goes; `act` is what the button says."""
    return Panel.create(
        rx.el.form(
            *content,
            *_foot(state, rx.el.button(act, type="submit", class_name="button danger"), state.ask("")),
            on_submit=state.remove,
            class_name="entry-form",
        ),
        opener=rx.Var.create("remove-") + at,
        label=label,
        kind="alertdialog",
        class_name="entry-panel",
        on_close=state.ask(""),
    )


def _foot(state: Any, button: rx.Component, close: Any) -> list[rx.Component]:
    return [
        rx.cond(state.error, notice(state.error, "danger")),
        rx.el.div(
            button,
            rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=close),
            class_name="filter-foot",
        ),
    ]
