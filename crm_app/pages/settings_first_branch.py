"""Settings: the quiet place where the head office adds a second branch."""

import reflex as rx

from crm_app.components.text import T
from crm_app.pages.settings_branches import branch_form
from crm_app.state.settings_branches import SettingsBranchesState

_state = SettingsBranchesState


def first_branch() -> rx.Component:
    return rx.cond(
        _state.may_add & (_state.lines.length() == 1),
        rx.el.section(
            rx.el.div(
                rx.el.p(
                    T("This CRM is for one office. A franchise keeps the contacts of each branch apart."),
                    class_name="field-hint",
                ),
                rx.el.button(
                    T("Add a branch"),
                    id="edit-new",
                    type="button",
                    class_name="button plain",
                    on_click=_state.edit("new"),
                ),
                class_name="entries-head",
            ),
            rx.cond(_state.editing == "new", branch_form("new", "")),
            class_name="stack",
        ),
    )
