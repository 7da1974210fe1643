"""Settings: one form for people who are no users."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.choice_options import choice_options
from crm_app.components.empty import empty
from crm_app.components.form_guard import form_guard
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t
from crm_app.locales import PUBLIC_LANGUAGES
from crm_app.pages.settings_copied import copied
from crm_app.pages.settings_frame import icon_button, settings_shell
from crm_app.state.session import SessionState
from crm_app.state.settings_form import QuestionLine, SettingsFormState

CHANNELS = (("email", N("E-mail")), ("sms", N("SMS")), ("phone", N("Phone")))
LIFECYCLES = (("contact", N("Contact")), ("lead", N("Lead")), ("customer", N("Customer")))

_LANGUAGES = PUBLIC_LANGUAGES.items()


def form() -> rx.Component:
    return settings_shell(
        "forms",
        rx.cond(SettingsFormState.missing, _missing(), rx.cond(SettingsFormState.loaded, _form())),
    )


def _missing() -> rx.Component:
    return empty(
        "clipboard-list",
        T("There is no such form"),
        T("It may have been removed."),
        rx.link(T("All forms"), href=routes.WEB_FORMS, class_name="button"),
    )


def _form() -> rx.Component:
    return rx.fragment(
        rx.link(rx.icon("arrow-left", size=16), T("All forms"), href=routes.WEB_FORMS, class_name="button plain"),
        rx.el.form(
            form_guard(SettingsFormState.errors),
            _words(),
            _questions(),
            _agreement(),
            _outcome(),
            rx.el.div(
                rx.el.button(T("Save form"), type="submit", id="save-form", class_name="button primary"),
                class_name="form-foot",
            ),
            on_submit=SettingsFormState.save,
            key=SettingsFormState.form_key.to(str),
            no_validate=True,
        ),
        _places(),
        _end(),
    )


def _words() -> rx.Component:
    return rx.el.section(
        rx.el.h2(SettingsFormState.values["name"].to(str)),
        rx.el.label(
            rx.el.input(type="checkbox", id="form-active", name="active", default_checked=SettingsFormState.is_open),
            T("Open: people can fill it in"),
            class_name="tick",
        ),
        rx.el.div(
            _line("name", N("Name, for colleagues"), max_length=100),
            _select("language", N("Language"), [rx.el.option(name, value=code) for code, name in _LANGUAGES]),
            _line("title", N("Heading"), wide=True, max_length=200),
            _area("intro", N("Words below the heading")),
            _area("thanks", N("Words of thanks, after it was sent")),
            class_name="fields",
        ),
        class_name="panel stack",
    )


def _questions() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Questions")),
        rx.el.p(
            T("Of contacts that are here already, only empty fields are filled: a stranger changes nobody's data."),
            class_name="field-hint",
        ),
        _error("questions"),
        rx.el.ol(rx.foreach(SettingsFormState.questions, _question), class_name="entries"),
        rx.el.div(
            rx.el.label(T("Add a question"), html_for="form-questions"),
            rx.el.select(
                rx.el.option(T("Choose a field"), value=""),
                choice_options(SettingsFormState.others),
                id="form-questions",
                value="",
                on_change=SettingsFormState.add,
                class_name="input",
            ),
            class_name="field",
        ),
        class_name="panel stack",
    )


def _question(line: rx.Var[QuestionLine], place: rx.Var[int]) -> rx.Component:
    last = SettingsFormState.questions.length() - 1
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                rx.el.label(line.own, html_for="label-" + line.name, class_name="field-label"),
                rx.el.input(
                    id="label-" + line.name,
                    name="label-" + line.name,
                    default_value=line.label,
                    placeholder=t("In other words"),
                    max_length=200,
                    auto_complete="off",
                    class_name="input",
                ),
                class_name="entry-name question-words",
            ),
            rx.el.label(
                rx.el.input(type="checkbox", name="required-" + line.name, default_checked=line.required),
                T("required"),
                class_name="tick",
            ),
            rx.el.span(
                icon_button(
                    "arrow-up",
                    t("Move “{name}” up", name=line.own),
                    on_click=SettingsFormState.move(line.name, -1),
                    aria_disabled=(place == 0).to_string(),
                ),
                icon_button(
                    "arrow-down",
                    t("Move “{name}” down", name=line.own),
                    on_click=SettingsFormState.move(line.name, 1),
                    aria_disabled=(place == last).to_string(),
                ),
                icon_button(
                    "x", t("Do not ask for “{name}”", name=line.own), on_click=SettingsFormState.drop(line.name)
                ),
                class_name="entry-actions",
            ),
            class_name="entry",
        ),
        key=line.name,
    )


def _agreement() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Consent")),
        rx.el.p(
            T(
                "A box below the questions, never ticked beforehand. What was ticked is kept word for word; it counts "
                "as a consent only once the address confirms it."
            ),
            class_name="field-hint",
        ),
        rx.el.div(
            _area("consent_text", N("What they agree to; empty for no box")),
            _select(
                "consent_channel", N("It is about"), [rx.el.option(T(label), value=key) for key, label in CHANNELS]
            ),
            class_name="fields",
        ),
        class_name="panel stack",
    )


def _outcome() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("What becomes of it")),
        rx.el.div(
            _select(
                "lifecycle", N("New contacts are"), [rx.el.option(T(label), value=key) for key, label in LIFECYCLES]
            ),
            _line("tags", N("Tags, by comma"), max_length=2000),
            _area("origins", N("Websites that may embed it, one a line"), placeholder="https://www.example.org"),
            class_name="fields",
        ),
        class_name="panel stack",
    )


def _places() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Where people find it")),
        copied("form-address", N("Its own page"), SettingsFormState.address),
        rx.cond(
            SettingsFormState.values["origins"].to(str),
            copied("form-snippet", N("To embed it in your website"), SettingsFormState.snippet),
            rx.el.p(T("To embed it, name the website above and save."), class_name="field-hint"),
        ),
        rx.cond(
            SettingsFormState.is_open,
            rx.el.a(
                rx.icon("external-link", size=16),
                T("Look at it"),
                href=SettingsFormState.path,
                target="_blank",
                rel="noopener",
                class_name="button",
            ),
            rx.el.p(T("It is closed: open it above to look at it."), class_name="field-hint"),
        ),
        class_name="panel stack",
    )


def _line(name: str, label: str, *, wide: bool = False, max_length: int) -> rx.Component:
    return _field(
        name,
        label,
        rx.el.input(
            default_value=SettingsFormState.values[name].to(str),
            max_length=max_length,
            auto_complete="off",
            **_named(name),
        ),
        wide=wide,
    )


def _area(name: str, label: str, **props: Any) -> rx.Component:
    value = SettingsFormState.values[name].to(str)
    return _field(name, label, rx.el.textarea(default_value=value, rows=3, **_named(name), **props), wide=True)


def _select(name: str, label: str, options: list[rx.Component]) -> rx.Component:
    value = SettingsFormState.values[name].to(str)
    return _field(name, label, rx.el.select(*options, default_value=value, **_named(name)))


def _field(name: str, label: str, made: rx.Component, *, wide: bool = False) -> rx.Component:
    return rx.el.div(
        rx.el.label(T(label), html_for=f"form-{name}"),
        made,
        _error(name),
        class_name="field wide" if wide else "field",
    )


def _named(name: str) -> dict[str, Any]:
    error = SettingsFormState.errors[name].to(str)
    return {
        "id": f"form-{name}",
        "name": name,
        "class_name": "input",
        "aria_invalid": rx.cond(error, "true", "false"),
        "aria_describedby": f"error-{name}",
    }


def _error(name: str) -> rx.Component:
    error = SettingsFormState.errors[name].to(str)
    return rx.cond(error, rx.el.p(error, class_name="field-error", id=f"error-{name}", role="alert"))


def _end() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Remove the form")),
        rx.el.p(
            T("Its address leads nowhere then. What was answered stays with the contacts."), class_name="field-hint"
        ),
        rx.cond(SettingsFormState.error & SettingsFormState.removing, notice(SettingsFormState.error, "danger")),
        rx.cond(
            SettingsFormState.removing,
            _sure(),
            rx.el.button(
                T("Remove …"),
                id="remove-form",
                type="button",
                class_name="button danger",
                on_click=SettingsFormState.ask(True),
            ),
        ),
        class_name="panel stack danger-zone",
    )


def _sure() -> rx.Component:
    return Panel.create(
        rx.el.p(t("Remove “{name}”? This cannot be undone.", name=SettingsFormState.values["name"].to(str))),
        rx.el.div(
            rx.el.button(T("Remove"), type="button", class_name="button danger", on_click=SettingsFormState.remove),
            rx.el.button(
                T("Cancel"),
                type="button",
                class_name="button plain",
                on_click=SettingsFormState.ask(False),
                custom_attrs={"data-first": ""},
            ),
            class_name="filter-foot",
        ),
        opener="remove-form",
        label=t("Remove the form"),
        kind="alertdialog",
        class_name="entry-panel",
        on_close=SettingsFormState.ask(False),
    )


PAGE = {"route": routes.WEB_FORM, "on_load": [SessionState.load, SettingsFormState.load]}
