"""Databases on the tests' PostgreSQL server: one migrated template a worker, one copy of it a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

from sqlalchemy import Engine, create_engine, text
from sqlmodel import Session

from crm_app.services import database, installation, schema


def migrate(engine: Engine) -> None:
    """Schema and first rows."""
    schema.upgrade(engine)
    with Session(engine) as session:
        installation.ensure_seed(session)
        session.commit()


@contextmanager
def template(server: str, worker: str) -> Iterator[None]:
    """The migrated database that `copy` copies."""
    with _made(server, f"template_{worker}") as url:
        engine = database.make_engine(url)
        migrate(engine)
        engine.dispose()
        yield


@contextmanager
def copy(server: str, worker: str) -> Iterator[str]:
    """The URL of a fresh copy, dropped afterwards."""
    with _made(server, f"test_{worker}_{token_hex(4)}", f"TEMPLATE template_{worker}") as url:
        yield url


@contextmanager
def _made(server: str, name: str, how: str = "") -> Iterator[str]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} {how}"))
    try:
        yield server.rsplit("/", 1)[0] + "/" + name
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        engine.dispose()
