"""What the query planner knows about the tables an import fills. Without it, lists of a million take seconds."""

from sqlalchemy import Engine
from sqlalchemy import text as sql

from crm_app.services import database

_TABLES = ("contact", "contact_point", "contact_source", "contact_tag", "tag", "import_row")


SMALL = 2_000  # contacts; figures of fewer mislead the planner once there are many


def refresh(engine: Engine) -> None:
    """Full statistics, index by index, so that nobody waits for the write lock longer than one index takes.

    Open connections keep the figures they read: the idle ones are closed, so that new ones know better.
    """
    with engine.connect() as connection:
        if connection.execute(sql("SELECT count(*) FROM contact")).scalar_one() < SMALL:
            return
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
    database.engine().dispose()
