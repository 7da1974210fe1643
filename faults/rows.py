"""What an import left in a database, in a form that two runs can be compared by."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# Every column but moments: ids, numbers and versions too, because a run that was interrupted must not differ in them.
_MOMENTS = {"created_at", "updated_at", "first_seen"}
TABLES = {
    "contact": "id",
    "contact_point": "id",
    "contact_source": "id",
    "contact_tag": "contact_id, tag_id",
    "tag": "id",
    "import_row": "import_id, row",
}
_DOUBLES = (
    "SELECT external_id FROM contact WHERE external_id IS NOT NULL GROUP BY external_id HAVING count(*) > 1",
    "SELECT email FROM contact WHERE email IS NOT NULL GROUP BY email HAVING count(*) > 1",
    "SELECT contact_id, kind, norm FROM contact_point GROUP BY contact_id, kind, norm HAVING count(*) > 1",
)

Rows = dict[str, list[tuple[Any, ...]]]


def connect(data: Path) -> sqlite3.Connection:
    """Looks without writing: nothing is recovered or checkpointed by looking."""
    return sqlite3.connect(f"file:{data / 'crm.sqlite'}?mode=ro", uri=True, timeout=15)


def of(data: Path) -> Rows:
    """Every row of the tables an import writes, and what the import and its job say of it."""
    found: Rows = {}
    with closing(connect(data)) as connection:
        for table, order in TABLES.items():
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            columns = ", ".join(f'"{name}"' for name in names if name not in _MOMENTS)
            found[table] = connection.execute(f"SELECT {columns} FROM {table} ORDER BY {order}").fetchall()
        query = "SELECT id, state, counts, rows, committed_row, replanned, error FROM import ORDER BY id"
        found["import"] = connection.execute(query).fetchall()
        query = "SELECT action, data FROM audit_entry WHERE action = 'import' ORDER BY id"
        found["audit_entry"] = connection.execute(query).fetchall()
        # How far a reading or check last said to be depends on the clock; a commit counts with its rows.
        query = "SELECT kind, subject_id, state, iif(kind = 'commit', done, NULL), total FROM job ORDER BY id"
        found["job"] = connection.execute(query).fetchall()
    return found


def differences(expected: Rows, found: Rows) -> list[str]:
    """Where two runs differ, a sentence a table."""
    said = []
    for table, rows in expected.items():
        if found[table] != rows:
            odd = [row for row in found[table] if row not in set(rows)][:1]
            said.append(f"{table}: {len(found[table])} rows instead of {len(rows)}, for example {odd}")
    return said


def doubles(data: Path) -> int:
    """How many external ids, addresses or points stand there twice."""
    with closing(connect(data)) as connection:
        return sum(len(connection.execute(query).fetchall()) for query in _DOUBLES)


def damage(data: Path) -> str:
    """What SQLite and the search index complain of in a copy of the database as it lies there; empty when intact."""
    with TemporaryDirectory(prefix="look-") as folder:
        for path in data.glob("crm.sqlite*"):
            if not path.name.endswith("-shm"):
                shutil.copy(path, folder)
        with closing(sqlite3.connect(Path(folder) / "crm.sqlite")) as connection:
            try:
                answers = [row[0] for row in connection.execute("PRAGMA integrity_check")]
                answers += [f"foreign key: {row}" for row in connection.execute("PRAGMA foreign_key_check")]
                connection.execute("INSERT INTO contact_search(contact_search, rank) VALUES ('integrity-check', 1)")
            except sqlite3.DatabaseError as error:
                return str(error)
    return "; ".join(answer for answer in answers if answer != "ok")


def job(data: Path, job_id: int) -> tuple[str, int, str]:
    """State, rows done and claim of a job."""
    with closing(connect(data)) as connection:
        query = "SELECT state, done, coalesce(claim, '') FROM job WHERE id = ?"
        state, done, claim = connection.execute(query, (job_id,)).fetchone()
    return state, done, claim


def last_job(data: Path) -> int:
    """Id of the newest job."""
    with closing(connect(data)) as connection:
        return int(connection.execute("SELECT max(id) FROM job").fetchone()[0])
