"""Copies of the embedded database and of the files kept with contacts, taken while they are in use; their way back
is `restoring.py`.

Files never change, so a copy on the same disk is a link that takes no room.
"""

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from crm_app import settings
from crm_app.locales import text
from crm_app.services.errors import CRMError, Invalid


def database_path(engine: Engine) -> Path:
    """The file of the embedded database. Raises Invalid for another one."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        raise Invalid(text("Backups are made here for the embedded database only. Use pg_dump for PostgreSQL."))
    return Path(engine.url.database)


def create(engine: Engine, *, reason: str = "manual", target: Path | None = None) -> Path:
    """Writes a consistent copy of the database (0600), its files in a folder beside it, and returns its path.

    SQLite's online backup runs beside writers: everything committed before the start is inside.
    """
    source = database_path(engine)
    if target is None:
        folder = settings.get().backups_dir
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        target = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}-{reason}.sqlite"
    target.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as from_, closing(sqlite3.connect(target)) as to:
        from_.backup(to)
    check(target)
    _copy_missing(settings.get().attachments_dir, files_of(target))
    return target


def files_of(path: Path) -> Path:
    """The folder beside a backup with the files kept with contacts; not there when there were none."""
    return path.with_name(path.name + ".files")


def check(path: Path) -> None:
    """Raises CRMError unless `path` is an intact database. SQLite takes an empty file for one; here it is none."""
    if not path.stat().st_size:
        raise CRMError(text("{name} is not a usable database: {reason}", name=path.name, reason="0 bytes"))
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise CRMError(text("{name} is not a usable database: {reason}", name=path.name, reason=str(error))) from error
    if answer != "ok":
        raise CRMError(text("{name} is not a usable database: {reason}", name=path.name, reason=answer))


def put_in_place(engine: Engine, path: Path) -> None:
    """Writes the database at `path` over the present one, as a whole or not at all. The server must not run."""
    engine.dispose()
    with closing(sqlite3.connect(path)) as from_, closing(sqlite3.connect(database_path(engine))) as to:
        from_.backup(to)


def put_files_back(path: Path) -> None:
    """Those of the backup's files that are missing."""
    _copy_missing(files_of(path), settings.get().attachments_dir)


def _copy_missing(source: Path, target: Path) -> None:
    """What the target has not: linked where both are on one disk, else copied."""
    if not source.is_dir():
        return
    for path in source.iterdir():
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = target / path.name
        with suppress(FileNotFoundError):  # swept away meanwhile: nothing refers to it
            if not new.exists():
                try:
                    os.link(path, new)
                except OSError:
                    shutil.copy2(path, new)
