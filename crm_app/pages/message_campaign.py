"""One campaign: what to whom, who gets it and who not, samples, sending, what became of it."""

import reflex as rx

from crm_app import routes
from crm_app.components.empty import empty
from crm_app.components.mail_preview import mail_preview
from crm_app.components.notice import notice
from crm_app.components.panel import Panel
from crm_app.components.progress_bar import progress_bar
from crm_app.components.text import N, T, figure, t, tn
from crm_app.pages.message_frame import crumb, messages_shell
from crm_app.state.campaign import CampaignState
from crm_app.state.campaign_view import Figure, Recipient
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
                T("It may have been deleted, or it belongs to another branch."),
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
        rx.cond(_state.asking == "send", _question_send()),
        rx.cond(_state.asking == "later", _question_later()),
        rx.cond(_state.asking == "stop", _question("stop", N("Stop it for good"), _stop_words(), _state.stop)),
        rx.cond(
            _state.asking == "remove",
            _question(
                "remove", N("Delete the draft"), T("The draft goes for good; nobody got anything."), _state.remove
            ),
        ),
        rx.cond(_view.is_changeable, _what()),
        rx.cond((_view.figures.length() > 0) | (_view.reasons.length() > 0), _who()),
        rx.cond(_state.samples.length() > 0, _samples()),
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
            rx.foreach(choices, lambda one: rx.el.option(one.label, value=one.value, key=one.value)),
            id=f"campaign-{name}",
            name=name,
            default_value=value,
            class_name="input",
        ),
        rx.el.p(T(hint), class_name="field-hint") if hint else rx.fragment(),
        class_name="field",
    )


def _who() -> rx.Component:
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


def _samples() -> rx.Component:
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


def _question(what: str, label: str, words: rx.Component, act, *, is_danger: bool = True) -> rx.Component:
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


PAGE = {"route": routes.CAMPAIGN, "on_load": [SessionState.load, CampaignState.load]}
