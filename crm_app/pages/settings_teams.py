"""Settings: teams, a part of the roles' page."""

from typing import Any

import reflex as rx

from crm_app.components.text import T, t, tn
from crm_app.pages import settings_entries as entries
from crm_app.state.settings_teams import NEW_TEAM, SettingsTeamsState, TeamLine

_state = SettingsTeamsState


def teams() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(T("Teams")),
            rx.el.button(
                rx.icon("plus", size=16),
                T("Add a team"),
                id=f"edit-{NEW_TEAM}",
                type="button",
                class_name="button",
                on_click=_state.edit(NEW_TEAM),
            ),
            class_name="entries-head",
        ),
        rx.el.p(
            T("A role that sees the contacts of the own team shows those whose responsible person is in that team."),
            class_name="field-hint",
        ),
        entries.refusal(_state),
        rx.cond(_state.editing == NEW_TEAM, _form(NEW_TEAM, "")),
        rx.cond(
            _state.lines.length() > 0, rx.el.ul(rx.foreach(_state.lines, _line), class_name="entries"),
            rx.el.p(T("There is no team yet."), class_name="quiet"),
        ),
        class_name="panel stack",
    )  # fmt: skip


def _line(line: rx.Var[TeamLine]) -> rx.Component:
    return entries.entry(
        rx.el.span(line.name, class_name="entry-name"),
        rx.el.span(tn("{n} person", "{n} people", line.people), class_name="quiet entry-count"),
        entries.acts(_state, line.key, line.name),
        below=[
            rx.cond(_state.editing == line.key, _form(line.key, line.name)),
            rx.cond(_state.removing.key == line.key, _question(line)),
        ],
        key=line.key,
    )


def _form(key: Any, name: Any) -> rx.Component:
    return entries.form(_state, key, t("A team"), entries.name_field(_state, "team-name", name, 60))


def _question(line: rx.Var[TeamLine]) -> rx.Component:
    return entries.question(
        _state,
        line.key,
        t("Remove a team"),
        T("Remove the team"),
        rx.el.p(
            tn(
                "{n} person is in “{name}” and will be in no team.",
                "{n} people are in “{name}” and will be in no team.",
                line.people,
                name=line.name,
            )
        ),
    )
