"""The inputs of a contact, in groups, for the new and the changed one alike."""

import reflex as rx

from crm_app.components.form_guard import form_guard
from crm_app.components.notice import notice
from crm_app.components.text import T
from crm_app.services.fields.registry import FIELDS, GROUP_LABELS, REQUIRABLE, Field, FieldGroup, FieldKind
from crm_app.state.contact_form import FORM_FIELDS, ContactFormState, OwnField
from crm_app.state.contact_known import TYPED
from crm_app.state.contact_words import CHOICES

_AUTOFILL = {"email": "email", "phone": "tel", "mobile": "tel", "website": "url"}


def contact_fields() -> rx.Component:
    return rx.fragment(
        form_guard(ContactFormState.errors),
        rx.cond(ContactFormState.errors[""].to(str), notice(ContactFormState.errors[""].to(str), "danger")),
        *[_group(group) for group in FieldGroup if group is not FieldGroup.OWN],
        rx.cond(
            ContactFormState.own.length() > 0,
            rx.el.section(
                rx.el.h2(T(GROUP_LABELS[FieldGroup.OWN].msgid)),
                rx.el.div(rx.foreach(ContactFormState.own, _own_field), class_name="fields"),
                class_name="field-group",
            ),
        ),
    )


def _group(group: FieldGroup) -> rx.Component:
    fields = [FIELDS[name] for name in FORM_FIELDS if FIELDS[name].group == group]
    return rx.el.section(
        rx.el.h2(T(GROUP_LABELS[group].msgid)),
        rx.el.div(*[_field(field) for field in fields], class_name="fields"),
        class_name="field-group",
    )


def _field(field: Field) -> rx.Component:
    error = ContactFormState.errors[field.name].to(str)
    return rx.el.div(
        rx.el.label(
            T(field.label.msgid),
            _required(field) if field.name in REQUIRABLE else rx.fragment(),
            html_for=f"field-{field.name}",
        ),
        _input(field, error),
        _half_a_date() if field.kind is FieldKind.DATE else rx.fragment(),
        rx.cond(error, rx.el.p(error, class_name="field-error", id=f"error-{field.name}", role="alert")),
        class_name="field wide" if field.kind is FieldKind.LONG_TEXT else "field",
    )


def _required(field: Field) -> rx.Component:
    mark = rx.el.span(" · ", T("required"), class_name="required-mark")
    return rx.cond(ContactFormState.required.contains(field.name), mark)


def _input(field: Field, error: rx.Var) -> rx.Component:
    shared = {
        "id": f"field-{field.name}",
        "name": field.name,
        "class_name": "input",
        "default_value": ContactFormState.values[field.name].to(str),
        "aria_invalid": rx.cond(error, "true", "false"),
        "aria_describedby": f"error-{field.name}",
    }
    if field.name in REQUIRABLE:
        shared["aria_required"] = rx.cond(ContactFormState.required.contains(field.name), "true", "false")
    if field.name == "status":
        return _select(shared, rx.foreach(ContactFormState.statuses, lambda name: rx.el.option(name, value=name)))
    if field.name == "owner":
        return _select(shared, rx.foreach(ContactFormState.owners, lambda user: rx.el.option(user[1], value=user[0])))
    if field.kind in (FieldKind.GENDER, FieldKind.LIFECYCLE, FieldKind.YES_NO):
        words = {
            FieldKind.GENDER: ("female", "male", "other"),
            FieldKind.LIFECYCLE: ("contact", "lead", "customer"),
            FieldKind.YES_NO: ("yes", "no"),
        }[field.kind]
        options = [rx.el.option(T(CHOICES[word].msgid), value=word) for word in words]
        return _select(shared, *options, blank=field.kind is not FieldKind.LIFECYCLE)
    if field.kind in (FieldKind.LONG_TEXT, FieldKind.LINKS):
        return rx.el.textarea(**shared, rows=4 if field.kind is FieldKind.LONG_TEXT else 2)
    if field.name in TYPED:
        shared["on_blur"] = ContactFormState.check_known(field.name)
    if field.kind is FieldKind.DATE:
        return rx.el.input(**shared, type="date")
    return rx.el.input(
        **shared,
        type=_AUTOFILL.get(field.name, "text") if field.name not in ("email", "website") else "text",
        input_mode=_AUTOFILL.get(field.name, "text"),
        auto_complete="off",
        auto_focus=field.name == "first_name",
    )


def _own_field(field: rx.Var[OwnField]) -> rx.Component:
    """An own field of the installation: known only when the page runs."""
    error = ContactFormState.errors[field.name].to(str)
    shared = {
        "id": "field-" + field.name,
        "name": field.name,
        "class_name": "input",
        "default_value": ContactFormState.values[field.name].to(str),
        "aria_invalid": rx.cond(error, "true", "false"),
        "aria_describedby": "error-" + field.name + " help-" + field.name,
        "aria_required": rx.cond(field.required, "true", "false"),
    }
    text = rx.el.input(**shared, type="text", auto_complete="off")
    return rx.el.div(
        rx.el.label(
            field.label,
            rx.cond(field.required, rx.el.span(" · ", T("required"), class_name="required-mark")),
            html_for="field-" + field.name,
        ),
        rx.match(
            field.kind,
            ("date", rx.fragment(rx.el.input(**shared, type="date"), _half_a_date())),
            ("yes_no", _select(shared, *[rx.el.option(T(CHOICES[word].msgid), value=word) for word in ("yes", "no")])),
            ("choice", _select(shared, rx.foreach(field.options, lambda one: rx.el.option(one, value=one)))),
            ("choices", rx.fragment(text, rx.el.p(field.options.join(" · "), class_name="field-hint"))),
            ("long_text", rx.el.textarea(**shared, rows=4)),
            ("amount", rx.el.input(**shared, type="text", input_mode="decimal", auto_complete="off")),
            text,
        ),
        rx.cond(field.help, rx.el.p(field.help, class_name="field-hint", id="help-" + field.name)),
        rx.cond(error, rx.el.p(error, class_name="field-error", id="error-" + field.name, role="alert")),
        class_name=rx.cond(field.kind == "long_text", "field wide", "field"),
        key=field.name,
    )


def _half_a_date() -> rx.Component:
    return rx.el.p(T("This is not a complete day of the calendar."), class_name="field-error half-a-date", role="alert")


def _select(shared: dict, *options: rx.Component, blank: bool = True) -> rx.Component:
    return rx.el.select(*([rx.el.option("", value="")] if blank else []), *options, **shared)
