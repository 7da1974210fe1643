"""What was deleted leaves freed room: the search index merged, the database written anew, its log emptied."""

import time
from contextlib import closing

from sqlalchemy.exc import OperationalError

from crm_app.locales import text
from crm_app.services import database
from crm_app.services.errands import Watch
from crm_app.services.errors import Busy

STEP = 500  # pages of the search index that one transaction merges
TRIES = 40
WAIT_SECONDS = 0.25


def clean(watch: Watch | None = None) -> None:
    """Leaves nothing of deleted rows in the database's files. Takes a second for a small base, minutes for a million.

    Readers go on meanwhile; writers wait. Raises Busy when others keep the database for long.
    """
    if database.engine().dialect.name != "sqlite":
        _vacuum_postgres()
        return
    _merge_search_index(watch)
    with closing(database.engine().raw_connection()) as connection:
        driver = connection.driver_connection
        assert driver is not None
        _patiently(lambda: driver.execute("VACUUM"))
        _patiently(lambda: _truncate(driver))


def _merge_search_index(watch: Watch | None) -> None:
    """Until one segment is left: only then are the words of deleted contacts out of it. In small transactions."""
    pages, before = -STEP, -1
    while watch is None or not watch.should_stop():
        with database.transaction() as session:
            connection = session.connection()
            first = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
            connection.exec_driver_sql(
                f"INSERT INTO contact_search(contact_search, rank) VALUES ('merge', {pages})"  # noqa: S608  (a number)
            )
            before = connection.exec_driver_sql("SELECT total_changes()").scalar_one() - first
        pages = STEP
        if before < 2:
            return


def _truncate(driver: object) -> None:
    blocked = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]  # type: ignore[attr-defined]
    if blocked:
        raise OperationalError("wal_checkpoint", {}, Exception("database is locked"))


def _patiently(act: object) -> None:
    """Again and again while somebody reads or writes. Raises Busy."""
    for _ in range(TRIES):
        try:
            act()  # type: ignore[operator]
        except Exception as error:
            if "locked" not in str(error):
                raise
            time.sleep(WAIT_SECONDS)
        else:
            return
    raise Busy(text("The database was in use all the time. Start the cleaning again in a quiet moment."))


def _vacuum_postgres() -> None:
    with database.engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM")
