"""What holds for the whole file: part of the third step of an import."""

from typing import Any

import reflex as rx

from crm_app.components.text import N, T, t
from crm_app.state.import_columns import CLEAR, KEY_LABELS, ImportColumnsState
from crm_app.state.import_whole_file import InFile
from crm_app.state.import_wizard import ImportWizardState

_state = ImportColumnsState


def whole_file() -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("For the whole file")),
        rx.el.div(
            _choice(
                N("A row belongs to the contact with the same"),
                "match-key",
                _state.match_key,
                _state.choose_key,
                rx.el.option(T("– nothing: every row is a new contact –"), value=""),
                rx.foreach(_state.match_keys, lambda key: rx.el.option(_label(key), value=key)),
            ),
            rx.cond(_state.match_key != "", rx.fragment(_in_file(), _blanks())),
            _similar(),
            _typed(N("Tags for every contact, by comma"), "all-tags", _state.tags, _state.type_tags),
            _typed(
                N("Name of this import"),
                "import-name",
                _state.name,
                _state.type_name,
                placeholder=ImportWizardState.file_name,
                max_length=200,
            ),
            class_name="fields",
        ),
        rx.el.h2(T("New contacts, where their row does not say"), class_name="gap"),
        _new_contacts(),
        class_name="panel gap",
    )


def _in_file() -> rx.Component:
    return _choice(
        N("Several rows of the file mean the same contact"),
        "in-file",
        _state.in_file,
        _state.choose_in_file,
        rx.el.option(T("the first row counts"), value=InFile.FIRST.value),
        rx.el.option(T("the last row counts"), value=InFile.LAST.value),
        rx.el.option(T("put them together"), value=InFile.MERGE.value),
    )


def _blanks() -> rx.Component:
    return rx.el.div(
        rx.el.label(
            rx.el.input(
                type="checkbox",
                checked=_state.clear_blanks,
                on_change=_state.choose_blanks,
                disabled=~_state.changeable,
            ),
            rx.el.span(T("Blank cells empty what is stored")),
            class_name="switch",
        ),
        rx.el.p(
            rx.cond(
                _state.clear_blanks,
                T("Careful: a blank cell removes the value of a contact that is already there."),
                t("Blank cells keep what is stored. A cell with {word} empties it.", word=CLEAR),
            ),
            class_name="field-hint",
        ),
        class_name="field",
    )


def _similar() -> rx.Component:
    return rx.el.div(
        rx.el.label(
            rx.el.input(
                type="checkbox", checked=_state.similar, on_change=_state.choose_similar, disabled=~_state.changeable
            ),
            rx.el.span(T("Look for probable duplicates")),
            class_name="switch",
        ),
        rx.el.p(T("New rows are compared with all contacts, also by similar names."), class_name="field-hint"),
        class_name="field",
    )


def _new_contacts() -> rx.Component:
    lifecycles = [
        rx.el.option(T(label), value=value)
        for value, label in (("contact", N("Contact")), ("lead", N("Lead")), ("customer", N("Customer")))
    ]
    nobody = rx.el.option(T("– none –"), value="")
    return rx.el.div(
        rx.cond(
            _state.branches.length() > 1,
            _choice(N("Branch"), "new-branch", _state.branch, _state.choose_branch, _listed(_state.branches)),
        ),
        _choice(N("Lifecycle"), "new-lifecycle", _state.new_lifecycle, _state.choose_lifecycle, *lifecycles),
        _choice(N("Status"), "new-status", _state.new_status, _state.choose_status, nobody, _listed(_state.statuses)),
        _choice(N("Responsible"), "new-owner", _state.new_owner, _state.choose_owner, nobody, _listed(_state.owners)),
        _typed(N("Source"), "new-source", _state.new_source, _state.type_source, max_length=120),
        class_name="fields",
    )


def _choice(label: str, id: str, value: rx.Var, choose: Any, *options: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.label(T(label), html_for=id),
        rx.el.select(*options, id=id, value=value, on_change=choose, disabled=~_state.changeable, class_name="input"),
        class_name="field",
    )


def _typed(label: str, id: str, value: rx.Var, keep: Any, **more: Any) -> rx.Component:
    """An input that is kept when it is left, like every choice of the page."""
    return rx.el.div(
        rx.el.label(T(label), html_for=id),
        rx.el.input(id=id, default_value=value, on_blur=keep, class_name="input", auto_complete="off", **more),
        class_name="field",
    )


def _listed(choices: rx.Var) -> rx.Component:
    return rx.foreach(choices, lambda choice: rx.el.option(choice.label, value=choice.value))


def _label(key: rx.Var[str]) -> rx.Component:
    return rx.match(key, *[(name, T(label.msgid)) for name, label in KEY_LABELS.items()], rx.fragment(key))
