"""Consents on the card: each address by channel and group, the dates, the proof, and what is done by hand."""

import reflex as rx

from crm_app.components.notice import notice
from crm_app.components.text import N, T, t
from crm_app.pages.contact_consent_asks import confirming, lifting, opener, revoking
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
                ("confirm", confirming(line)),
                ("revoke", revoking(line)),
                ("lift", lifting(line)),
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
        id=opener(line, act),
        class_name="button small",
        aria_label=said,
        on_click=_state.ask(line.key, act),
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
