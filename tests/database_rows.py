"""Everything the database holds, to compare before and after what must change nothing."""

from typing import Any

from sqlmodel import SQLModel

from crm_app.services import database

Rows = dict[str, list[Any]]


def rows(*but: str) -> Rows:
    """Every row of every table but the audit, which is looked at on its own, and those named."""
    left_out = {"audit_entry", *but}
    with database.engine().connect() as connection:
        return {
            name: connection.execute(table.select()).all()
            for name, table in SQLModel.metadata.tables.items()
            if name not in left_out
        }
