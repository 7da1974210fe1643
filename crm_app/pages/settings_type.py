"""Another type for an own field, looked at before: part of its settings page."""

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.notice import notice
from crm_app.components.text import T, t, tn
from crm_app.state.settings_field import Before, SettingsFieldState

_preview = SettingsFieldState.preview


def field_type() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Type")),
        rx.el.p(
            T("It can change where every stored value survives. Choosing one only looks at the values."),
            class_name="field-hint",
        ),
        rx.el.select(
            choice_options(SettingsFieldState.types),
            value=rx.cond(SettingsFieldState.type, SettingsFieldState.type, SettingsFieldState.view.type),
            on_change=SettingsFieldState.choose_type,
            aria_label=t("Type"),
            id="field-type",
            class_name="input entry-form",
        ),
        rx.cond(SettingsFieldState.looking, rx.el.p(T("Looking at every value …"), class_name="quiet")),
        rx.cond(SettingsFieldState.error & ~SettingsFieldState.removing, notice(SettingsFieldState.error, "danger")),
        rx.cond(
            SettingsFieldState.type
            & (SettingsFieldState.type != SettingsFieldState.view.type)
            & ~SettingsFieldState.looking,
            _seen(),
        ),
        class_name="panel stack danger-zone",
    )


def _seen() -> rx.Component:
    return rx.el.div(
        rx.cond(_preview.refused, notice(_preview.refused, "danger")),
        rx.cond(
            _preview.lost > 0,
            notice(
                rx.fragment(
                    rx.el.p(
                        tn(
                            "{n} contact has a value that would not survive:",
                            "{n} contacts have a value that would not survive:",
                            _preview.lost,
                        )
                    ),
                    rx.el.ul(rx.foreach(_preview.losses, _loss)),
                    rx.el.p(T("Mend these values first, or take another type.")),
                ),
                "warn",
            ),
        ),
        rx.el.p(
            tn("The value of {n} contact survives.", "The values of {n} contacts survive.", _preview.survive),
            aria_live="polite",
        ),
        rx.el.ul(rx.foreach(_preview.examples, _example), class_name="entries"),
        rx.cond(
            _preview.is_possible,
            rx.el.div(
                rx.el.button(
                    T("Change the type"),
                    type="button",
                    class_name="button primary",
                    on_click=SettingsFieldState.change_type,
                ),
                rx.el.button(
                    T("Cancel"), type="button", class_name="button plain", on_click=SettingsFieldState.choose_type("")
                ),
                rx.el.span(T("It can be undone afterwards."), class_name="quiet"),
                class_name="filter-foot",
            ),
        ),
        class_name="stack",
    )


def _loss(loss: rx.Var[Before]) -> rx.Component:
    return rx.el.li(
        rx.el.b(loss.written),
        " · ",
        tn("{n} contact", "{n} contacts", loss.contacts),
        " · ",
        loss.told,
        key=loss.written,
    )


def _example(example: rx.Var[Before]) -> rx.Component:
    return rx.el.li(
        rx.el.span(example.written),
        rx.icon("arrow-right", size=14, aria_hidden="true"),
        rx.el.span(example.becomes),
        class_name="type-preview",
        key=example.written,
    )
