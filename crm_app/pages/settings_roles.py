"""Settings: what each role may do and sees."""

from typing import Any

import reflex as rx

from crm_app import routes
from crm_app.components.choice_options import choice_options
from crm_app.components.text import N, T, t, tn
from crm_app.pages import settings_entries as entries
from crm_app.pages.settings_frame import settings_shell
from crm_app.pages.settings_teams import teams
from crm_app.state.session import SessionState
from crm_app.state.settings_roles import PermissionLine, RoleLine, SettingsRolesState
from crm_app.state.settings_teams import SettingsTeamsState

_state = SettingsRolesState


def roles() -> rx.Component:
    return settings_shell(
        "roles",
        rx.el.section(
            entries.head(_state, N("Roles"), N("Add a role")),
            rx.el.p(
                T("Built-in roles stay as they are. Make one of your own as a copy, and tick what it may do."),
                class_name="field-hint",
            ),
            entries.refusal(_state),
            rx.cond(_state.editing == "new", _new()),
            entries.lines(_state, _line, ordered=False),
            class_name="panel stack",
        ),
        rx.el.section(
            rx.el.h2(T("What each may do")),
            rx.cond(_state.loaded, rx.fragment(_matrix(), _one_by_one())),
            class_name="panel stack",
        ),
        teams(),
    )


def _line(line: rx.Var[RoleLine]) -> rx.Component:
    return entries.entry(
        rx.el.span(
            line.name,
            " ",
            rx.cond(~line.is_own, rx.el.span(T("built in"), class_name="chip")),
            rx.el.span(t("sees {what}", what=line.sees), class_name="quiet entry-under"),
            class_name="entry-name",
        ),
        rx.el.span(tn("{n} person", "{n} people", line.people), class_name="quiet entry-count"),
        rx.cond(line.may_change, entries.acts(_state, line.key, line.name)),
        below=[
            rx.cond(_state.editing == line.key, _form(line)),
            rx.cond(_state.removing.key == line.key, _question(line)),
        ],
        key=line.key,
    )


def _new() -> rx.Component:
    return entries.form(
        _state,
        "new",
        t("A new role"),
        entries.name_field(_state, "role-name", "", 60),
        _select("copy_of", N("As a copy of"), "staff", _state.lines.foreach(lambda one: _option(one))),
        save=T("Add the role"),
    )


def _option(line: rx.Var[RoleLine]) -> rx.Component:
    return rx.el.option(line.name, value=line.key, key=line.key)


def _select(name: str, label: str, value: Any, options: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.label(T(label), html_for=f"role-{name}"),
        rx.el.select(options, id=f"role-{name}", name=name, default_value=value, class_name="input"),
        class_name="field",
    )


def _form(line: rx.Var[RoleLine]) -> rx.Component:
    return entries.form(
        _state,
        line.key,
        t("Role “{name}”", name=line.name),
        entries.name_field(_state, "role-name", line.name, 60),
        rx.el.fieldset(
            rx.el.legend(T("What it may do")),
            rx.foreach(_state.permissions, lambda one: _tick(one, line)),
            class_name="tick-group permission-ticks",
        ),
        _select("sight", N("Which contacts it sees"), line.sight, choice_options(_state.sights)),
        _select("above", N("It ranks right above"), line.above, choice_options(_state.places)),
        rx.el.p(
            T("Who manages users gives and changes roles below the own one. Who loses a right is signed out."),
            class_name="field-hint",
        ),
    )


def _tick(permission: rx.Var[PermissionLine], line: rx.Var[RoleLine]) -> rx.Component:
    had = line.permissions.contains(permission.key)
    return rx.el.label(
        rx.el.input(
            type="checkbox",
            name="may-" + permission.key,
            default_checked=had,
            disabled=~permission.may_give & ~had,
        ),
        rx.el.span(permission.name, rx.el.span(permission.meaning, class_name="quiet entry-under")),
        class_name="tick",
        key=permission.key,
    )


def _matrix() -> rx.Component:
    """Roles by permissions, where there is room."""
    return rx.el.div(
        rx.el.table(
            rx.el.thead(
                rx.el.tr(
                    rx.el.th(T("Permission"), scope="col"),
                    rx.foreach(_state.lines, lambda one: rx.el.th(one.name, scope="col", key=one.key)),
                )
            ),
            rx.el.tbody(rx.foreach(_state.permissions, _row)),
            class_name="matrix",
        ),
        class_name="matrix-frame",
        tab_index=0,
        role="region",
        aria_label=t("What each may do"),
    )


def _row(permission: rx.Var[PermissionLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(permission.name, rx.el.span(permission.meaning, class_name="quiet entry-under"), scope="row"),
        rx.foreach(_state.lines, lambda one: rx.el.td(_mark(one, permission), key=one.key)),
        key=permission.key,
    )


def _mark(line: rx.Var[RoleLine], permission: rx.Var[PermissionLine]) -> rx.Component:
    return rx.cond(
        line.permissions.contains(permission.key),
        rx.el.span(
            rx.icon("check", size=16), rx.el.span(T("yes"), class_name="visually-hidden"), class_name="mark-yes"
        ),
        rx.el.span("–", rx.el.span(T("no"), class_name="visually-hidden"), class_name="quiet"),
    )


def _one_by_one() -> rx.Component:
    """The same on a phone: one role at a time."""
    return rx.el.div(
        rx.el.div(
            rx.el.label(T("Role"), html_for="shown-role"),
            rx.el.select(
                _state.lines.foreach(lambda one: _option(one)),
                id="shown-role",
                value=_state.shown.key,
                on_change=_state.show,
                class_name="input",
            ),
            class_name="field",
        ),
        rx.el.ul(
            rx.foreach(
                _state.permissions,
                lambda one: rx.el.li(
                    rx.el.div(
                        _mark(_state.shown, one),
                        rx.el.span(
                            one.name, rx.el.span(one.meaning, class_name="quiet entry-under"), class_name="entry-name"
                        ),
                        class_name="entry",
                    ),
                    key=one.key,
                ),
            ),
            class_name="entries",
        ),
        class_name="one-by-one",
    )


def _question(line: rx.Var[RoleLine]) -> rx.Component:
    return entries.question(
        _state,
        line.key,
        t("Remove a role"),
        T("Remove the role"),
        rx.el.p(
            rx.cond(
                line.people > 0,
                tn(
                    "{n} person has the role “{name}”. Give them another one first.",
                    "{n} people have the role “{name}”. Give them another one first.",
                    line.people,
                    name=line.name,
                ),
                t("Nobody has the role “{name}”. This cannot be undone.", name=line.name),
            )
        ),
    )


PAGE = {"route": routes.ROLES, "on_load": [SessionState.load, SettingsRolesState.load, SettingsTeamsState.load]}
