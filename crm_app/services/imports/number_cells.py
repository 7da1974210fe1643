"""Numbers of a workbook whose text may be read as another one: 1.234, where people group with dots, as 1234.

Cells are text. Beside those few that can be mistaken stands what the number is; amounts are read from that. An edited
cell is text again. Text files have none of them and are never asked.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from sqlite3 import Connection

from crm_app.services.imports import plan_file
from crm_app.services.imports.reading.types import NumberCell

Edits = Mapping[int, Mapping[int, str]]  # as `plan_file.edits` has them


def keep(plan: Connection, numbers: Iterable[NumberCell]) -> None:
    """Writes them beside the staged cells; `finish` belongs behind the last of them."""
    plan.executemany("INSERT OR REPLACE INTO number VALUES (?, ?, ?)", ((n.row, n.column, n.exact) for n in numbers))


def finish(plan: Connection) -> None:
    """Notes which columns have such cells."""
    found = plan.execute("SELECT DISTINCT idx FROM number ORDER BY idx").fetchall()
    plan_file.put(plan, number_columns=[index for (index,) in found])


def columns(plan: Connection) -> frozenset[int]:
    """The columns with such cells; none in plan files of before."""
    return frozenset(plan_file.fetch(plan, "number_columns") or ())


def write_out(
    plan: Connection, columns: Collection[int], rows: Sequence[int], cells: Sequence[list[str]], edits: Edits
) -> None:
    """Puts the numbers of these columns into `cells` (those of `rows`) so that every country reads them alike."""
    places = {row: place for place, row in enumerate(rows)}
    for row, index, exact in _of(plan, rows):
        if index in columns and index not in edits.get(row, ()):
            cells[places[row]][index] = exact


def carry(
    before: Connection,
    plan: Connection,
    old: Mapping[int, Sequence[str]],
    new: Mapping[int, Sequence[str]],
    edits: Edits,
) -> None:
    """Keeps in `plan` what `before` knows of cells that are still the same; `old` and `new` are cells by row."""
    if not columns(before):
        return
    keep(
        plan,
        [
            NumberCell(row, index, exact)
            for row, index, exact in _of(before, old.keys() & new.keys())
            if index not in edits.get(row, ()) and old[row][index] == new[row][index]
        ],
    )


def _of(plan: Connection, rows: Collection[int]) -> Iterator[tuple[int, int, str]]:
    query = "SELECT row, idx, exact FROM number WHERE row IN (SELECT value FROM json_each(?))"
    yield from plan.execute(query, (json.dumps(list(rows)),))
