"""`column IN (thousands of values)` as one parameter, on both databases."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, bindparam, func, literal, select
from sqlmodel import Session

from crm_app.services import database
from crm_app.services.imports.plan_file import encode


def among(session: Session, column: Any, values: Sequence[int] | Sequence[str]) -> ColumnElement[bool]:
    """The condition that the column holds one of the values."""
    if database.is_sqlite(session):
        listed = func.json_each(literal(encode(list(values)))).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(bindparam(None, list(values), type_=ARRAY(column.type), unique=True))
