"""The outbox."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.notice import notice
from crm_app.components.text import N, T, t
from crm_app.pages.message_frame import messages_shell
from crm_app.state.outbox import OutboxLine, OutboxState
from crm_app.state.session import SessionState

_state = OutboxState


def outbox() -> rx.Component:
    return messages_shell(
        "outbox",
        rx.cond(_state.problem, notice(_state.problem, "danger")),
        rx.cond(
            _state.loaded & _state.in_folder,
            notice(
                T("No mail server is set: messages land in the folder “mails” of the data folder, nothing leaves."),
                "warn",
            ),
        ),
        _tabs(),
        rx.cond(
            _state.loaded & (_state.lines.length() == 0),
            empty("inbox", T("Nothing here"), T("Messages to contacts are listed here, whatever became of them.")),
            rx.el.section(
                rx.el.ul(rx.foreach(_state.lines, _line), class_name="entries"),
                rx.cond(
                    _state.more > 0,
                    rx.el.button(T("Show more"), type="button", class_name="button", on_click=_state.show_more),
                ),
                class_name="panel",
            ),
        ),
    )


def _tabs() -> rx.Component:
    return rx.el.nav(
        _tab("waiting", N("Waiting")),
        _tab("trouble", N("Not sure or failed")),
        _tab("sent", N("Sent")),
        _tab("left_out", N("Left out")),
        class_name="tabs settings-sections",
        aria_label=t("What is shown"),
    )


def _tab(key: str, label: str) -> rx.Component:
    return rx.link(
        T(label),
        href=f"{routes.OUTBOX}?show={key}",
        underline="none",
        class_name="tab",
        aria_current=rx.cond(_state.show == key, "true", "false"),
    )


def _line(line: rx.Var[OutboxLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.match(line.icon, ("mail", rx.icon("mail", size=16)), rx.icon("message-square", size=16)),
            rx.el.span(
                rx.link(line.name, href=line.url, class_name="link"),
                " ",
                rx.el.span(line.address, class_name="quiet"),
                rx.el.br(),
                rx.el.span(line.subject),
                class_name="entry-name outbox-name",
            ),
            rx.el.span(
                line.state,
                rx.cond(line.why, rx.fragment(rx.el.br(), line.why)),
                class_name="entry-count look-" + line.look,
            ),
            rx.el.time(line.when, title=line.exact, class_name="quiet"),
            rx.cond(
                line.can_send_again,
                rx.el.button(
                    T("Send once more"),
                    type="button",
                    class_name="button small",
                    aria_label=t("Send the message to {name} once more", name=line.name),
                    on_click=_state.send_again(line.key),
                ),
            ),
            rx.cond(
                line.can_cancel,
                rx.el.button(
                    T("Take back"),
                    type="button",
                    class_name="button small",
                    aria_label=t("Take back the message to {name}", name=line.name),
                    on_click=_state.cancel(line.key),
                ),
            ),
            class_name="entry outbox-entry",
        ),
        key=line.key.to(str),
    )


PAGE = {"route": routes.OUTBOX, "on_load": [SessionState.load, OutboxState.load]}
