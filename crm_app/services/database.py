"""The one engine of this process, and the two ways to use it: `transaction()` writes, `reading()` reads.

SQLite runs in WAL mode; every writing transaction starts with BEGIN IMMEDIATE, because a deferred upgrade fails at
once and ignores the time-out. Services never commit: who opens the transaction does.
"""

import hmac
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy import text as text_clause
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, create_engine

from crm_app import models, settings  # noqa: F401  (models: the metadata is complete before the first session)
from crm_app.locales import text
from crm_app.services.errors import Busy

__all__ = [
    "Connection",
    "Engine",
    "dispose",
    "engine",
    "file",
    "is_sqlite",
    "make_engine",
    "one_at_a_time",
    "reading",
    "transaction",
]

BUSY_SECONDS = 15

# Without these the driver searches how to adapt every single None and truth value, longer than it takes to store it.
sqlite3.register_adapter(type(None), lambda none: none)
sqlite3.register_adapter(bool, int)


@cache
def engine() -> Engine:
    """The engine for `CRM_DATABASE_URL`, made once."""
    return make_engine(settings.get().database)


def make_engine(url: str) -> Engine:
    """An engine with our pragmas and transaction rules."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    made = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
        hide_parameters=True,  # values are personal data and belong in no log
    )

    @event.listens_for(made, "connect")
    def _pragmas(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.create_function("keyed_hash", 2, _keyed_hash, deterministic=True)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
            "cache_size=-8192",
            "temp_store=MEMORY",
            "secure_delete=ON",  # what is deleted is overwritten: an erased person is in no freed room
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(made, "begin")
    def _begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return made


def _keyed_hash(key: bytes, message: str | None) -> str | None:
    """HMAC-SHA256 in hex, for conditions on suppressed addresses."""
    return None if message is None else hmac.digest(key, message.encode(), "sha256").hex()


def file() -> Path | None:
    """The file of the embedded database; None where another one is used."""
    url = engine().url
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


@contextmanager
def transaction() -> Iterator[Session]:
    """One event, one transaction: commits at the end, rolls back on any error.

    Raises Busy when another process holds the write lock longer than the time-out.
    """
    connection = engine().connect().execution_options(begin="IMMEDIATE")
    try:
        with Session(connection, expire_on_commit=False) as session:
            yield session
            session.commit()
    except OperationalError as error:
        if "database is locked" in str(error.orig):
            raise Busy(text("The database is busy. Please try again in a moment.")) from error
        raise
    finally:
        connection.close()


@contextmanager
def reading() -> Iterator[Session]:
    """A session for reading: a stable snapshot, nothing is committed."""
    with Session(engine(), expire_on_commit=False) as session:
        yield session


def one_at_a_time(session: Session, what: str) -> None:
    """Lets the transactions that name the same `what` run one after the other until they end.

    SQLite's writers do so anyway; PostgreSQL takes an advisory lock.
    """
    if not is_sqlite(session):
        session.execute(text_clause("SELECT pg_advisory_xact_lock(hashtext(:what))"), {"what": what})


def dispose() -> None:
    """Closes the engine's connections and forgets it (tests, restore)."""
    if engine.cache_info().currsize:
        engine().dispose()
    engine.cache_clear()
