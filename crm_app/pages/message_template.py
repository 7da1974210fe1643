"""One template: the words on the left, what they become on the right."""

from collections.abc import Callable
from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.form_guard import form_guard
from crm_app.components.input_field import input_field
from crm_app.components.mail_preview import mail_preview
from crm_app.components.text import N, T, t
from crm_app.pages.message_frame import TEMPLATE_KINDS, crumb, messages_shell
from crm_app.state.session import SessionState
from crm_app.state.template import Tab, TemplateState, Version

_state = TemplateState


def template() -> rx.Component:
    return messages_shell(
        "templates",
        rx.cond(
            _state.missing,
            empty(
                "file-x",
                T("No such template"),
                T("It may have been removed."),
                rx.link(T("All templates"), href=routes.TEMPLATES, underline="none", class_name="button"),
            ),
            rx.cond(_state.loaded, rx.el.div(_words(), _preview(), class_name="template-grid")),
        ),
        title=crumb(routes.TEMPLATES, N("Templates"), _state.name),
    )


def _words() -> rx.Component:
    return rx.el.form(
        form_guard(_state.errors),
        rx.cond(
            _state.is_changeable,
            rx.fragment(),
            rx.el.p(
                rx.el.span(T("of the head office"), class_name="chip franchise"),
                " ",
                T("You can use this template. Only the head office changes it."),
                class_name="field-hint",
            ),
        ),
        rx.el.section(
            rx.el.div(
                _name(),
                rx.el.fieldset(
                    rx.el.legend(T("Kind")),
                    _kind("newsletter", _state.is_newsletter),
                    _kind("service", ~_state.is_newsletter),
                    class_name="tick-group",
                ),
                class_name="stack",
            ),
            class_name="panel",
        ),
        rx.el.section(
            rx.el.div(rx.foreach(_state.tabs, _tab), class_name="tabs", role="group", aria_label=t("Language")),
            rx.cond(_state.is_mail, _subject()),
            _body(),
            rx.el.details(
                rx.el.summary(T("Fields and formatting")),
                rx.el.p(
                    T("Fields stand between braces; a contact without the value gets what stands behind “or”:"),
                    " ",
                    rx.el.code("{{ first_name or 'you' }}"),
                    class_name="field-hint",
                ),
                rx.cond(
                    _state.is_mail,
                    rx.el.p(
                        T(
                            "Formatting: **bold**, *italic*, # heading, - list, [words](https://address). "
                            "A link alone on its line becomes a button."
                        ),
                        class_name="field-hint",
                    ),
                ),
                rx.el.dl(
                    rx.foreach(
                        _state.fields,
                        lambda one: rx.fragment(rx.el.dt(one.label), rx.el.dd(rx.el.code(one.value))),
                    ),
                    class_name="facts",
                ),
            ),
            class_name="panel stack",
        ),
        rx.el.div(
            rx.cond(
                _state.is_changeable,
                rx.el.button(T("Save"), type="submit", id="save-template", class_name="button primary"),
            ),
            rx.cond(
                _state.is_mail,
                rx.el.button(
                    rx.icon("send", size=16),
                    T("Send a test to myself"),
                    type="button",
                    class_name="button",
                    on_click=_state.test,
                ),
            ),
            class_name="form-foot",
        ),
        on_submit=_state.save,
        key=_state.key.to(str),
        no_validate=True,
        class_name="template-words",
    )


def _name() -> rx.Component:
    return _field("name", N("Name"), rx.el.input, value=_state.name, max_length=100, auto_complete="off")


def _subject() -> rx.Component:
    return _field(
        "subject",
        N("Subject"),
        rx.el.input,
        value=_state.subject,
        max_length=200,
        auto_complete="off",
        on_change=_state.type_subject.debounce(400),
    )


def _body() -> rx.Component:
    return _field(
        "body",
        N("Message"),
        rx.el.textarea,
        value=_state.body,
        rows=16,
        max_length=20_000,
        class_name="input template-body",
        on_change=_state.type_body.debounce(400),
    )


def _field(name: str, label: str, make: Callable[..., rx.Component], **props: Any) -> rx.Component:
    return input_field(
        f"template-{name}",
        name,
        label,
        make,
        error=_state.errors[name].to(str),
        disabled=~_state.is_changeable,
        **props,
    )


def _kind(value: str, is_chosen: rx.Var[bool]) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name="kind", value=value, default_checked=is_chosen, disabled=~_state.is_changeable),
        T(TEMPLATE_KINDS[value]),
        class_name="tick",
    )


def _tab(tab: rx.Var[Tab]) -> rx.Component:
    return rx.el.button(
        tab.name,
        rx.cond(tab.has_words, rx.fragment(), rx.el.span(" –", aria_label=t("no words yet"))),
        type="button",
        class_name="tab",
        aria_current=rx.cond(_state.language == tab.language, "true", "false"),
        on_click=_state.speak(tab.language),
        key=tab.language,
    )


def _preview() -> rx.Component:
    return rx.el.div(
        rx.el.section(
            rx.el.div(
                rx.el.h2(T("What it becomes")),
                rx.el.form(
                    rx.el.label(T("For contact"), html_for="preview-number", class_name="quiet"),
                    rx.el.input(
                        id="preview-number",
                        name="number",
                        default_value=_state.for_number,
                        input_mode="numeric",
                        max_length=20,
                        class_name="input small",
                    ),
                    on_submit=_state.look_for,
                    key=_state.for_number,
                    class_name="preview-for",
                ),
                class_name="panel-head",
            ),
            rx.el.p(_state.for_name, class_name="quiet"),
            rx.cond(_state.preview.subject, rx.el.p(rx.el.strong(_state.preview.subject))),
            rx.cond(
                _state.preview.html,
                mail_preview(_state.preview.html),
                rx.el.pre(_state.preview.plain, class_name="mail-plain"),
            ),
            rx.cond(_state.preview.said, rx.el.p(_state.preview.said, class_name="quiet number")),
            class_name="panel",
        ),
        rx.cond(_state.versions.length() > 1, _versions()),
        class_name="template-side",
    )


def _versions() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Earlier versions")),
        rx.el.ul(rx.foreach(_state.versions, _version), class_name="entries"),
        class_name="panel",
    )


def _version(one: rx.Var[Version]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(t("Version {n}", n=one.number), class_name="entry-name"),
            rx.el.span(one.when, rx.cond(one.who, " · " + one.who, ""), class_name="quiet entry-count"),
            rx.el.button(
                T("Take"),
                type="button",
                class_name="button small",
                aria_label=t("Take version {n}", n=one.number),
                on_click=_state.take(one.id),
            ),
            class_name="entry",
        ),
        key=one.id.to(str),
    )


PAGE = {"route": routes.TEMPLATE, "on_load": [SessionState.load, TemplateState.load]}
