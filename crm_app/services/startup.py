"""Makes the data folder and its database ready, for the server and for every command."""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError

from crm_app import settings
from crm_app.locales import text
from crm_app.services import database, installation, schema, secret_key
from crm_app.services.errors import CRMError

log = logging.getLogger(__name__)

# What SQLite says of a file it cannot work with; anything else is a fault of this program and shows as one.
_UNUSABLE = {
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
}


def make_folders() -> None:
    """Creates the data folder and those of imports and files, readable by this account alone."""
    settings.get().data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.get().imports_dir.mkdir(exist_ok=True, mode=0o700)
    settings.get().attachments_dir.mkdir(exist_ok=True, mode=0o700)


def prepare() -> None:
    """Creates the data folder, migrates the database and writes the first rows. Safe to call at every start.

    Raises CRMError when the database file is emptied, damaged or may not be written; the file stays as it is.
    """
    make_folders()
    _refuse_emptied()
    old = os.umask(0o077)
    try:
        with _usable():
            schema.upgrade()
            with database.transaction() as session:
                installation.ensure_seed(session)
                if message := secret_key.problem(session):
                    log.error("%s", message)
    finally:
        os.umask(old)


def _refuse_emptied() -> None:
    """A new installation has no file at all; one of 0 bytes held a database once."""
    path = database.file()
    if path is not None and path.is_file() and not path.stat().st_size:
        raise CRMError(
            text(
                "{path} is no database any more: it is empty. Restore a backup (crm restore FILE), or delete this file "
                "to begin with a new database.",
                path=str(path),
            )
        )


@contextmanager
def _usable() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # the lowest byte is the kind, the rest its detail
        if code not in _UNUSABLE:
            raise
        path = database.file()
        name = path.name if path is not None else ""
        raise CRMError(text("{name} is not a usable database: {reason}", name=name, reason=str(error.orig))) from error
