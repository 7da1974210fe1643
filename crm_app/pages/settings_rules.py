"""What the installation asks of contacts and imports: part of the settings page."""

import reflex as rx

from crm_app import routes
from crm_app.components.text import N, T
from crm_app.pages.settings_input import setting
from crm_app.services.fields.registry import FIELDS, GROUP_LABELS, REQUIRABLE, FieldGroup
from crm_app.state.settings import SettingsState


def rules() -> rx.Component:
    return rx.fragment(_contacts(), _imports(), _trash())


def _contacts() -> rx.Component:
    error = SettingsState.errors["required_fields"].to(str)
    return rx.el.section(
        rx.el.h2(T("What every contact must have")),
        rx.el.p(
            T(
                "A contact always needs a name, a company, an e-mail or a phone. What is ticked here is asked for too: "
                "of new contacts, in the form and in a file, and when somebody changes a contact by hand."
            ),
            class_name="field-hint",
        ),
        rx.cond(error, rx.el.p(error, class_name="field-error", role="alert")),
        *[_group(group) for group in FieldGroup if any(FIELDS[name].group == group for name in REQUIRABLE)],
        class_name="panel",
    )


def _group(group: FieldGroup) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(T(GROUP_LABELS[group].msgid)),
        rx.el.div(
            *[
                _tick(f"required-{name}", FIELDS[name].label.msgid, SettingsState.required.contains(name))
                for name in REQUIRABLE
                if FIELDS[name].group == group
            ],
            class_name="ticks",
        ),
        disabled=~SettingsState.may_change,
        class_name="tick-group",
    )


def _imports() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Imports")),
        rx.el.fieldset(
            _tick(
                "only_whole_files",
                N("Import a file only when every row can be taken"),
                SettingsState.only_whole_files,
                hint=N(
                    "Otherwise the good rows come in, and the others can be mended or downloaded with the reason. Rows "
                    "left out by hand are never in the way."
                ),
            ),
            setting(
                "file_days",
                N("Days a file is kept after its import"),
                rx.el.input,
                hint=N(
                    "Then the file and its rows are deleted; the counts stay. A draft nobody goes on with is removed "
                    "after the same time. 0 is without a limit."
                ),
                input_mode="numeric",
                max_length=4,
            ),
            setting(
                "undo_days",
                N("Days an import can be undone"),
                rx.el.input,
                hint=N("Then the values of before the import are forgotten. 0 is without a limit."),
                input_mode="numeric",
                max_length=4,
            ),
            disabled=~SettingsState.may_change,
            class_name="fields",
        ),
        class_name="panel",
    )


def _trash() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("Trash and exports")),
        rx.el.fieldset(
            setting(
                "trash_days",
                N("Days a contact stays in the trash"),
                rx.el.input,
                hint=N("Then it is deleted for good. 0 is without a limit."),
                input_mode="numeric",
                max_length=4,
            ),
            setting(
                "export_days",
                N("Days the file of an export is kept"),
                rx.el.input,
                hint=N("It holds a copy of contacts: the shorter the better. 0 is without a limit."),
                input_mode="numeric",
                max_length=4,
            ),
            disabled=~SettingsState.may_change,
            class_name="fields",
        ),
        rx.link(T("Look into the trash"), href=routes.TRASH, class_name="link"),
        class_name="panel",
    )


def _tick(name: str, label: str, is_on: rx.Var, *, hint: str = "") -> rx.Component:
    told = {"aria_describedby": f"hint-{name}"} if hint else {}
    tick = rx.el.label(
        rx.el.input(type="checkbox", id=f"setting-{name}", name=name, default_checked=is_on, **told),
        T(label),
        class_name="tick",
    )
    if not hint:
        return tick
    return rx.el.div(tick, rx.el.p(T(hint), class_name="field-hint", id=f"hint-{name}"), class_name="field wide")
