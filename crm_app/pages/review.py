"""One contact after the other, for the thumb: who, why, call, what came of it, next."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.message import UndoListener
from crm_app.components.notice import notice
from crm_app.components.review_keys import ReviewKeys
from crm_app.components.shell import shell
from crm_app.components.tag_chip import tag_chip
from crm_app.components.text import N, T, t
from crm_app.state.contact_happenings import Happening
from crm_app.state.review import ReviewState
from crm_app.state.review_view import Outcome, Reason
from crm_app.state.session import SessionState

_card = ReviewState.card


def review() -> rx.Component:
    return shell(
        rx.cond(SessionState.may_edit, _open(), _closed()),
        place="review",
        title=N("Review"),
        actions=rx.el.button(
            T("To the list"), type="button", class_name="button plain", on_click=ReviewState.leave, id="review-leave"
        ),
    )


def _open() -> rx.Component:
    return rx.fragment(
        ReviewKeys.create(),
        UndoListener.create(on_undo=ReviewState.take_back),
        rx.cond(ReviewState.error, notice(ReviewState.error, "danger")),
        rx.cond(
            ReviewState.loaded,
            rx.cond(ReviewState.through, _through(), rx.cond(_card.number > 0, _one())),
            rx.el.div(rx.el.span(class_name="skeleton"), class_name="card-head"),
        ),
    )


def _closed() -> rx.Component:
    return empty(
        "lock",
        T("The review is not open to you"),
        T("Working through contacts takes the right to change them. Ask an administrator of this CRM."),
        rx.link(T("All contacts"), href=routes.CONTACTS, underline="none", class_name="button"),
    )


def _one() -> rx.Component:
    return rx.el.article(
        _progress(),
        rx.cond(
            ReviewState.others,
            notice(t("{names} is at the one before, so it was passed over.", names=ReviewState.others), "info"),
        ),
        rx.el.div(_who(), _why(), _lately(), class_name="review-read"),
        rx.el.div(_reach(), _later(), _outcomes(), _note(), _steps(), class_name="review-act"),
        class_name="review",
        key=_card.number.to(str),
    )


def _progress() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.div(class_name="bar-fill", style={"width": ReviewState.percent.to(str) + "%"}),
            class_name="bar",
            role="progressbar",
            aria_label=t("Progress"),
            aria_valuemin=0,
            aria_valuemax=100,
            aria_valuenow=ReviewState.percent,
        ),
        rx.el.p(
            rx.cond(
                ReviewState.capped,
                t("{seen} done, more than {left} to go", seen=ReviewState.seen, left=ReviewState.left),
                t("{seen} done, {left} to go after this one", seen=ReviewState.seen, left=ReviewState.left),
            ),
            rx.cond(ReviewState.segment_name, rx.el.span(" · ", ReviewState.segment_name)),
            class_name="quiet number",
            aria_live="polite",
        ),
        class_name="review-progress",
    )


def _who() -> rx.Component:
    return rx.el.header(
        rx.el.h2(rx.link(_card.name, href=routes.CONTACTS + "/" + _card.number.to(str), underline="none")),
        rx.el.div(
            rx.cond(_card.company, rx.el.span(_card.company)),
            rx.cond(
                _card.status,
                rx.el.span(rx.el.span(class_name="status-dot " + _card.status_dot), _card.status, class_name="status"),
            ),
            rx.foreach(_card.tags, tag_chip),
            class_name="card-sub",
        ),
    )


def _why() -> rx.Component:
    def line(reason: rx.Var[Reason]) -> rx.Component:
        return rx.fragment(rx.el.dt(reason.label), rx.el.dd(reason.value))

    return rx.el.dl(rx.foreach(ReviewState.reasons, line), class_name="facts")


def _lately() -> rx.Component:
    def line(event: rx.Var[Happening]) -> rx.Component:
        said = rx.cond(event.comment, rx.foreach(event.comment.parts, lambda part: part.text), event.what)
        return rx.el.li(
            rx.el.span(said),
            rx.el.span(" · ", rx.el.time(event.when, title=event.exact), " ", event.who, class_name="quiet"),
        )

    return rx.el.ul(rx.foreach(_card.timeline[:3], line), class_name="review-lately", aria_label=t("Lately"))


def _reach() -> rx.Component:
    return rx.el.div(
        _way("phone", N("Call"), _card.phone_url, "review-call"),
        _way("message-circle", N("Message"), _card.sms_url, "review-sms"),
        _way("mail", N("Write"), _card.mail_url, "review-mail"),
        class_name="review-reach",
    )


def _way(icon: str, label: str, url: rx.Var[str], id: str) -> rx.Component:
    return rx.cond(
        url,
        rx.el.a(rx.icon(icon, size=20), T(label), href=url, class_name="button", id=id),
        rx.el.span(rx.icon(icon, size=20), T(label), class_name="button off", aria_disabled="true"),
    )


def _later() -> rx.Component:
    """Nobody answered: a task to call again, and the next one."""

    def choice(days: int, label: str) -> rx.Component:
        return rx.dropdown_menu.item(T(label), on_select=ReviewState.call_later(days, _card.number))

    return rx.el.div(
        rx.el.button(
            rx.icon("phone-missed", size=18),
            T("No answer → call tomorrow 10:00"),
            rx.el.kbd("t", aria_hidden="true"),
            type="button",
            id="review-later",
            class_name="button",
            on_click=ReviewState.call_later(1, _card.number),
        ),
        rx.dropdown_menu.root(
            rx.dropdown_menu.trigger(
                rx.el.button(
                    rx.icon("chevron-down", size=18),
                    type="button",
                    id="review-later-menu",
                    class_name="button icon",
                    aria_label=t("No answer: call on another day"),
                )
            ),
            rx.dropdown_menu.content(
                choice(1, N("Call tomorrow 10:00")),
                choice(3, N("Call in 3 days")),
                choice(7, N("Call in a week")),
                class_name="menu",
            ),
        ),
        class_name="split review-later",
    )


def _outcomes() -> rx.Component:
    def button(outcome: rx.Var[Outcome]) -> rx.Component:
        return rx.el.button(
            rx.el.span(class_name="status-dot " + outcome.dot),
            rx.el.span(outcome.name),
            rx.cond(outcome.key, rx.el.kbd(outcome.key, aria_hidden="true")),
            type="button",
            id="review-outcome-" + outcome.key,
            aria_pressed=outcome.is_current,
            class_name="button",
            on_click=ReviewState.set_outcome(outcome.name, _card.number),
        )

    return rx.el.div(
        rx.foreach(ReviewState.outcomes, button),
        class_name="review-outcomes",
        role="group",
        aria_label=t("What came of it"),
    )


def _note() -> rx.Component:
    return rx.el.form(
        rx.el.textarea(
            id="review-note",
            name="note",
            rows=2,
            placeholder=t("Note"),
            aria_label=t("Note"),
            class_name="input",
            key=ReviewState.turn.to(str),
        ),
        rx.el.button(T("Keep the note"), type="submit", class_name="button"),
        on_submit=ReviewState.note,
        class_name="review-note",
    )


def _steps() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            rx.icon("arrow-left", size=18),
            T("Back"),
            type="button",
            id="review-back",
            class_name="button",
            disabled=~ReviewState.has_back,
            on_click=ReviewState.back,
        ),
        rx.el.button(
            T("Next"),
            rx.icon("arrow-right", size=18),
            type="button",
            id="review-next",
            class_name="button primary",
            on_click=ReviewState.next(_card.number),
        ),
        class_name="review-steps",
    )


def _through() -> rx.Component:
    return empty(
        "circle-check",
        T("All through"),
        t("You went through {n} of these contacts.", n=ReviewState.seen),
        rx.cond(
            ReviewState.has_back,
            rx.el.button(
                T("Back to the last one"),
                type="button",
                class_name="button",
                on_click=ReviewState.back,
                id="review-back",
            ),
        ),
        rx.el.button(T("Begin again"), type="button", class_name="button", on_click=ReviewState.restart),
    )


PAGE = {"route": routes.REVIEW, "on_load": [SessionState.load, ReviewState.load]}
