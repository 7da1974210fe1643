"""The privacy desk: requests of people, and certificates of erasures."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.download import download
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t, tn
from crm_app.pages.privacy_frame import privacy_shell
from crm_app.state.privacy import NEW, CertificateLine, PrivacyState, RequestLine
from crm_app.state.session import SessionState

_state = PrivacyState


def privacy() -> rx.Component:
    return privacy_shell("requests", _requests(), _certificates())


def _requests() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(T("Requests about data")),
            rx.el.button(
                rx.icon("plus", size=16),
                T("Note a request"),
                id="request-new",
                type="button",
                class_name="button primary",
                on_click=_state.edit(NEW),
            ),
            class_name="entries-head",
        ),
        rx.el.p(
            T("Access, erasure, correction, objection: to be answered within a month of the day they came in."),
            class_name="field-hint",
        ),
        rx.cond(
            _state.overdue > 0,
            notice(
                tn("{n} request is overdue.", "{n} requests are overdue.", _state.overdue),
                "danger",
            ),
        ),
        rx.cond(_state.editing == NEW, _new()),
        rx.cond(
            _state.loaded,
            rx.cond(
                _state.lines.length() > 0,
                rx.el.ul(rx.foreach(_state.lines, _line), class_name="entries requests"),
                rx.el.p(T("Nobody has asked yet."), class_name="quiet"),
            ),
            rx.el.ul(*[rx.el.li(class_name="entry skeleton") for _ in range(4)], class_name="entries"),
        ),
        class_name="panel stack",
    )


def _line(line: rx.Var[RequestLine]) -> rx.Component:
    key = line.key
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.span(
                    rx.el.strong(line.kind),
                    rx.cond(line.contact, _who(line)),
                    class_name="request-what",
                ),
                rx.cond(line.asked_by, rx.el.span(line.asked_by, class_name="quiet")),
                rx.cond(line.note, rx.el.span(line.note, class_name="quiet request-note")),
                class_name="entry-name request-main",
            ),
            rx.el.div(
                rx.cond(
                    line.is_open,
                    rx.el.span(
                        t("due {date}", date=line.due),
                        class_name=rx.cond(line.is_overdue, "consent-state danger", "consent-state"),
                        title=t("came in {date}", date=line.received),
                    ),
                    rx.el.span(
                        line.state,
                        class_name=rx.cond(line.state_raw == "answered", "consent-state good", "consent-state"),
                        title=line.answered,
                    ),
                ),
                rx.cond(line.is_overdue, rx.el.span(T("overdue"), class_name="request-late")),
                rx.cond(line.answered, rx.el.span(line.answered, class_name="quiet request-when")),
                class_name="request-state",
            ),
            rx.el.span(
                rx.cond(
                    line.is_open & (line.kind_raw == "access") & (line.number > 0) & _state.may_export,
                    rx.el.button(
                        rx.icon("download", size=16),
                        T("Hand out"),
                        type="button",
                        class_name="button small",
                        on_click=_state.hand_out(line.number),
                    ),
                ),
                rx.cond(
                    line.is_open & (line.kind_raw == "erasure") & line.erase_url & _state.may_erase,
                    rx.link(T("Erase …"), href=line.erase_url, underline="none", class_name="button small danger"),
                ),
                rx.el.button(
                    rx.icon("pencil", size=16),
                    type="button",
                    id=rx.Var.create("request-") + key,
                    class_name="button plain icon",
                    aria_label=t("Change request {id}", id=key),
                    title=t("Change request {id}", id=key),
                    on_click=_state.edit(key),
                ),
                class_name="entry-actions",
            ),
            class_name="entry request",
        ),
        rx.cond(_state.editing == key, _change(line, key)),
        key=key,
    )


def _who(line: rx.Var[RequestLine]) -> rx.Component:
    return rx.cond(
        line.contact_url,
        rx.link(line.name, " ", line.contact, href=line.contact_url, class_name="link"),
        rx.el.span(line.contact, class_name="quiet"),
    )


def _new() -> rx.Component:
    return Panel.create(
        rx.el.form(
            _field(
                "request-kind",
                N("What was asked for"),
                rx.el.select(
                    rx.foreach(_state.kinds, lambda one: rx.el.option(one.label, value=one.value, key=one.value)),
                    id="request-kind",
                    name="kind",
                    class_name="input",
                ),
            ),
            _field(
                "request-contact",
                N("Number of the contact, if there is one"),
                rx.el.input(
                    id="request-contact",
                    name="contact",
                    default_value=_state.new_contact,
                    input_mode="numeric",
                    max_length=20,
                    auto_complete="off",
                    aria_invalid=_invalid("contact"),
                    class_name="input",
                ),
                rx.cond(_state.new_name, rx.el.p(_state.new_name, class_name="field-hint")),
            ),
            _field(
                "request-by",
                N("Who asked, and how to reach them"),
                rx.el.input(
                    id="request-by",
                    name="asked_by",
                    max_length=300,
                    auto_complete="off",
                    aria_invalid=_invalid("asked_by"),
                    class_name="input",
                ),
            ),
            _field(
                "request-received",
                N("Came in on"),
                rx.el.input(
                    id="request-received",
                    name="received_on",
                    type="date",
                    default_value=_state.today,
                    max=_state.today,
                    aria_invalid=_invalid("received_on"),
                    class_name="input",
                ),
            ),
            _note(""),
            *_foot(N("Note the request")),
            on_submit=_state.add,
            no_validate=True,
            class_name="entry-form",
        ),
        opener="request-new",
        label=t("Note a request"),
        kind="group",
        class_name="entry-panel",
        on_close=_state.edit(""),
    )


def _change(line: rx.Var[RequestLine], key: rx.Var[str]) -> rx.Component:
    return Panel.create(
        rx.el.form(
            _field(
                "request-state",
                N("What became of it"),
                rx.el.select(
                    rx.foreach(_state.states, lambda one: rx.el.option(one.label, value=one.value, key=one.value)),
                    id="request-state",
                    name="state",
                    default_value=line.state_raw,
                    class_name="input",
                ),
            ),
            _note(line.note),
            rx.el.label(
                rx.el.input(type="checkbox", name="extended", default_checked=line.extended),
                T("Two months more: the person was told why within the first month"),
                class_name="tick",
            ),
            *_foot(N("Save")),
            on_submit=_state.save,
            no_validate=True,
            class_name="entry-form",
        ),
        opener=rx.Var.create("request-") + key,
        label=t("Change request {id}", id=key),
        kind="group",
        class_name="entry-panel",
        on_close=_state.edit(""),
    )


def _note(value: Any) -> rx.Component:
    return _field(
        "request-note",
        N("Note"),
        rx.el.textarea(
            id="request-note",
            name="note",
            default_value=value,
            rows=3,
            max_length=5000,
            aria_invalid=_invalid("note"),
            class_name="input",
        ),
    )


def _field(id: str, label: str, *content: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.label(T(label), html_for=id), *content, class_name="field")


def _invalid(name: str) -> rx.Var:
    return rx.cond(_state.error_field == name, "true", "false")


def _foot(save: str) -> list[rx.Component]:
    return [
        rx.cond(_state.error, notice(_state.error, "danger")),
        rx.el.div(
            rx.el.button(T(save), type="submit", class_name="button primary"),
            rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=_state.edit("")),
            class_name="filter-foot",
        ),
    ]


def _certificates() -> rx.Component:
    return rx.cond(
        _state.certificates.length() > 0,
        rx.el.section(
            rx.el.h2(T("Erased on request")),
            rx.el.ul(rx.foreach(_state.certificates, _certificate), class_name="entries"),
            class_name="panel",
        ),
    )


def _certificate(line: rx.Var[CertificateLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                rx.el.span(line.number, class_name="number"), " · ", line.when, " · ", line.who, class_name="entry-name"
            ),
            rx.cond(line.state, rx.el.span(line.state, class_name="consent-state warn")),
            rx.el.span(
                rx.cond(
                    line.can_resume,
                    rx.el.button(T("Go on"), type="button", class_name="button small", on_click=_state.resume(line.id)),
                ),
                rx.cond(
                    line.url,
                    download(
                        rx.icon("download", size=16), T("Certificate"), href=line.url, class_name="button small plain"
                    ),
                ),
                class_name="entry-actions",
            ),
            class_name="entry",
        ),
        key=line.id.to(str),
    )


PAGE = {"route": routes.PRIVACY, "on_load": [SessionState.load, PrivacyState.load]}
