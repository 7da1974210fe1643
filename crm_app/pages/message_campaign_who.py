"""Who gets a campaign and who does not, with names on request; and what the first of them get."""

import reflex as rx

from crm_app.components.mail_preview import mail_preview
from crm_app.components.text import T, figure, t, tn
from crm_app.state.campaign import CampaignState
from crm_app.state.campaign_view import Figure, Recipient

_state = CampaignState
_view = CampaignState.view


def who() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Who gets it, and who does not")),
        rx.el.ul(
            rx.foreach(_view.figures, _figure),
            rx.foreach(_view.reasons, _reason),
            class_name="campaign-figures",
        ),
        rx.cond(
            _view.opened > 0,
            rx.el.p(
                tn("{n} opened it", "{n} opened it", _view.opened),
                ", ",
                tn("{n} followed a link.", "{n} followed a link.", _view.clicked),
                class_name="quiet",
            ),
        ),
        rx.cond(_state.shown, _recipients()),
        class_name="panel",
    )


def _figure(one: rx.Var[Figure]) -> rx.Component:
    return _row(one, one.label)


def _reason(one: rx.Var[Figure]) -> rx.Component:
    return _row(one, t("left out: {why}", why=one.label))


def _row(one: rx.Var[Figure], label: rx.Var[str]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(figure(one.count), class_name="number"),
            rx.el.span(label),
            rx.icon("chevron-down", size=16),
            type="button",
            aria_expanded=(_state.shown == one.key).to_string(),
            class_name="campaign-figure look-" + one.look,
            on_click=_state.list_those(one.key),
        ),
        key=one.key,
    )


def _recipients() -> rx.Component:
    return rx.fragment(
        rx.el.ul(rx.foreach(_state.recipients, _recipient), class_name="entries"),
        rx.cond(
            _state.more > 0,
            rx.el.button(T("Show more"), type="button", class_name="button", on_click=_state.list_more),
        ),
    )


def _recipient(one: rx.Var[Recipient]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.link(one.name, href=one.url, class_name="entry-name link"),
            rx.el.span(one.address, class_name="quiet"),
            rx.el.span(one.said, class_name="quiet entry-count"),
            class_name="entry",
        ),
        key=one.key,
    )


def samples() -> rx.Component:
    one = _state.samples[_state.sample]
    return rx.el.section(
        rx.el.div(
            rx.el.h2(T("What they get")),
            rx.el.span(
                rx.el.button(
                    rx.icon("chevron-left", size=16),
                    type="button",
                    aria_label=t("Previous"),
                    class_name="button plain icon",
                    on_click=_state.show_sample(-1),
                ),
                rx.el.span(
                    t("{n} of {total}", n=_state.sample + 1, total=_state.samples.length()), class_name="number quiet"
                ),
                rx.el.button(
                    rx.icon("chevron-right", size=16),
                    type="button",
                    aria_label=t("Next"),
                    class_name="button plain icon",
                    on_click=_state.show_sample(1),
                ),
                class_name="campaign-standing",
            ),
            class_name="panel-head",
        ),
        rx.el.dl(
            rx.el.dt(T("To")),
            rx.el.dd(one.name, " · ", one.address),
            rx.cond(one.subject, rx.fragment(rx.el.dt(T("Subject")), rx.el.dd(one.subject))),
            class_name="facts",
        ),
        rx.cond(one.html, mail_preview(one.html), rx.el.pre(one.plain, class_name="mail-plain")),
        class_name="panel",
    )
