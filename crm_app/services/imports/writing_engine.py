"""The database connection of a commit: made for many rows, not for the disk's every word."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from crm_app import settings
from crm_app.services import database

CACHE_KIB = 40_960  # of the server, which shall stay small; the command line takes more
LOCKED_SECONDS = 120  # how long a chunk waits for somebody else's write lock before the job gives up
CHECKPOINT_CHUNKS = 8  # index pages change in every chunk: copying them back after several saves most of the copies


@contextmanager
def engine_for_writing(cache_kib: int = CACHE_KIB) -> Iterator[Engine]:
    """An engine of its own: a large page cache, and no wait for the disk at each chunk.

    With `synchronous=NORMAL` a power cut may take the last chunks away, never part of one; the import then goes on
    from the chunk before.
    """
    engine = database.make_engine(settings.get().database)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _record: Any) -> None:
            # Every id a chunk writes was read or made under the same lock, so SQLite need not look each up again.
            connection.execute("PRAGMA foreign_keys=OFF")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA wal_autocheckpoint=0")  # `checkpoint` does it between chunks
            connection.execute(f"PRAGMA cache_size=-{cache_kib}")

    try:
        yield engine
    finally:
        engine.dispose()


def checkpoint(connection: Connection) -> None:
    """Copies the write-ahead log back into the database, without waiting for and without stopping anybody."""
    if connection.dialect.name == "sqlite" and not connection.in_transaction():
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


@contextmanager
def locked(connection: Connection) -> Iterator[Session]:
    """A session that holds the write lock from its first moment; waits patiently for others to let go."""
    deadline = time.monotonic() + LOCKED_SECONDS
    with Session(connection, expire_on_commit=False) as session:
        session.info["locks"] = True
        while True:
            try:
                session.connection()
                break
            except OperationalError as error:
                session.rollback()
                if "locked" not in str(error.orig) or time.monotonic() > deadline:
                    raise
        yield session
