"""What the query planner knows about the tables an import fills. Without it, lists of a million take seconds."""

from sqlalchemy import Engine
from sqlalchemy import text as sql

_TABLES = ("contact", "contact_point", "contact_source", "contact_tag", "tag", "import_row")


def refresh(engine: Engine) -> None:
    """Full statistics, index by index, so that nobody waits for the write lock longer than one index takes."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            for table in _TABLES:
                connection.execute(sql(f'ANALYZE "{table}"'))
            connection.commit()
            return
        # Those behind primary keys too: an index without figures beside one with some is never chosen.
        found = connection.execute(sql("SELECT name, tbl_name FROM sqlite_master WHERE type = 'index'")).all()
        connection.rollback()
        for name, table in found:
            if table in _TABLES:
                connection.exec_driver_sql(f'ANALYZE "{name}"')
                connection.commit()
