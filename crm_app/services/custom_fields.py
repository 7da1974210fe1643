"""Own fields of an installation: made from a label and a type, then judged and named like the built-in ones.

Their values stand in `Contact.custom` by key, as JSON: dates in ISO form, amounts as numbers.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crm_app.locales import LANGUAGES, Text, render, text
from crm_app.models import Contact, CustomField, FieldType, Permission
from crm_app.services import audit
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid
from crm_app.services.fields.registry import FIELDS, TARGETS, Field, FieldGroup, FieldKind, Shown, parser_of
from crm_app.services.fields.verdict import FieldContext, Verdict
from crm_app.services.folding import fold

LABEL_LENGTH, KEY_LENGTH, OPTION_LENGTH = 120, 60, 120
MOST, MOST_OPTIONS = 200, 200

WITH_OPTIONS = (FieldType.CHOICE, FieldType.CHOICES)
PREFIX = "custom."  # before the key where changes of a contact are noted, beside names of columns
KINDS: dict[FieldType, tuple[FieldKind, int | None]] = {
    FieldType.TEXT: (FieldKind.TEXT, 500),
    FieldType.LONG_TEXT: (FieldKind.LONG_TEXT, 20_000),
    FieldType.NUMBER: (FieldKind.AMOUNT, None),
    FieldType.MONEY: (FieldKind.AMOUNT, None),
    FieldType.DATE: (FieldKind.DATE, None),
    FieldType.YES_NO: (FieldKind.YES_NO, None),
    FieldType.CHOICE: (FieldKind.CHOICE, None),
    FieldType.CHOICES: (FieldKind.CHOICES, None),
    FieldType.PHONE: (FieldKind.PHONE, 60),
    FieldType.EMAIL: (FieldKind.EMAIL, 254),
    FieldType.LINK: (FieldKind.LINK, 500),
}
TYPE_LABELS: dict[FieldType, Text] = {
    FieldType.TEXT: text("Text"),
    FieldType.LONG_TEXT: text("Long text"),
    FieldType.NUMBER: text("Number with decimals"),
    FieldType.MONEY: text("Amount of money"),
    FieldType.DATE: text("Date"),
    FieldType.YES_NO: text("Yes or no"),
    FieldType.CHOICE: text("Choice"),
    FieldType.CHOICES: text("Several choices"),
    FieldType.PHONE: text("Phone number"),
    FieldType.EMAIL: text("E-mail address"),
    FieldType.LINK: text("Link"),
}
# Names that mean something else beside a contact's values.
_RESERVED = {*TARGETS, *Contact.model_fields, "import", "consent"}


def all_of(session: Session) -> dict[str, Field]:
    """The own fields by key, in their order; removed ones are not among them."""
    return {one.key: as_field(one) for one in stored(session)}


def stored(session: Session) -> list[CustomField]:
    """The own fields as their settings show them, in their order."""
    query = select(CustomField).where(col(CustomField.removed_at).is_(None))
    return list(session.exec(query.order_by(col(CustomField.position), col(CustomField.id))).all())


def columns(session: Session) -> dict[str, Field]:
    """The own fields that lists offer as columns, by key."""
    return {key: field for key, field in all_of(session).items() if Shown.LIST in field.shown}


def defaults(session: Session) -> dict[str, Any]:
    """What new contacts have in own fields of which nothing is said, by key."""
    return {key: field.default for key, field in all_of(session).items() if field.default is not None}


def required(session: Session) -> list[str]:
    """Keys of the own fields that a new contact must be given; those with a default are never empty."""
    return [key for key, field in all_of(session).items() if field.required and field.default is None]


def known(session: Session) -> dict[str, Field]:
    """Every field contacts have here: the built-in ones, then the own ones."""
    return FIELDS | all_of(session)


def targets(session: Session) -> dict[str, Field]:
    """Everything a column of a file can go to here."""
    return TARGETS | all_of(session)


def as_field(stored: CustomField) -> Field:
    """An own field as forms, imports and exports take it. Its label is in nobody's catalogue."""
    kind, length = KINDS[FieldType(stored.type)]
    label = text("{label}", label=stored.label)
    places = {place for place in Shown if getattr(stored, f"show_in_{place}")}
    return Field(
        stored.key,
        kind,
        label,
        FieldGroup.OWN,
        length,
        options=tuple(map(str, stored.options)),
        former=tuple(stored.former.items()),
        shown=frozenset(places),
        help=stored.help,
        required=stored.required,
        is_unique=stored.is_unique,
        is_fast=stored.is_fast,
        default=stored.default,
    )


def shape(kind: FieldType, options: Sequence[str] = ()) -> Field:
    """A field of this type that nobody has: to judge and to show values by."""
    field_kind, length = KINDS[kind]
    return Field("value", field_kind, text("Value"), FieldGroup.OWN, length, options=tuple(options))


def parser(field: Field) -> Callable[[str, FieldContext], Verdict]:
    """Judges texts for an own field; values are as JSON has them."""
    parse = parser_of(field)

    def judge(cell: str, context: FieldContext) -> Verdict:
        verdict = parse(cell, context)
        return verdict._replace(value=verdict.value.isoformat()) if isinstance(verdict.value, date) else verdict

    return judge


def create(session: Session, actor: Actor, label: str, kind: FieldType, options: Sequence[str] = ()) -> CustomField:
    """A new field behind the others; its key comes from the label and never changes.

    Raises NotPermitted; Invalid ("label", "options") for a label that is empty, too long or there already, and for
    missing or too many options.
    """
    actor.require(Permission.SETTINGS)
    clean = checked_label(session, label)
    keys = set(session.exec(select(CustomField.key)).all())
    if len(stored(session)) >= MOST:
        raise Invalid(text("There are {most} own fields, and that is the limit.", most=MOST), "label")
    chosen = checked_options(options) if kind in WITH_OPTIONS else []
    if kind in WITH_OPTIONS and not chosen:
        raise Invalid(text("Give at least one choice."), "options")
    last = session.exec(select(func.coalesce(func.max(col(CustomField.position)), 0))).one()
    made = CustomField(key=_key(clean, keys), label=clean, type=kind, options=chosen, position=last + 1)
    session.add(made)
    session.flush()
    audit.record(session, actor, "field.add", field=made.id or 0, kind=kind.value)
    return made


def checked_label(session: Session, label: str, *, but_for: str = "") -> str:
    """The label as it is stored; that of the field `but_for` is free. Raises Invalid ("label")."""
    clean = " ".join(label.split())
    if not clean or len(clean) > LABEL_LENGTH or not clean.isprintable():
        raise Invalid(text("A field has a name of 1 to {most} characters.", most=LABEL_LENGTH), "label")
    taken = {fold(one.label) for one in stored(session) if one.key != but_for}
    if fold(clean) in taken | _built_in_labels():
        raise Invalid(text("There is a field “{name}” already.", name=clean), "label")
    return clean


def add_option(session: Session, actor: Actor, key: str, option: str) -> str:
    """One more choice of a field, behind the others; the spelling that is there already when it is known.

    Raises NotPermitted; Invalid when the field has no choices, or the text is none.
    """
    actor.require(Permission.SETTINGS)
    found = next((one for one in stored(session) if one.key == key), None)
    if found is None or found.type not in WITH_OPTIONS:
        raise Invalid(text("There is no field “{name}” with choices.", name=key), "options")
    clean = " ".join(option.split())
    for there in found.options:
        if fold(there) == fold(clean):
            return str(there)
    found.options = checked_options([*found.options, clean])
    found.former = {old: new for old, new in found.former.items() if old != clean}
    session.add(found)
    session.flush()
    audit.record(session, actor, "field.option", field=found.id or 0, options=len(found.options))
    return clean


@cache
def _built_in_labels() -> frozenset[str]:
    """In every language: a column of one name must not mean two fields."""
    return frozenset(fold(render(field.label, language)) for field in FIELDS.values() for language in LANGUAGES)


def checked_options(options: Sequence[str]) -> list[str]:
    """The choices as they are stored, each once. Raises Invalid ("options") for too many or too long ones."""
    clean = {fold(option): " ".join(option.split()) for option in reversed(options) if fold(option)}
    chosen = list(reversed(clean.values()))
    if len(chosen) > MOST_OPTIONS or any(len(option) > OPTION_LENGTH for option in chosen):
        raise Invalid(
            text("A field has at most {most} choices of {length} characters.", most=MOST_OPTIONS, length=OPTION_LENGTH),
            "options",
        )
    return chosen


def _key(label: str, taken: set[str]) -> str:
    """The label as a name: "Größe (cm)" becomes grosse_cm; a number behind it when that is taken."""
    name = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")[: KEY_LENGTH - 4] or "field"
    if name[0].isdigit():
        name = "field_" + name[: KEY_LENGTH - 10]
    key, number = name, 1
    while key in taken or key in _RESERVED:
        number += 1
        key = f"{name}_{number}"
    return key
