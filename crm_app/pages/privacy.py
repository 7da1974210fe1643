"""The privacy desk: requests of people, and certificates of erasures."""

import reflex as rx

from crm_app import routes
from crm_app.components.download import download
from crm_app.components.notice import notice
from crm_app.components.text import T, t, tn
from crm_app.pages.privacy_frame import privacy_shell
from crm_app.pages.privacy_request import change, new
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
        rx.cond(_state.editing == NEW, new()),
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
        rx.cond(_state.editing == key, change(line, key)),
        key=key,
    )


def _who(line: rx.Var[RequestLine]) -> rx.Component:
    return rx.cond(
        line.contact_url,
        rx.link(line.name, " ", line.contact, href=line.contact_url, class_name="link"),
        rx.el.span(line.contact, class_name="quiet"),
    )


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
