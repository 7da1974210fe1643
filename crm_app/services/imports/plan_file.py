"""The file of one import: raw cells, edits, problems and the plan, so that the database stays small.

`cells` and what belongs to them are written once by the staging; `plan` and `problem` anew by every check.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from json.encoder import c_make_encoder, encode_basestring, encode_basestring_ascii  # type: ignore[attr-defined]
from pathlib import Path
from typing import Any

from crm_app.locales import Text, text
from crm_app.services.errors import Conflict

NAME = "plan.sqlite"
NEW = ".new"  # ending of a plan file that is being written
SOURCE = "source"  # the file as it was brought
WHOLE_ROW = -1  # index of a problem that belongs to no single cell, and of the edit that leaves a row out
CHOSEN = -2  # index of the edit that says which contact a row means: its number, or ANOTHER = none that is stored
ANOTHER = "new"
# Records that could not be read are rows too: they only exist as notes. This finds them.
REFUSED = "SELECT DISTINCT row FROM note WHERE level = 'error' AND row NOT IN (SELECT row FROM cells)"

_GONE = text("The rows of this import are not kept any more.")

_STAGED = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE cells(row INTEGER PRIMARY KEY, cells TEXT NOT NULL);
CREATE TABLE number(row INTEGER, idx INTEGER, exact TEXT NOT NULL, PRIMARY KEY(row, idx)) WITHOUT ROWID;
CREATE TABLE edit(row INTEGER, idx INTEGER, value TEXT NOT NULL, PRIMARY KEY(row, idx)) WITHOUT ROWID;
CREATE TABLE edit_step(step INTEGER NOT NULL, row INTEGER NOT NULL, idx INTEGER NOT NULL, before TEXT);
CREATE TABLE note(row INTEGER, idx INTEGER NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL, value TEXT NOT NULL);
CREATE TABLE profile(idx INTEGER PRIMARY KEY, header TEXT NOT NULL, filled INTEGER NOT NULL,
    different INTEGER NOT NULL, capped INTEGER NOT NULL, samples TEXT NOT NULL);
"""
_PLAN = """
DROP TABLE IF EXISTS plan; DROP TABLE IF EXISTS problem; DROP TABLE IF EXISTS problem_group;
DROP TABLE IF EXISTS similar; DROP TABLE IF EXISTS member;
CREATE TABLE plan(row INTEGER PRIMARY KEY, outcome TEXT NOT NULL, planned TEXT, contact_id INTEGER, version INTEGER,
    key TEXT, reason TEXT, data TEXT, changes TEXT);
CREATE TABLE problem(row INTEGER NOT NULL, idx INTEGER NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL,
    value TEXT NOT NULL);
CREATE TABLE problem_group(idx INTEGER NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL, rows INTEGER NOT NULL);
CREATE TABLE similar(row INTEGER, contact_id INTEGER, number INTEGER NOT NULL, score INTEGER NOT NULL,
    reasons TEXT NOT NULL, PRIMARY KEY(row, contact_id)) WITHOUT ROWID;
CREATE TABLE member(row INTEGER PRIMARY KEY, offer INTEGER, place TEXT);
"""
_PLAN_INDEXES = """
CREATE INDEX plan_outcome ON plan(outcome, row);
CREATE INDEX plan_planned ON plan(planned, row) WHERE planned IS NOT NULL;
CREATE INDEX problem_row ON problem(row);
CREATE INDEX problem_idx ON problem(idx, message, row);
"""
_PROBLEM_GROUPS = """
DELETE FROM problem_group;
INSERT INTO problem_group SELECT idx, level, message, count(DISTINCT row) FROM problem GROUP BY idx, level, message;
"""


def _encoder(quoted: Callable[[str], str]) -> Callable[[Any], str]:
    """JSON without blanks. The encoder is made once: `JSONEncoder.encode` makes one for every value, half its time."""
    parts = c_make_encoder(None, json.JSONEncoder().default, quoted, None, ":", ",", False, False, True)
    return lambda value: "".join(parts(value, 0))


encode = _encoder(encode_basestring)
encode_ascii = _encoder(encode_basestring_ascii)  # for lone surrogates, which no file can hold otherwise


def storable(value: Any) -> str:
    """JSON of `value` that SQLite takes, whatever characters are in it."""
    encoded = encode(value)
    return encoded if encoded.isascii() or is_storable(encoded) else encode_ascii(value)


def is_storable(text: str) -> bool:
    """Whether the text can be written as UTF-8 at all."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def text_json(message: Text) -> str:
    """A message as it is stored."""
    return encode_ascii(message.to_json())


def text_of(stored: str) -> Text:
    """The way back from `text_json`."""
    return Text.from_json(json.loads(stored))


@contextmanager
def create(path: Path) -> Iterator[sqlite3.Connection]:
    """A new, empty plan file under a name of its own; `adopt` puts it in its place."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-16384;" + _STAGED)
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")


def adopt(folder: Path, path: Path) -> None:
    """Makes a finished file the import's plan file and removes what other tries left."""
    for ending in ("-wal", "-shm"):
        (folder / (NAME + ending)).unlink(missing_ok=True)
    path.replace(folder / NAME)
    for leftover in folder.glob(f"*{NEW}"):
        leftover.unlink(missing_ok=True)


@contextmanager
def writing(folder: Path) -> Iterator[sqlite3.Connection]:
    """The plan file for changes; each statement is its own transaction unless the caller begins one.

    Raises Conflict when the import's files were removed.
    """
    with closing(_open(folder / NAME, "rw")) as connection:
        # What a killed process left half done is made again by the next check: no need to wait for the disk.
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-8192;")
        yield connection


@contextmanager
def reading(folder: Path, name: str = NAME) -> Iterator[sqlite3.Connection]:
    """The plan file for reading; `name` is that of one not yet adopted. Raises like `writing`."""
    with closing(_open(folder / name, "ro")) as connection:
        yield connection


def _open(path: Path, mode: str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=15)
    except sqlite3.OperationalError as error:
        if path.exists():
            raise
        raise Conflict(_GONE) from error


def begin_plan(connection: sqlite3.Connection) -> None:
    """Throws the old plan away and opens the transaction that writes the new one."""
    _each(connection, "BEGIN IMMEDIATE;" + _PLAN)


def finish_plan(connection: sqlite3.Connection) -> None:
    """Builds the indexes the preview pages by, and makes the plan visible."""
    _each(connection, _PLAN_INDEXES + _PROBLEM_GROUPS + "COMMIT")


def begin_change(connection: sqlite3.Connection) -> None:
    """Opens the transaction that changes some rows of a finished plan."""
    connection.execute("BEGIN IMMEDIATE")


def finish_change(connection: sqlite3.Connection) -> None:
    """Counts the problems again and makes the changed rows visible."""
    _each(connection, _PROBLEM_GROUPS + "COMMIT")


def _each(connection: sqlite3.Connection, statements: str) -> None:
    """Like `executescript`, which would commit first."""
    for statement in statements.split(";"):
        connection.execute(statement)


def edits(connection: sqlite3.Connection, first: int, last: int) -> dict[int, dict[int, str]]:
    """What people changed in the rows from `first` to `last`: text by column index; WHOLE_ROW = the row is left out."""
    found: dict[int, dict[int, str]] = {}
    for row, index, value in connection.execute(
        "SELECT row, idx, value FROM edit WHERE row BETWEEN ? AND ?", (first, last)
    ):
        found.setdefault(row, {})[index] = value
    return found


def edited(cells: list[str], changes: Mapping[int, str]) -> list[str]:
    """The cells of a row with what people changed in them."""
    return [changes.get(index, cell) for index, cell in enumerate(cells)] if changes else cells


def like(word: str) -> str:
    """LIKE pattern of a word as it stands inside the JSON of cells (ESCAPE '~'; ASCII letters match in either case)."""
    inside = storable(word)[1:-1]
    for special in "~%_":
        inside = inside.replace(special, "~" + special)
    return f"%{inside}%"


def put(connection: sqlite3.Connection, **values: Any) -> None:
    """Keeps facts about the whole file, as JSON."""
    rows = [(key, storable(value)) for key, value in values.items()]
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)


def fetch(connection: sqlite3.Connection, key: str) -> Any:
    """One fact kept by `put`; None when there is none."""
    found = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return json.loads(found[0]) if found else None
