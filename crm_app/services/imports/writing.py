"""Many rows at once into the database: tuples straight to the driver on SQLite, COPY on PostgreSQL.

Values come as JSON has them: dates and moments in ISO form, which both databases take as text.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text as sql
from sqlmodel import Session

from crm_app.services import database
from crm_app.services.custom_fields import PREFIX
from crm_app.services.imports.layout import MOMENTS
from crm_app.services.imports.plan_file import encode

Rows = Sequence[tuple[Any, ...]]


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


def next_contact_ids(session: Session, count: int) -> Iterable[int]:
    """Ids for new contacts. On SQLite the caller holds the write lock, so the next ids are free."""
    if database.is_sqlite(session):
        last = int(session.execute(sql("SELECT coalesce(max(id), 0) FROM contact")).scalar_one())
        return range(last + 1, last + count + 1)
    query = "SELECT nextval(pg_get_serial_sequence('contact', 'id')) FROM generate_series(1, :count)"
    return [int(id_) for id_ in session.execute(sql(query), {"count": count}).scalars()]


def moment(at: datetime) -> str:
    """A moment as both databases store it: UTC without a zone."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def storable(target: str, value: Any) -> Any:
    """A field's JSON value as the databases take it."""
    if value is not None and target in MOMENTS:
        return moment(datetime.fromisoformat(value))
    return value


def as_columns(new: Mapping[str, Any], stored: Any) -> dict[str, Any]:
    """Changed values by the columns of `contact` they stand in; own fields go beside those `stored` has."""
    written = {name: storable(name, value) for name, value in new.items() if not name.startswith(PREFIX)}
    if len(written) < len(new):
        own = {name.removeprefix(PREFIX): value for name, value in new.items() if name.startswith(PREFIX)}
        together = (stored.custom or {}) | own
        written["custom"] = encode({key: value for key, value in together.items() if value is not None})
    return written
