"""The templates of messages."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.message import UndoListener
from crm_app.components.notice import notice
from crm_app.components.text import N, T, t
from crm_app.pages.message_frame import TEMPLATE_KINDS, messages_shell
from crm_app.pages.message_new import new_button, new_form
from crm_app.state.session import SessionState
from crm_app.state.templates import TemplateLine, TemplateListState

_state = TemplateListState


def templates() -> rx.Component:
    return messages_shell(
        "templates",
        rx.cond(_state.error & ~_state.asking, notice(_state.error, "danger")),
        rx.cond(_state.asking, _form()),
        rx.cond(
            _state.loaded & (_state.lines.length() == 0) & ~_state.asking,
            empty(
                "file-text",
                T("No templates yet"),
                T("Write a message once, with the contact's name in it, and send it as often as you like."),
                _new(),
            ),
            rx.cond(
                _state.lines.length() > 0,
                rx.el.section(rx.el.ul(rx.foreach(_state.lines, _line), class_name="entries"), class_name="panel"),
            ),
        ),
        UndoListener.create(on_undo=_state.take_back),
        actions=rx.cond(SessionState.may_send, _new()),
    )


def _new() -> rx.Component:
    return new_button(_state, "template", N("New template"))


def _form() -> rx.Component:
    return new_form(
        _state,
        "template",
        N("New template"),
        rx.el.fieldset(
            rx.el.legend(T("Channel")),
            _radio("channel", "email", N("E-mail"), is_chosen=True),
            _radio("channel", "sms", N("Text message")),
            class_name="tick-group",
        ),
        rx.el.fieldset(
            rx.el.legend(T("Kind")),
            *[_radio("kind", kind, label, is_chosen=kind == "newsletter") for kind, label in TEMPLATE_KINDS.items()],
            class_name="tick-group",
        ),
        most=100,
        go=N("Write it"),
    )


def _radio(name: str, value: str, label: str, *, is_chosen: bool = False) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="radio", name=name, value=value, default_checked=is_chosen), T(label), class_name="tick"
    )


def _line(line: rx.Var[TemplateLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.match(line.icon, ("mail", rx.icon("mail", size=16)), rx.icon("message-square", size=16)),
            rx.link(line.name, href=line.url, class_name="entry-name link"),
            rx.el.span(
                rx.cond(line.is_newsletter, T("Newsletter"), T("Service message")),
                " · ",
                rx.cond(line.languages, line.languages, t("no words yet")),
                class_name="quiet entry-count",
            ),
            rx.cond(
                line.is_changeable,
                rx.el.button(
                    rx.icon("trash-2", size=16),
                    type="button",
                    class_name="button plain icon",
                    aria_label=t("Remove “{name}”", name=line.name),
                    title=t("Remove “{name}”", name=line.name),
                    on_click=_state.remove(line.key),
                ),
                rx.el.span(T("of the head office"), class_name="chip franchise"),
            ),
            class_name="entry",
        ),
        key=line.key,
    )


PAGE = {"route": routes.TEMPLATES, "on_load": [SessionState.load, TemplateListState.load]}
