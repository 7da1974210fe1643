"""Comments on the card: the composer above the timeline, and each comment in it."""

from typing import Any

import reflex as rx

from crm_app.components.mention_field import MentionField
from crm_app.components.notice import notice
from crm_app.components.text import T, t
from crm_app.pages.contact_event import part
from crm_app.pages.contact_files import attach_button
from crm_app.state.contact_comments import ContactCommentState
from crm_app.state.contact_happenings import Written

_OFFERS = t("Colleagues")


def composer() -> rx.Component:
    return rx.fragment(
        rx.cond(ContactCommentState.error, notice(ContactCommentState.error, "danger")),
        rx.el.form(
            MentionField.create(
                id="new-comment",
                name="comment",
                people=ContactCommentState.people,
                label=t("Write a comment"),
                offers=_OFFERS,
                placeholder=t("Write a comment; @ names a colleague"),
                rows=2,
                value="",
                focus=False,
                key=ContactCommentState.turn.to(str),
            ),
            rx.el.div(
                rx.el.button(T("Add the comment"), type="submit", class_name="button"),
                attach_button(),
                class_name="card-actions",
            ),
            on_submit=ContactCommentState.add,
            class_name="comment-form",
        ),
    )


def comment(written: rx.Var[Written]) -> rx.Component:
    return rx.cond(
        written.is_deleted,
        rx.el.p(T("You deleted this comment."), class_name="quiet"),
        rx.cond(
            written.is_own & (ContactCommentState.editing == written.id),
            _editor(written),
            rx.el.p(rx.foreach(written.parts, part), class_name="comment-text"),
        ),
    )


def comment_actions(written: rx.Var[Written]) -> rx.Component:
    return rx.fragment(
        rx.cond(written.edited, rx.el.span(" · ", T("edited"), title=written.edited)),
        rx.cond(
            written.is_deleted,
            _act(T("Restore"), ContactCommentState.restore(written.id)),
            rx.cond(
                written.is_own & (ContactCommentState.editing != written.id),
                rx.fragment(
                    _act(T("Edit"), ContactCommentState.edit(written.id)),
                    _act(T("Delete"), ContactCommentState.delete(written.id)),
                ),
            ),
        ),
    )


def _act(label: rx.Component, on_click: Any) -> rx.Component:
    return rx.fragment(" · ", rx.el.button(label, type="button", class_name="link", on_click=on_click))


def _editor(written: rx.Var[Written]) -> rx.Component:
    return rx.el.form(
        MentionField.create(
            id="edit-comment",
            name="comment",
            people=ContactCommentState.people,
            label=t("Edit the comment"),
            offers=_OFFERS,
            placeholder="",
            rows=4,
            value=written.source,
            focus=True,
        ),
        rx.el.div(
            rx.el.button(T("Save"), type="submit", class_name="button primary"),
            rx.el.button(T("Cancel"), type="button", class_name="button plain", on_click=ContactCommentState.leave),
            class_name="card-actions",
        ),
        on_submit=ContactCommentState.save,
        class_name="comment-form",
    )
