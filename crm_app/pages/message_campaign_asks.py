"""What is asked before a campaign goes out, later or now, stops, or is deleted."""

from typing import Any

import reflex as rx

from crm_app.components.panel import Panel
from crm_app.components.text import N, T, figure, t, tn
from crm_app.state.campaign import CampaignState

_state = CampaignState
_view = CampaignState.view


def asked() -> rx.Component:
    """The question that is open."""
    return rx.match(
        _state.asking,
        ("send", _question_send()),
        ("later", _question_later()),
        ("stop", _question("stop", N("Stop it for good"), _stop_words(), _state.stop)),
        (
            "remove",
            _question(
                "remove", N("Delete the draft"), T("The draft goes for good; nobody got anything."), _state.remove
            ),
        ),
        rx.fragment(),
    )


def _question_send() -> rx.Component:
    return _question(
        "send",
        N("Send now"),
        rx.fragment(
            tn("{n} contact gets this message.", "{n} contacts get this message.", _view.planned),
            " ",
            T("What has gone out cannot be called back."),
        ),
        _state.send,
        is_danger=False,
    )


def _stop_words() -> rx.Component:
    return rx.fragment(
        t("{done} of {total} have gone out.", done=figure(_view.ended), total=figure(_view.total)),
        " ",
        T("The others get nothing, and it cannot be begun again."),
    )


def _question_later() -> rx.Component:
    return Panel.create(
        rx.el.form(
            rx.el.div(
                rx.el.div(
                    rx.el.label(T("Day"), html_for="later-day"),
                    rx.el.input(id="later-day", name="day", type="date", required=True, class_name="input"),
                    class_name="field",
                ),
                rx.el.div(
                    rx.el.label(T("Time"), html_for="later-time"),
                    rx.el.input(id="later-time", name="time", type="time", required=True, class_name="input"),
                    class_name="field",
                ),
                class_name="fields",
            ),
            _foot(rx.el.button(T("Schedule it"), type="submit", class_name="button primary")),
            on_submit=_state.send_later,
            class_name="entry-form",
        ),
        opener="ask-later",
        label=t("Send later"),
        kind="group",
        class_name="panel",
        on_close=_state.ask(""),
    )


def _question(what: str, label: str, words: rx.Component, act: Any, *, is_danger: bool = True) -> rx.Component:
    return Panel.create(
        rx.el.p(words),
        _foot(
            rx.el.button(
                T(label), type="button", class_name="button danger" if is_danger else "button primary", on_click=act
            )
        ),
        opener=f"ask-{what}",
        label=t(label),
        kind="alertdialog",
        class_name="panel",
        on_close=_state.ask(""),
    )


def _foot(button: rx.Component) -> rx.Component:
    return rx.el.div(
        button,
        rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=_state.ask("")),
        class_name="filter-foot",
    )
