"""Values of own fields as SQL: they stand in the JSON of `Contact.custom`. Filters, sorting and indexes say it alike.

The keys stand in the statement itself, not as parameters: so the index of a field serves whatever asks for it. A value
of another kind than the field's, as an undo may bring back, counts as none.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Float, String, case, exists, func, literal, literal_column, select
from sqlmodel import Session

from crm_app.models import Contact
from crm_app.services import database
from crm_app.services.fields.registry import Field, FieldKind

MOST_FAST = 20
# A list is no key of an index, and a long text may be longer than one can hold.
NEVER_FAST = (FieldKind.CHOICES, FieldKind.LONG_TEXT)
_JSON_TYPES = {FieldKind.AMOUNT: ("number", "float8"), FieldKind.YES_NO: ("boolean", "boolean")}
_SQLITE_TYPES = {FieldKind.AMOUNT: "'integer', 'real'", FieldKind.YES_NO: "'true', 'false'"}
_SQL_TYPES: dict[FieldKind, Any] = {FieldKind.AMOUNT: Float, FieldKind.YES_NO: Boolean}


def column(session: Session, field: Field) -> Any:
    """The value of an own field: a number, a truth value, or a text; days are texts in ISO form."""
    return literal_column(expression(field, is_sqlite=database.is_sqlite(session)), _SQL_TYPES.get(field.kind, String))


def expression(field: Field, *, is_sqlite: bool) -> str:
    """The value as the statement says it, also that of its index."""
    key = _clean(field.name)
    if is_sqlite:
        path = f"contact.custom, '$.\"{key}\"'"
        if field.kind in _SQLITE_TYPES:
            return f"(CASE WHEN json_type({path}) IN ({_SQLITE_TYPES[field.kind]}) THEN json_extract({path}) END)"
        return f"json_extract({path})"
    if field.kind not in _JSON_TYPES:
        return f"(contact.custom ->> '{key}')"
    kind, type_ = _JSON_TYPES[field.kind]
    return (
        f"(CASE WHEN json_typeof(contact.custom -> '{key}') = '{kind}' THEN (contact.custom ->> '{key}')::{type_} END)"
    )


def as_text(session: Session, key: str) -> Any:
    """Whatever the value is, as text; NULL for nothing."""
    if database.is_sqlite(session):
        return literal_column(f"json_extract(contact.custom, '$.\"{_clean(key)}\"')", String)
    return literal_column(f"(contact.custom ->> '{_clean(key)}')", String)


def as_json(session: Session, key: str) -> Any:
    """The value as JSON text; NULL for nothing. Equal values have equal texts, however they were written."""
    name = _clean(key)
    if database.is_sqlite(session):
        path = f"contact.custom, '$.\"{name}\"'"
        written = f"json_extract({path})"
        truth = f"CASE json_type({path}) WHEN 'true' THEN 'true' ELSE 'false' END"
        return literal_column(
            f"CASE WHEN json_type({path}) IN ('true', 'false') THEN {truth} "
            f"WHEN json_type({path}) IN ('array', 'object') THEN {written} "
            f"WHEN {written} IS NOT NULL THEN json_quote({written}) END",
            String,
        )
    return literal_column(
        f"CASE WHEN (contact.custom ->> '{name}') IS NOT NULL THEN (contact.custom -> '{name}')::text END", String
    )


def lists_any(session: Session, key: str, values: Sequence[str]) -> ColumnElement[bool]:
    """The field holds a list with one of these in it."""
    if database.is_sqlite(session):
        listed: Any = func.json_each(Contact.custom, f'$."{_clean(key)}"').table_valued("value")
    else:
        stored: Any = literal_column(f"(contact.custom -> '{_clean(key)}')")
        is_list = func.json_typeof(stored) == "array"
        listed = func.json_array_elements_text(case((is_list, stored), else_=literal_column("'[]'::json")))
        listed = listed.table_valued("value")
    return exists(select(literal(1)).select_from(listed).where(listed.c.value.in_(values)))


def _clean(key: str) -> str:
    """Keys are made by us, of small letters, digits and the low line (`custom_fields.create`)."""
    assert key.isascii() and key.replace("_", "").isalnum(), key
    return key
