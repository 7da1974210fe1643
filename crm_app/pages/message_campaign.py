"""One campaign: what to whom, who gets it and who not, samples, sending, what became of it."""

import reflex as rx

from crm_app import routes
from crm_app.components.choice_options import choice_options
from crm_app.components.empty import empty
from crm_app.components.notice import notice
from crm_app.components.progress_bar import progress_bar
from crm_app.components.text import N, T, figure, t
from crm_app.pages.message_campaign_asks import asked
from crm_app.pages.message_campaign_who import samples, who
from crm_app.pages.message_frame import crumb, messages_shell
from crm_app.state.campaign import CampaignState
from crm_app.state.choice import Choice
from crm_app.state.session import SessionState

_state = CampaignState
_view = CampaignState.view


def campaign() -> rx.Component:
    return messages_shell(
        "campaigns",
        rx.cond(
            _state.missing,
            empty(
                "megaphone",
                T("No such campaign"),
                T("It may have been deleted, or you may not see it."),
                rx.link(T("All campaigns"), href=routes.MESSAGES, underline="none", class_name="button"),
            ),
            rx.cond(_state.loaded, _campaign()),
        ),
        title=crumb(routes.MESSAGES, N("Campaigns"), _view.name),
        actions=rx.cond(_state.loaded & ~_state.missing, _acts()),
    )


def _campaign() -> rx.Component:
    return rx.fragment(
        rx.cond(_state.error, notice(_state.error, "danger")),
        rx.cond(_view.failed, notice(_view.failed, "danger")),
        rx.cond(_view.problem & (_view.is_moving | (_view.state == "scheduled")), notice(_view.problem, "danger")),
        _standing(),
        asked(),
        rx.cond(_view.is_changeable, _what()),
        rx.cond((_view.figures.length() > 0) | (_view.reasons.length() > 0), who()),
        rx.cond(_state.samples.length() > 0, samples()),
    )


def _acts() -> rx.Component:
    def button(icon: str, label: str, on_click, *, primary: bool = False, id_: str = "") -> rx.Component:
        return rx.el.button(
            rx.icon(icon, size=16),
            T(label),
            type="button",
            class_name="button primary" if primary else "button",
            on_click=on_click,
            **({"id": id_} if id_ else {}),
        )

    return rx.match(
        _view.state,
        (
            "prepared",
            rx.cond(
                _view.planned > 0,
                rx.fragment(
                    button("calendar-clock", N("Send later"), _state.ask("later"), id_="ask-later"),
                    button("send", N("Send …"), _state.ask("send"), primary=True, id_="ask-send"),
                ),
            ),
        ),
        ("scheduled", button("x", N("Do not send"), _state.unschedule)),
        (
            "sending",
            rx.fragment(
                button("pause", N("Pause"), _state.pause),
                button("square", N("Stop …"), _state.ask("stop"), id_="ask-stop"),
            ),
        ),
        (
            "paused",
            rx.fragment(
                button("square", N("Stop …"), _state.ask("stop"), id_="ask-stop"),
                button("play", N("Go on"), _state.go_on, primary=True),
            ),
        ),
        rx.fragment(),
    )


def _standing() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.span(rx.el.span(class_name="status-dot " + _view.dot), _view.state_label, class_name="status"),
            rx.el.span(_view.when, class_name="quiet"),
            class_name="campaign-standing",
            aria_live="polite",
        ),
        rx.cond(
            _view.is_moving | (_view.state == "paused"),
            rx.cond(
                _view.state == "preparing",
                rx.el.p(T("Working out who gets it …")),
                rx.fragment(
                    progress_bar(_view.percent),
                    rx.el.p(
                        t("{done} of {total}", done=figure(_view.ended), total=figure(_view.total)), class_name="number"
                    ),
                    rx.el.p(T("You can close this page; the work goes on."), class_name="quiet"),
                ),
            ),
        ),
        rx.el.dl(
            rx.el.dt(T("To whom")),
            rx.el.dd(rx.link(_view.audience, href=_view.audience_url, class_name="link")),
            rx.cond(_view.template, rx.fragment(rx.el.dt(T("Template")), rx.el.dd(_template_link()))),
            class_name="facts",
        ),
        rx.cond(
            _view.in_folder,
            notice(
                T("No mail server is set: messages land in the folder “mails” of the data folder, nothing leaves."),
                "warn",
            ),
        ),
        class_name="panel stack",
    )


def _template_link() -> rx.Component:
    return rx.link(_view.template, href=f"{routes.TEMPLATES}/" + _view.template_id, class_name="link")


def _what() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("What to send")),
        rx.cond(
            _state.templates.length() == 0,
            rx.el.p(
                T("There is no template with words yet."),
                " ",
                rx.link(T("Write one"), href=routes.TEMPLATES, class_name="link"),
            ),
        ),
        rx.el.form(
            rx.el.div(
                rx.el.div(
                    rx.el.label(T("Name"), html_for="campaign-name"),
                    rx.el.input(
                        id="campaign-name",
                        name="name",
                        default_value=_view.name,
                        max_length=120,
                        auto_complete="off",
                        class_name="input",
                    ),
                    class_name="field",
                ),
                _choice("template", N("Template"), N("Choose a template"), _state.templates, _view.template_id),
                rx.cond(
                    _state.groups.length() > 0,
                    _choice(
                        "group",
                        N("Newsletter group"),
                        N("none: news in general"),
                        _state.groups,
                        _view.group_id,
                        hint=N("Who agreed to this group or to all news gets a newsletter. Groups are tags."),
                    ),
                ),
                class_name="fields",
            ),
            rx.el.div(
                rx.el.button(
                    rx.icon("users", size=16), T("Work out who gets it"), type="submit", class_name="button primary"
                ),
                rx.el.button(
                    T("Delete …"),
                    type="button",
                    id="ask-remove",
                    class_name="button plain",
                    on_click=_state.ask("remove"),
                ),
                class_name="filter-foot",
            ),
            on_submit=_state.save,
            key=_state.key.to(str),
        ),
        class_name="panel",
    )


def _choice(
    name: str, label: str, none: str, choices: rx.Var[list[Choice]], value: rx.Var[str], *, hint: str = ""
) -> rx.Component:
    return rx.el.div(
        rx.el.label(T(label), html_for=f"campaign-{name}"),
        rx.el.select(
            rx.el.option(T(none), value=""),
            choice_options(choices),
            id=f"campaign-{name}",
            name=name,
            default_value=value,
            class_name="input",
        ),
        rx.el.p(T(hint), class_name="field-hint") if hint else rx.fragment(),
        class_name="field",
    )


PAGE = {"route": routes.CAMPAIGN, "on_load": [SessionState.load, CampaignState.load]}
