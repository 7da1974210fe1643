"""What the query planner knows about the tables an import fills. Without it, lists of a million take seconds."""

from sqlalchemy import Engine, inspect, text

_TABLES = ("contact", "contact_point", "contact_tag", "import_row")


def refresh(engine: Engine) -> None:
    """Full statistics, index by index, so that nobody waits for the write lock longer than one index takes."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            for table in _TABLES:
                connection.execute(text(f'ANALYZE "{table}"'))
            connection.commit()
            return
        names = [index["name"] for table in _TABLES for index in inspect(connection).get_indexes(table)]
        connection.rollback()
        for name in names:
            connection.exec_driver_sql(f'ANALYZE "{name}"')
            connection.commit()
