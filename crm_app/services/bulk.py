"""Many values and rows at once, on both databases: one parameter for a long list, tuples straight to the driver.

Values come as JSON has them: dates and moments in ISO form, which both databases take as text.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, bindparam, func, literal, select
from sqlmodel import Session

from crm_app.services import database

Rows = Sequence[tuple[Any, ...]]


def among(session: Session, column: Any, values: Sequence[int] | Sequence[str]) -> ColumnElement[bool]:
    """The condition that the column holds one of the values."""
    if database.is_sqlite(session):
        listed = func.json_each(literal(json.dumps(list(values), ensure_ascii=False))).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(bindparam(None, list(values), type_=ARRAY(column.type), unique=True))


def insert(session: Session, table: str, columns: Sequence[str], rows: Rows) -> None:
    """Inserts the rows; columns are quoted here. In the caller's transaction."""
    if not rows:
        return
    names = ", ".join(f'"{name}"' for name in columns)
    connection = session.connection()
    if database.is_sqlite(session):
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(rows))  # noqa: S608  (our names)
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def update(session: Session, table: str, assignments: str, condition: str, rows: Rows) -> None:
    """UPDATE with `?` marks in both parts, once per row."""
    run(session, f'UPDATE "{table}" SET {assignments} WHERE {condition}', rows)  # noqa: S608  (names and conditions are ours)


def run(session: Session, statement: str, rows: Rows) -> None:
    """A statement with `?` marks, once per row."""
    if rows:
        marks = statement if database.is_sqlite(session) else statement.replace("?", "%s")
        session.connection().exec_driver_sql(marks, list(rows))


def moment(at: datetime) -> str:
    """A moment as both databases store it: UTC without a zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
