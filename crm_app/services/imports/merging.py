"""Rows that come back to an import: taken in before their check, put in the place of the old ones once they came in.

In between they stand in the plan file of the import that brings them, with the row numbers and columns of the import
they belong to. Until the commit nothing of that import changes.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from sqlmodel import Session

from crm_app.models import Import, ImportState, Outcome
from crm_app.models.base import now
from crm_app.services.errors import Conflict
from crm_app.services.imports import number_cells, plan_file, preview, returning, uploads
from crm_app.services.imports.commit import IS_IN
from crm_app.services.imports.plan_file import storable
from crm_app.services.imports.plan_rows import BY_HAND
from crm_app.services.imports.profile import Profiles
from crm_app.services.imports.rejoining import columns_of, mended

BATCH = 1_000
_PLAN = "row, outcome, planned, contact_id, version, key, reason, data, changes"
# Rows that the import keeps as they were: another file was faster, or somebody left them out.
_STAYED = json.dumps([str(reason.msgid) for reason in (IS_IN.reason, BY_HAND) if reason is not None])
_BROUGHT = (
    "SELECT row FROM mended.plan WHERE row <= :last AND NOT (outcome = 'skip' "
    "AND coalesce(json_extract(reason, '$[0]'), '') IN (SELECT value FROM json_each(:stayed)))"
)
_THESE = f"({_BROUGHT})"
_SAME_LAYOUT = (
    "SELECT (SELECT value FROM main.meta WHERE key = 'layout') = (SELECT value FROM mended.meta WHERE key = 'layout')"
)


def take_in(session: Session, found: Import, file: str) -> None:
    """Turns the staged cells of a file into rows of the import it continues; nothing when that was done.

    `file` is a name for the plan file to be made. Raises Conflict when the import takes no rows back (any more).
    """
    take(session, session.get_one(Import, found.continues_id), uploads.place_of(found), file)


def take(session: Session, original: Import, folder: Path, file: str) -> None:
    """`take_in` for the plan file in a folder that need not be an import's."""
    returning.require_open(session, original.id)
    with plan_file.reading(folder) as staged:
        if plan_file.fetch(staged, "continues") is not None:
            return
        read_out = plan_file.fetch(staged, "read_out")
        keys = returning.keys_in(staged, original, read_out["headers"])
        there = returning.already_in(session, original, list(keys.rows.values()))
        rows = {record: row for record, row in keys.rows.items() if row not in there}
        if not rows:
            raise Conflict(returning.ALL_IN)
        with plan_file.create(folder / file) as plan, plan_file.reading(uploads.place_of(original)) as before:
            _take(plan, staged, before, original, read_out["headers"], rows)
    plan_file.adopt(folder, folder / file)


def put_back(session: Session, found: Import, *, is_done: bool) -> None:
    """Puts the rows that came in with `found` in the place of those that had stayed out; without `is_done` those up to
    its mark. Writes the plan file of the import they belong to, and may be called again at any time; when that file was
    removed, nothing.
    """
    original = session.get_one(Import, found.continues_id)
    folder = uploads.place_of(original)
    if (folder / plan_file.NAME).is_file():
        last = None if is_done else found.committed_row
        with plan_file.writing(folder) as plan:
            _merge(plan, uploads.place_of(found) / plan_file.NAME, len(original.read_out.get("headers", [])), last)


def count(session: Session, found: Import) -> None:
    """Counts the import that `found` continues anew, behind `put_back`."""
    original = session.get_one(Import, found.continues_id)
    folder = uploads.place_of(original)
    if (folder / plan_file.NAME).is_file():
        original.counts = {outcome.value: number for outcome, number in preview.counts(folder).items()}
        with plan_file.reading(folder) as plan:
            query = "SELECT count(*) FROM plan WHERE planned IS NOT NULL"
            original.replanned = int(plan.execute(query).fetchone()[0])
    if original.state == ImportState.DONE:  # nothing of its own is left to be carried out: the mark says it has written
        original.committed_row = max(original.committed_row, found.committed_row)
    original.finished_at = now()
    session.add(original)


def _take(
    plan: Connection,
    staged: Connection,
    before: Connection,
    original: Import,
    headers: Sequence[str],
    rows: dict[int, int],
) -> None:
    known = list(original.read_out.get("headers", []))
    columns, profiles = columns_of(known, headers), Profiles(known)
    for records in _batches(sorted(rows, key=rows.__getitem__)):
        brought = dict(_cells(staged, records))
        old = dict(_cells(before, [rows[record] for record in records]))
        edits = plan_file.edits(before, rows[records[0]], rows[records[-1]])
        cells = []
        for record in records:
            row = rows[record]
            stood = plan_file.edited(old.get(row) or [""] * len(known), edits.get(row, {}))
            cells.append(mended(stood, brought[record], columns))
        profiles.add(cells)
        numbers = [rows[record] for record in records]
        number_cells.carry(before, plan, old, dict(zip(numbers, cells, strict=True)), edits)
        plan.executemany(
            "INSERT INTO cells VALUES (?, ?)", [(row, storable(each)) for row, each in zip(numbers, cells, strict=True)]
        )
        notes = staged.execute(
            "SELECT row, idx, level, message, value FROM note WHERE row IN (SELECT value FROM json_each(?))",
            (json.dumps(records),),
        ).fetchall()
        plan.executemany("INSERT INTO note VALUES (?, ?, ?, ?, ?)", [(rows[record], *note) for record, *note in notes])
    for column in profiles.columns():
        header = column.header.encode("utf-8", "replace").decode()
        values = (column.index, header, column.filled, column.different, column.is_capped)
        plan.execute("INSERT INTO profile VALUES (?, ?, ?, ?, ?, ?)", (*values, storable(column.samples)))
    plan.execute("CREATE INDEX note_row ON note(row)")
    number_cells.finish(plan)
    read_out = plan_file.fetch(staged, "read_out")
    plan_file.put(plan, read_out=read_out, rows=len(rows), taken=len(rows), continues=original.id)


def _cells(plan: Connection, rows: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
    query = "SELECT row, cells FROM cells WHERE row IN (SELECT value FROM json_each(?))"
    for row, cells in plan.execute(query, (json.dumps(rows),)):
        yield row, json.loads(cells)


def _batches(rows: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(rows), BATCH):
        yield rows[start : start + BATCH]


def _merge(plan: Connection, brought: Path, width: int, last: int | None) -> None:
    """Copies cells, outcomes and problems of the rows up to `last` (None = all) into the plan they belong to."""
    plan.execute("ATTACH ? AS mended", (str(brought),))
    asked: dict[str, Any] = {"last": last if last is not None else 2**62, "stayed": _STAYED}
    plan_file.begin_change(plan)
    counts = Counter(plan_file.fetch(plan, "counts") or {})
    counts.subtract(_planned(plan, "main", asked))
    counts.update(_planned(plan, "mended", asked))
    _edit(plan, [row for (row,) in plan.execute(_BROUGHT + " ORDER BY row", asked)], width)
    is_alike = plan.execute(_SAME_LAYOUT).fetchone()[0]
    columns = _PLAN if is_alike else _PLAN.replace("data", "NULL")  # values that no layout explains are not shown
    for table in ("plan", "problem"):
        plan.execute(f"DELETE FROM main.{table} WHERE row IN {_THESE}", asked)  # noqa: S608  (constants)
    plan.execute(f"INSERT INTO main.plan({_PLAN}) SELECT {columns} FROM mended.plan WHERE row IN {_THESE}", asked)  # noqa: S608
    plan.execute(f"INSERT INTO main.problem SELECT * FROM mended.problem WHERE row IN {_THESE}", asked)  # noqa: S608
    if plan_file.fetch(plan, "course"):
        plan.execute(f"DELETE FROM main.member WHERE row IN {_THESE}", asked)  # noqa: S608
        plan.execute(f"INSERT INTO main.member SELECT * FROM mended.member WHERE row IN {_THESE}", asked)  # noqa: S608
    names = _together(plan_file.fetch(plan, "names"), _names(plan))
    plan_file.put(plan, counts={outcome.value: counts[outcome.value] for outcome in Outcome}, names=names)
    plan_file.finish_change(plan)
    plan.execute("DETACH mended")


def _planned(plan: Connection, schema: str, asked: dict[str, Any]) -> dict[str, int]:
    """How many of the rows were planned for each outcome, as the check counts them."""
    query = f"SELECT coalesce(planned, outcome), count(*) FROM {schema}.plan WHERE row IN {_THESE} GROUP BY 1"  # noqa: S608
    return dict(plan.execute(query, asked).fetchall())


def _edit(plan: Connection, rows: Sequence[int], width: int) -> None:
    """The new cells stand beside those of the file, as if somebody had mended them in the preview."""
    for batch in _batches(rows):
        wanted = (json.dumps(batch),)
        changed = []
        old, new = _effective(plan, "main", batch), _effective(plan, "mended", batch)
        for row in batch:
            if row not in old:  # a record that could not be read has no cells
                plan.execute("INSERT INTO main.cells VALUES (?, ?)", (row, storable([""] * width)))
            stood = old.get(row) or [""] * width
            changed += [(row, n, cell) for n, cell in enumerate(new.get(row, stood)) if cell != stood[n]]
        plan.execute("DELETE FROM main.edit_step WHERE row IN (SELECT value FROM json_each(?))", wanted)
        plan.executemany("INSERT OR REPLACE INTO main.edit VALUES (?, ?, ?)", changed)


def _effective(plan: Connection, schema: str, rows: Sequence[int]) -> dict[int, list[str]]:
    """The cells of rows with what was changed in them."""
    wanted = (json.dumps(rows),)
    these = "row IN (SELECT value FROM json_each(?))"
    found = {
        row: json.loads(cells)
        for row, cells in plan.execute(f"SELECT row, cells FROM {schema}.cells WHERE {these}", wanted)  # noqa: S608
    }
    query = f"SELECT row, idx, value FROM {schema}.edit WHERE {these} AND idx >= 0"  # noqa: S608
    for row, index, value in plan.execute(query, wanted):
        if row in found:
            found[row][index] = value
    return found


def _names(plan: Connection) -> dict[str, dict[str, str]]:
    found = plan.execute("SELECT value FROM mended.meta WHERE key = 'names'").fetchone()
    return json.loads(found[0]) if found else {}


def _together(one: dict[str, dict[str, str]] | None, other: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Names of statuses and users by attribute, those known to either."""
    known = one or {}
    return {kind: {**known.get(kind, {}), **other.get(kind, {})} for kind in {**known, **other}}
