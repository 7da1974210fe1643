"""The campaigns."""

import reflex as rx

from crm_app import routes
from crm_app.components.choice_options import choice_options
from crm_app.components.empty import empty
from crm_app.components.notice import notice
from crm_app.components.text import N, T, figure, t, tn
from crm_app.pages.message_frame import messages_shell
from crm_app.pages.message_new import new_button, new_form
from crm_app.state.campaigns import CampaignLine, CampaignListState
from crm_app.state.session import SessionState

_state = CampaignListState


def messages() -> rx.Component:
    return messages_shell(
        "campaigns",
        rx.cond(_state.error & ~_state.asking, notice(_state.error, "danger")),
        rx.cond(_state.asking, _form()),
        rx.cond(
            _state.loaded & (_state.lines.length() == 0) & ~_state.asking,
            empty(
                "megaphone",
                T("No campaigns yet"),
                T("One message to many: a template for the contacts of a segment. You see who gets it before it goes."),
                _new(),
                rx.link(T("Templates"), href=routes.TEMPLATES, underline="none", class_name="button"),
            ),
            rx.cond(_state.loaded, _lines(), _skeleton()),
        ),
        actions=rx.cond(SessionState.may_send, _new()),
    )


def _new() -> rx.Component:
    return new_button(_state, "campaign", N("New campaign"))


def _form() -> rx.Component:
    return new_form(_state, "campaign", N("New campaign"), rx.cond(_state.whom, _whom(), _segments()), most=120)


def _whom() -> rx.Component:
    return rx.el.p(rx.el.strong(_state.whom), ": ", tn("{n} contact", "{n} contacts", _state.total))


def _segments() -> rx.Component:
    return rx.el.div(
        rx.el.label(T("To whom"), html_for="campaign-segment"),
        rx.el.select(
            rx.el.option(T("All contacts"), value=""),
            choice_options(_state.segments),
            id="campaign-segment",
            name="segment",
            class_name="input",
        ),
        rx.el.p(
            T("For any other list, filter the contacts and choose “Write to all of them” there."),
            class_name="field-hint",
        ),
        class_name="field",
    )


def _lines() -> rx.Component:
    return rx.cond(
        _state.lines.length() > 0,
        rx.el.section(
            rx.el.ul(rx.foreach(_state.lines, _line), class_name="entries"),
            rx.cond(
                _state.more > 0,
                rx.el.button(T("Show more"), type="button", class_name="button", on_click=_state.show_more),
            ),
            class_name="panel",
        ),
    )


def _line(line: rx.Var[CampaignLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.link(line.name, href=line.url, class_name="entry-name link"),
            rx.el.span(rx.el.span(class_name="status-dot " + line.dot), line.state, class_name="status"),
            rx.el.span(
                rx.cond(
                    line.total > 0, t("{sent} of {total} sent", sent=figure(line.sent), total=figure(line.total)), ""
                ),
                rx.cond(line.failed > 0, t(" · {n} not sure", n=figure(line.failed)), ""),
                class_name="number quiet entry-count",
            ),
            rx.el.time(line.when, title=line.exact, class_name="quiet"),
            class_name="entry campaign-entry",
        ),
        key=line.key,
    )


def _skeleton() -> rx.Component:
    return rx.el.ul(*[rx.el.li(class_name="entry skeleton") for _ in range(5)], class_name="entries panel")


PAGE = {"route": routes.MESSAGES, "on_load": [SessionState.load, CampaignListState.load]}
