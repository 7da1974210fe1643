"""What the forms of tasks and events have in common: the sheet, the contact, the reminder."""

from typing import Any

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t

# Minutes before, as `services/reminders.py` knows them; a test keeps the two alike.
REMINDERS = {
    "": N("no reminder"),
    "0": N("when it is due"),
    "5": N("5 minutes before"),
    "15": N("15 minutes before"),
    "30": N("30 minutes before"),
    "60": N("1 hour before"),
    "120": N("2 hours before"),
    "1440": N("1 day before"),
    "2880": N("2 days before"),
    "10080": N("1 week before"),
}


def sheet(state: Any, title: rx.Component, opener: str, on_submit: Any, foot: list[rx.Component], *fields: Any) -> Any:
    """A form at the side, from below on a phone. `state` is one made of `PlannedForm`."""
    return rx.cond(
        state.is_open,
        rx.el.div(
            rx.el.div(class_name="plan-sheet-veil", on_click=state.close),
            Panel.create(
                rx.el.form(
                    rx.el.header(
                        rx.el.h2(title),
                        rx.el.button(
                            rx.icon("x", size=18),
                            type="button",
                            class_name="button plain icon",
                            aria_label=t("Close"),
                            on_click=state.close,
                        ),
                        class_name="plan-sheet-head",
                    ),
                    rx.el.div(
                        rx.cond(state.error, notice(state.error, "danger")),
                        *fields,
                        class_name="plan-sheet-body",
                    ),
                    rx.el.div(*foot, class_name="plan-sheet-foot"),
                    on_submit=on_submit,
                    no_validate=True,
                ),
                opener=opener,
                label=t("Form"),
                kind="dialog",
                class_name="plan-sheet",
                on_close=state.close,
                key=state.turn.to(str),
            ),
        ),
    )


def field(state: Any, name: str, label: str, control: rx.Component, **props: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(T(label), html_for=f"planned-{name}"),
        control,
        rx.cond(state.error_field == name, rx.el.p(state.error, class_name="field-error")),
        class_name="field",
        **props,
    )


def text_input(state: Any, name: str, value: Any, **props: Any) -> rx.Component:
    return rx.el.input(
        id=f"planned-{name}",
        name=name,
        default_value=value,
        class_name="input",
        auto_complete="off",
        aria_invalid=rx.cond(state.error_field == name, "true", "false"),
        **props,
    )


def select(name: str, value: Any, *options: rx.Component, **props: Any) -> rx.Component:
    return rx.el.select(*options, id=f"planned-{name}", name=name, default_value=value, class_name="input", **props)


def notes(state: Any, value: Any) -> rx.Component:
    area = rx.el.textarea(id="planned-description", name="description", default_value=value, rows=4, class_name="input")
    return field(state, "description", N("Notes"), area)


def delete_button(state: Any, label: rx.Var[str]) -> rx.Component:
    return rx.el.button(
        rx.icon("trash-2", size=16),
        type="button",
        class_name="button plain icon at-end",
        aria_label=label,
        title=label,
        on_click=state.remove,
    )


def reminder(state: Any, value: Any) -> rx.Component:
    options = [rx.el.option(T(label), value=minutes) for minutes, label in REMINDERS.items()]
    return field(state, "remind", N("Reminder"), select("remind", value, *options))


def contact(state: Any) -> rx.Component:
    """Whom it is about: found as one types, taken with a click."""
    return rx.el.div(
        rx.el.input(type="hidden", name="contact", value=state.contact, read_only=True),
        rx.cond(
            state.contact,
            rx.fragment(
                rx.el.span(T("Contact"), class_name="field-label"),
                rx.el.div(
                    rx.icon("user-round", size=16),
                    rx.el.span(state.contact_name, class_name="picked-name"),
                    rx.el.button(
                        rx.icon("x", size=14),
                        type="button",
                        class_name="button plain icon",
                        aria_label=t("Without a contact"),
                        on_click=state.choose("", ""),
                    ),
                    class_name="picked",
                ),
            ),
            rx.fragment(
                rx.el.label(T("Contact"), html_for="planned-contact"),
                rx.el.input(
                    id="planned-contact",
                    type="search",
                    placeholder=t("Name, e-mail or number"),
                    class_name="input",
                    auto_complete="off",
                    on_change=state.find.debounce(200),
                ),
                rx.cond(
                    state.hits.length() > 0,
                    rx.el.ul(rx.foreach(state.hits, lambda hit: _hit(state, hit)), class_name="hits"),
                ),
            ),
        ),
        rx.cond(state.error_field == "contact", rx.el.p(state.error, class_name="field-error")),
        class_name="field",
    )


def _hit(state: Any, hit: rx.Var) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(hit.name),
            rx.el.span(hit.more, class_name="quiet"),
            type="button",
            on_click=state.choose(hit.number, hit.name),
        ),
        key=hit.number,
    )
