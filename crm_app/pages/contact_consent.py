"""Consents on the card: each address by channel and group, the dates, the proof, and what is done by hand."""

from typing import Any

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.text import N, T, t
from crm_app.state.contact import ContactState
from crm_app.state.contact_consent import ContactConsentState
from crm_app.state.contact_consent_view import ConsentLine, ConsentMark
from crm_app.state.contact_message import ContactMessageState

_state = ContactConsentState


def consents() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Consent"), id="consent"),
        rx.cond(_state.problem, notice(_state.problem, "danger")),
        rx.cond(
            (_state.lines.length() == 0) & ~_state.problem,
            rx.el.p(T("There is no address that anything could be sent to."), class_name="quiet"),
            rx.el.ul(rx.foreach(_state.lines, _line), class_name="consents"),
        ),
        rx.cond(_state.may_confirm, _about_the_person()),
        class_name="panel consent-panel",
    )


def _line(line: rx.Var[ConsentLine]) -> rx.Component:
    asked = _state.acting == line.key
    return rx.el.li(
        rx.cond(
            line.is_first,
            rx.el.div(
                rx.match(
                    line.channel,
                    ("email", rx.icon("mail", size=16)),
                    ("sms", rx.icon("message-square", size=16)),
                    rx.icon("phone", size=16),
                ),
                rx.el.span(
                    rx.el.span(line.address, class_name="consent-address"),
                    rx.el.span(line.channel_label, class_name="quiet"),
                ),
                _chip(line),
                class_name="consent-head",
            ),
            rx.el.div(
                rx.icon("tag", size=16),
                rx.el.span(
                    rx.el.span(line.group, class_name="consent-address"),
                    rx.el.span(T("Newsletter group"), class_name="quiet"),
                ),
                _chip(line),
                class_name="consent-head",
            ),
        ),
        rx.cond(
            line.marks.length() > 0,
            rx.el.dl(rx.foreach(line.marks, _mark), class_name="consent-marks"),
        ),
        rx.foreach(line.suppressed, lambda said: rx.el.p(rx.icon("ban", size=14), said, class_name="consent-stop")),
        rx.cond(ContactState.may_edit, _acts(line)),
        rx.cond(
            asked,
            rx.match(
                _state.act,
                ("confirm", _confirming(line)),
                ("revoke", _revoking(line)),
                ("lift", _lifting(line)),
                rx.fragment(),
            ),
        ),
        class_name=rx.cond(line.is_first, "consent", "consent of-group"),
        key=line.key,
    )


def _chip(line: rx.Var[ConsentLine]) -> rx.Component:
    return rx.el.span(line.state, class_name="consent-state " + line.look)


def _mark(mark: rx.Var[ConsentMark]) -> rx.Component:
    return rx.fragment(
        rx.el.dt(mark.label),
        rx.el.dd(
            rx.el.time(mark.when, title=mark.exact),
            rx.el.span(" · ", mark.told, class_name="quiet"),
            rx.cond(
                mark.has_proof,
                rx.fragment(
                    " · ",
                    rx.el.button(
                        T("Proof"),
                        type="button",
                        class_name="link",
                        aria_expanded=(_state.shown.id == mark.id).to_string(),
                        on_click=_state.show_proof(mark.id),
                    ),
                ),
            ),
            rx.cond(_state.shown.id == mark.id, _proof()),
        ),
    )


def _proof() -> rx.Component:
    return rx.el.div(
        rx.el.dl(
            rx.foreach(
                _state.shown.pairs, lambda pair: rx.fragment(rx.el.dt(pair[0].to(str)), rx.el.dd(pair[1].to(str)))
            ),
            class_name="facts",
        ),
        rx.cond(
            _state.shown.words,
            rx.fragment(
                rx.el.p(T("Exactly this was agreed to:"), class_name="quiet"), rx.el.blockquote(_state.shown.words)
            ),
        ),
        class_name="consent-proof",
    )


def _acts(line: rx.Var[ConsentLine]) -> rx.Component:
    return rx.el.div(
        rx.cond(
            line.can_invite,
            rx.el.button(
                T("Ask for consent by mail"),
                type="button",
                class_name="button small",
                aria_label=t("Ask {address} for consent by mail", address=line.address),
                on_click=ContactMessageState.invite(line.group_key),
            ),
        ),
        rx.cond(
            _state.may_confirm,
            _act(line, "confirm", N("Record a consent"), t("Record a consent for {address}", address=line.address)),
        ),
        rx.cond(
            line.can_revoke,
            _act(line, "revoke", N("Revoke"), t("Revoke the consent for {address}", address=line.address)),
        ),
        rx.cond(
            line.can_lift & _state.may_confirm,
            _act(line, "lift", N("Lift the block"), t("Lift the block of {address}", address=line.address)),
        ),
        class_name="consent-acts",
    )


def _act(line: rx.Var[ConsentLine], act: str, label: str, said: rx.Var[str]) -> rx.Component:
    return rx.el.button(
        T(label),
        type="button",
        id=_opener(line, act),
        class_name="button small",
        aria_label=said,
        on_click=_state.ask(line.key, act),
    )


def _opener(line: rx.Var[ConsentLine], act: str) -> rx.Var[str]:
    return rx.Var.create(f"consent-{act}-") + line.key


def _confirming(line: rx.Var[ConsentLine]) -> rx.Component:
    return _asked(
        line,
        "confirm",
        t("Record a consent"),
        _state.confirm,
        rx.el.button(T("Record the consent"), type="submit", class_name="button primary"),
        rx.cond(
            line.is_first & (_state.groups.length() > 0),
            rx.el.div(
                rx.el.label(T("For"), html_for="consent-group"),
                rx.el.select(
                    rx.el.option(T("everything that is sent there"), value=""),
                    rx.foreach(_state.groups, lambda one: rx.el.option(one.label, value=one.value, key=one.value)),
                    id="consent-group",
                    name="group",
                    default_value="",
                    class_name="input",
                ),
                class_name="field",
            ),
        ),
        rx.el.div(
            rx.el.label(T("When the person agreed"), html_for="consent-at"),
            rx.el.input(
                id="consent-at",
                name="at",
                type="datetime-local",
                default_value=_state.begins,
                class_name="input",
                aria_invalid=rx.cond(_state.error_field == "at", "true", "false"),
            ),
            class_name="field",
        ),
        _reason(N("How did the person agree?"), N("On paper at the fair on Saturday, form in the folder …")),
    )


def _revoking(line: rx.Var[ConsentLine]) -> rx.Component:
    return _asked(
        line,
        "revoke",
        t("Revoke"),
        _state.revoke,
        rx.el.button(
            T("Revoke the consent"), type="submit", class_name="button danger", custom_attrs={"data-first": ""}
        ),
        rx.el.p(
            T("Nothing is sent there from now on, at once. Only a new consent of the person changes that."),
        ),
    )


def _lifting(line: rx.Var[ConsentLine]) -> rx.Component:
    return _asked(
        line,
        "lift",
        t("Lift the block"),
        _state.lift,
        rx.el.button(T("Lift the block"), type="submit", class_name="button primary"),
        rx.el.p(T("The address may be written to again as far as its consent allows it."), class_name="quiet"),
        _reason(N("Why may it be written to again?"), N("The person asked for it on the phone …")),
    )


def _reason(label: str, placeholder: str) -> rx.Component:
    return rx.el.div(
        rx.el.label(T(label), html_for="consent-reason"),
        rx.el.textarea(
            id="consent-reason",
            name="reason",
            rows=2,
            max_length=500,
            placeholder=t(placeholder),
            class_name="input",
            aria_invalid=rx.cond(_state.error_field == "reason", "true", "false"),
            custom_attrs={"data-first": ""},
        ),
        class_name="field",
    )


def _asked(
    line: rx.Var[ConsentLine],
    act: str,
    label: rx.Var[str],
    on_submit: Any,
    button: rx.Component,
    *content: rx.Component,
) -> rx.Component:
    """The question below a line."""
    return Panel.create(
        rx.el.form(
            *content,
            rx.cond(_state.error, notice(_state.error, "danger")),
            rx.el.div(
                button,
                rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=_state.ask("", "")),
                class_name="filter-foot",
            ),
            on_submit=on_submit,
            no_validate=True,
            class_name="entry-form",
        ),
        opener=_opener(line, act),
        label=label,
        kind="group",
        class_name="entry-panel consent-asked",
        on_close=_state.ask("", ""),
    )


def _about_the_person() -> rx.Component:
    """What the law lets a person ask for."""
    return rx.el.div(
        rx.cond(
            _state.may_export,
            rx.el.button(
                rx.icon("download", size=16),
                T("Everything about this person"),
                type="button",
                class_name="button small plain",
                on_click=_state.hand_out,
            ),
        ),
        rx.link(
            rx.icon("inbox", size=16),
            T("Note a request"),
            href=_state.request_url,
            underline="none",
            class_name="button small plain",
        ),
        rx.cond(
            _state.may_erase,
            rx.link(
                rx.icon("eraser", size=16),
                T("Erase on request"),
                href=_state.erase_url,
                underline="none",
                class_name="button small plain",
            ),
        ),
        class_name="consent-person",
    )
