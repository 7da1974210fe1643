"""Settings: the branches of a franchise, once there are several."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.text import N, T, t
from crm_app.pages import settings_entries as entries
from crm_app.pages.settings_frame import icon_button, settings_shell
from crm_app.state.session import SessionState
from crm_app.state.settings_branches import BranchLine, SettingsBranchesState

_state = SettingsBranchesState


def branches() -> rx.Component:
    return settings_shell(
        "branches",
        rx.el.section(
            entries.head(_state, N("Branches"), N("Add a branch")),
            rx.el.p(
                T(
                    "A branch sees its own contacts. The head office sees all of them, and decides about its templates "
                    "and about the tags of the franchise."
                ),
                class_name="field-hint",
            ),
            entries.refusal(_state),
            rx.cond(_state.editing == "new", branch_form("new", "")),
            entries.lines(_state, _line, ordered=False),
            class_name="panel stack",
        ),
    )


def branch_form(key: Any, name: Any) -> rx.Component:
    return entries.form(_state, key, t("A branch"), entries.name_field(_state, "branch-name", name, 120))


def _line(line: rx.Var[BranchLine]) -> rx.Component:
    return entries.entry(
        rx.el.span(line.name, class_name="entry-name"),
        rx.cond(line.is_head_office, rx.el.span(T("head office"), class_name="quiet")),
        rx.el.span(
            icon_button(
                "pencil", t("Change “{name}”", name=line.name), id="edit-" + line.key, on_click=_state.edit(line.key)
            ),
            class_name="entry-actions",
        ),
        below=[rx.cond(_state.editing == line.key, branch_form(line.key, line.name))],
        key=line.key,
    )


PAGE = {"route": routes.BRANCHES, "on_load": [SessionState.load, SettingsBranchesState.load]}
