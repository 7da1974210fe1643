"""Settings: one own field."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.form_guard import form_guard
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t, tn
from crm_app.pages.settings_choices import choices
from crm_app.pages.settings_frame import settings_shell
from crm_app.pages.settings_type import field_type
from crm_app.state.session import SessionState
from crm_app.state.settings_choices import SettingsChoicesState
from crm_app.state.settings_field import SettingsFieldState

_view = SettingsFieldState.view

ASKS = (
    ("required", N("Required of new contacts"), N("Forms and imports ask for it; nobody can empty it by hand.")),
    ("is_unique", N("A key: no two contacts have the same value"), N("Such as a customer number of another program.")),
    ("is_personal", N("Personal data"), N("It says something about a person.")),
)
SHOWS = (
    ("show_in_list", N("as a column of lists")),
    ("show_in_card", N("on the card")),
    ("show_in_form", N("in the form")),
    ("show_in_template", N("in the file to fill in")),
)


def field() -> rx.Component:
    return settings_shell(
        "fields",
        rx.cond(SettingsFieldState.missing, _missing(), rx.cond(SettingsFieldState.loaded, _field())),
    )


def _missing() -> rx.Component:
    return empty(
        "text-cursor-input",
        T("There is no such field"),
        T("It may have been removed."),
        rx.link(T("All own fields"), href=routes.OWN_FIELDS, class_name="button"),
    )


def _field() -> rx.Component:
    return rx.fragment(
        rx.link(rx.icon("arrow-left", size=16), T("All own fields"), href=routes.OWN_FIELDS, class_name="button plain"),
        _form(),
        choices(),
        field_type(),
        _end(),
    )


def _form() -> rx.Component:
    return rx.el.form(
        form_guard(SettingsFieldState.errors),
        rx.el.section(
            rx.el.h2(_view.label),
            rx.el.p(
                _view.type_label,
                " · ",
                tn("{n} contact has a value", "{n} contacts have a value", _view.filled),
                class_name="field-hint",
            ),
            rx.el.div(
                _text("label", N("Name"), max_length=120),
                _text("default", N("Value of new contacts"), max_length=500),
                _text("help", N("Help text below the input"), wide=True, max_length=300),
                class_name="fields",
            ),
            rx.el.div(*[_tick(name, label, hint) for name, label, hint in ASKS], class_name="ticks asks"),
            rx.el.fieldset(
                rx.el.legend(T("It shows")),
                rx.el.div(*[_tick(name, label) for name, label in SHOWS], class_name="ticks"),
                class_name="tick-group",
            ),
            rx.cond(
                _view.may_be_fast,
                _tick(
                    "is_fast",
                    N("Filter and sort by it fast"),
                    N("An index of its own; at most 20 fields have one. Imports take a little longer."),
                ),
            ),
            class_name="panel stack",
        ),
        rx.el.div(
            rx.el.button(T("Save field"), type="submit", id="save-field", class_name="button primary"),
            class_name="form-foot",
        ),
        on_submit=SettingsFieldState.save,
        key=SettingsFieldState.form_key.to(str),
        no_validate=True,
    )


def _text(name: str, label: str, *, wide: bool = False, max_length: int) -> rx.Component:
    return rx.el.div(
        rx.el.label(T(label), html_for=f"setting-{name}"),
        rx.el.input(
            id=f"setting-{name}",
            name=name,
            default_value=SettingsFieldState.values[name].to(str),
            max_length=max_length,
            auto_complete="off",
            class_name="input",
            **_told(name),
        ),
        _error(name),
        class_name="field wide" if wide else "field",
    )


def _tick(name: str, label: str, hint: str = "") -> rx.Component:
    return rx.el.div(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                id=f"setting-{name}",
                name=name,
                default_checked=_view.on.contains(name),
                **_told(name),
            ),
            T(label),
            class_name="tick",
        ),
        rx.el.p(T(hint), class_name="field-hint") if hint else rx.fragment(),
        _error(name),
    )


def _told(name: str) -> dict[str, rx.Var]:
    error = SettingsFieldState.errors[name].to(str)
    return {"aria_invalid": rx.cond(error, "true", "false"), "aria_describedby": rx.Var.create(f"error-{name}")}


def _error(name: str) -> rx.Component:
    error = SettingsFieldState.errors[name].to(str)
    return rx.cond(error, rx.el.p(error, class_name="field-error", id=f"error-{name}", role="alert"))


def _end() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Remove the field")),
        rx.el.p(
            T(
                "It disappears from cards, forms, lists and exports. "
                "For 30 days it can be brought back, values and all."
            ),
            class_name="field-hint",
        ),
        rx.cond(SettingsFieldState.error & SettingsFieldState.removing, notice(SettingsFieldState.error, "danger")),
        rx.cond(
            SettingsFieldState.removing,
            _sure(),
            rx.el.button(
                T("Remove …"),
                id="remove-field",
                type="button",
                class_name="button danger",
                on_click=SettingsFieldState.ask(True),
            ),
        ),
        class_name="panel stack danger-zone",
    )


def _sure() -> rx.Component:
    return Panel.create(
        rx.el.p(
            tn(
                "Remove “{name}”? {n} contact has a value in it.",
                "Remove “{name}”? {n} contacts have a value in it.",
                _view.filled,
                name=_view.label,
            )
        ),
        rx.el.div(
            rx.el.button(T("Remove"), type="button", class_name="button danger", on_click=SettingsFieldState.remove),
            rx.el.button(
                T("Cancel"),
                type="button",
                class_name="button plain",
                on_click=SettingsFieldState.ask(False),
                custom_attrs={"data-first": ""},
            ),
            class_name="filter-foot",
        ),
        opener="remove-field",
        label=t("Remove the field"),
        kind="alertdialog",
        class_name="entry-panel",
        on_close=SettingsFieldState.ask(False),
    )


PAGE = {
    "route": routes.OWN_FIELD,
    "on_load": [SessionState.load, SettingsFieldState.load, SettingsChoicesState.load],
}
