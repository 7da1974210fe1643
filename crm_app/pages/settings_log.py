"""Settings: the log – who did what, and who signed in."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.choice_options import choice_options
from crm_app.components.empty import empty
from crm_app.components.text import N, T, t
from crm_app.pages.settings_frame import settings_shell
from crm_app.state.session import SessionState
from crm_app.state.settings_log import AUDIT, LOGINS, LogLine, SettingsLogState

_state = SettingsLogState


def log() -> rx.Component:
    return settings_shell(
        "log",
        rx.el.nav(
            _tab(AUDIT, N("What was done"), routes.LOG),
            _tab(LOGINS, N("Sign-ins"), f"{routes.LOG}?show={LOGINS}"),
            class_name="tabs settings-sections",
            aria_label=t("What is shown"),
        ),
        rx.el.section(
            rx.cond(_state.loaded, _filters()),
            rx.cond(
                _state.loaded & (_state.lines.length() == 0),
                empty("scroll-text", T("Nothing here"), T("Nothing like this was noted.")),
                _lines(),
            ),
            rx.el.div(
                rx.cond(
                    _state.is_later, rx.link(T("Newest"), href=_state.first_url, underline="none", class_name="button")
                ),
                rx.cond(
                    _state.next_url, rx.link(T("Older"), href=_state.next_url, underline="none", class_name="button")
                ),
                class_name="filter-foot",
            ),
            class_name="panel stack",
        ),
    )


def _tab(key: str, label: str, path: str) -> rx.Component:
    current = rx.cond(_state.show == key, "true", "false")
    return rx.link(T(label), href=path, underline="none", class_name="tab", aria_current=current)


def _filters() -> rx.Component:
    return rx.el.form(
        _select("person", N("Who"), N("everybody"), _state.people, _state.person),
        _select("kind", N("What"), N("everything"), _state.kinds, _state.kind),
        _select("days", N("When"), N("any time"), _state.spans, _state.days),
        rx.el.button(T("Show"), type="submit", class_name="button"),
        on_submit=_state.narrow,
        key=_state.first_url,
        class_name="log-filters",
    )


def _select(name: str, label: str, all_: str, options: Any, value: Any) -> rx.Component:
    return rx.el.div(
        rx.el.label(T(label), html_for=f"log-{name}"),
        rx.el.select(
            rx.el.option(T(all_), value=""),
            choice_options(options),
            id=f"log-{name}",
            name=name,
            default_value=value,
            class_name="input",
        ),
        class_name="field",
    )


def _lines() -> rx.Component:
    return rx.cond(
        _state.loaded,
        rx.el.ol(rx.foreach(_state.lines, _line), class_name="entries log-lines"),
        rx.el.ol(*[rx.el.li(class_name="entry skeleton") for _ in range(8)], class_name="entries"),
    )


def _line(line: rx.Var[LogLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.span(
                rx.el.span(line.who, class_name="log-who"),
                " ",
                rx.el.span(line.what, class_name="look-" + line.look),
                rx.cond(line.counts, rx.el.span(line.counts, class_name="quiet entry-under")),
                class_name="entry-name",
            ),
            rx.el.span(
                rx.el.time(line.when, title=line.exact),
                rx.cond(line.ip, rx.el.span(line.ip, class_name="quiet entry-under")),
                class_name="entry-count",
            ),
            class_name="entry",
        ),
        key=line.key.to(str),
    )


PAGE = {"route": routes.LOG, "on_load": [SessionState.load, SettingsLogState.load]}
