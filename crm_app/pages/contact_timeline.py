"""The timeline of the card: what happened, narrowed to a kind, page behind page."""

import reflex as rx

from crm_app.components.choice_options import choice_options
from crm_app.components.text import T, t
from crm_app.pages.contact_comments import comment, comment_actions, composer
from crm_app.pages.contact_event import event
from crm_app.pages.contact_files import remove_button
from crm_app.pages.contact_merges import take_back_button
from crm_app.state.contact import ContactState
from crm_app.state.contact_happenings import Happening
from crm_app.state.contact_timeline import ContactTimelineState


def timeline() -> rx.Component:
    return rx.el.section(
        rx.el.div(rx.el.h2(T("What happened")), _narrow(), class_name="panel-head"),
        rx.cond(ContactState.may_edit, composer()),
        rx.el.ol(rx.foreach(ContactTimelineState.happenings, _event), class_name="timeline"),
        rx.cond(
            ContactTimelineState.loaded & (ContactTimelineState.happenings.length() == 0),
            rx.el.p(
                rx.cond(
                    ContactTimelineState.group, T("Nothing of this kind happened yet."), T("Nothing happened yet.")
                ),
                class_name="quiet",
            ),
        ),
        rx.cond(
            ContactTimelineState.more,
            rx.el.button(T("Show more"), type="button", class_name="button", on_click=ContactTimelineState.show_more),
        ),
        class_name="panel",
    )


def _narrow() -> rx.Component:
    return rx.el.select(
        choice_options(ContactTimelineState.groups),
        value=ContactTimelineState.group,
        on_change=ContactTimelineState.narrow,
        aria_label=t("What the timeline shows"),
        class_name="input small",
    )


def _event(happening: rx.Var[Happening]) -> rx.Component:
    return event(
        happening,
        comment=comment(happening.comment),
        beside=rx.fragment(rx.cond(happening.comment, comment_actions(happening.comment)), remove_button(happening)),
        below=take_back_button(happening),
    )
