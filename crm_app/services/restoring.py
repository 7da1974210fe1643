"""A backup put back without forgetting what people said since (decision 0027).

A backup is as old as it is. What the ledger, suppression and erasures of the replaced database know more is carried
over into it before it takes the place: nobody who revoked is written to again, nobody erased is back.
"""

import logging
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from crm_app.locales import Text, text
from crm_app.services import backup, carrying_messages, carrying_over, database, schema
from crm_app.services.carrying_over import Carried
from crm_app.services.errors import CRMError

log = logging.getLogger(__name__)

DAMAGED = text(
    "The database before was damaged and is kept as {name}: what people revoked since the backup is not known."
)

_DAMAGED_CODES = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(frozen=True, slots=True)
class Restored:
    """`kept` is the copy of the database before, None where there was none; `notes` say what somebody has to do."""

    kept: Path | None
    carried: Carried = field(default_factory=Carried)
    notes: list[Text] = field(default_factory=list)


def restore(engine: Engine, path: Path) -> Restored:
    """Puts the backup at `path` in the place of the database, with its files, migrated, and with what the replaced
    one knew more of consents, suppressions and erasures. The server must not run.

    Killed before its end, the database before is still in its place. A damaged one is kept as it is, and nothing can
    be carried over. Raises CRMError when the file is no intact database, or of a newer program.
    """
    backup.check(path)
    kept, is_damaged = _kept(engine)
    notes = [text(DAMAGED.msgid, name=kept.name)] if kept is not None and is_damaged else []
    with _staged(engine, path) as staged:
        schema.upgrade(staged, keeps_copy=False)  # the backup is the copy
        backup.put_files_back(path)
        carried = Carried()
        if kept is not None and not is_damaged:
            with closing(sqlite3.connect(f"file:{kept}?mode=ro", uri=True)) as source:
                source.row_factory = sqlite3.Row
                with (
                    staged.connect().execution_options(begin="IMMEDIATE") as connection,
                    Session(connection) as session,
                ):
                    carried = carrying_over.carry(session, source)
                    session.commit()
        else:
            notes += _held(staged)
        _compact(staged)
        if is_damaged:
            _remove(engine)  # nothing can be written into a file that is no database
        backup.put_in_place(engine, Path(str(staged.url.database)))
    for file in carried.files:
        file.unlink(missing_ok=True)
    return Restored(kept, carried, [*notes, *carried.notes])


def _held(staged: Engine) -> list[Text]:
    """Nothing is known of what left since."""
    with staged.connect().execution_options(begin="IMMEDIATE") as connection, Session(connection) as session:
        found = carrying_messages.hold(session)
        session.commit()
    return found


def _kept(engine: Engine) -> tuple[Path | None, bool]:
    """A copy of the present database, and whether it is damaged."""
    target = backup.database_path(engine)
    if not target.exists() or not target.stat().st_size:
        return None, False
    try:
        return backup.create(engine, reason="before-restore"), False
    except (CRMError, sqlite3.DatabaseError) as error:
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in _DAMAGED_CODES:
            raise  # locked, or no room: it may well be intact
        log.warning("the database to be replaced is damaged")
        copy = target.with_name(f"{target.name}.damaged-{secrets.token_hex(4)}")
        shutil.copy2(target, copy)
        return copy, True


def _remove(engine: Engine) -> None:
    engine.dispose()
    target = backup.database_path(engine)
    for ending in ("", "-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)


@contextmanager
def _staged(engine: Engine, path: Path) -> Iterator[Engine]:
    """A copy of the backup beside the database, to be made ready."""
    place = backup.database_path(engine).with_name(f"restore-{secrets.token_hex(8)}.sqlite")
    place.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as from_, closing(sqlite3.connect(place)) as to:
        from_.backup(to)
    staged = database.make_engine(f"sqlite:///{place}")
    try:
        yield staged
    finally:
        staged.dispose()
        for ending in ("", "-wal", "-shm"):
            place.with_name(place.name + ending).unlink(missing_ok=True)


def _compact(staged: Engine) -> None:
    with closing(staged.raw_connection()) as connection:
        driver = connection.driver_connection
        assert driver is not None
        driver.execute("INSERT INTO contact_search(contact_search) VALUES ('optimize')")
        driver.execute("VACUUM")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
