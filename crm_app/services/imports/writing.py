"""What the rows of an import become as rows of `contact`: their ids, and values as its columns take them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text as sql
from sqlmodel import Session

from crm_app.services import bulk, database
from crm_app.services.custom_fields import PREFIX
from crm_app.services.imports.layout import MOMENTS
from crm_app.services.imports.plan_file import encode


def next_contact_ids(session: Session, count: int) -> Iterable[int]:
    """Ids for new contacts. On SQLite the caller holds the write lock, so the next ids are free."""
    if database.is_sqlite(session):
        last = int(session.execute(sql("SELECT coalesce(max(id), 0) FROM contact")).scalar_one())
        return range(last + 1, last + count + 1)
    query = "SELECT nextval(pg_get_serial_sequence('contact', 'id')) FROM generate_series(1, :count)"
    return [int(id_) for id_ in session.execute(sql(query), {"count": count}).scalars()]


def storable(target: str, value: Any) -> Any:
    """A field's JSON value as the databases take it."""
    if value is not None and target in MOMENTS:
        return bulk.moment(datetime.fromisoformat(value))
    return value


def as_columns(new: Mapping[str, Any], stored: Any) -> dict[str, Any]:
    """Changed values by the columns of `contact` they stand in; own fields go beside those `stored` has."""
    written = {name: storable(name, value) for name, value in new.items() if not name.startswith(PREFIX)}
    if len(written) < len(new):
        own = {name.removeprefix(PREFIX): value for name, value in new.items() if name.startswith(PREFIX)}
        together = (stored.custom or {}) | own
        written["custom"] = encode({key: value for key, value in together.items() if value is not None})
    return written
