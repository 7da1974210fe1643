"""Finding a text in one column of an import and replacing it, on the plan file: cells with what was changed in them.

Batch by batch, so that a million rows need no more memory than a thousand. `edits` is the way in.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from sqlite3 import Connection

from crm_app.locales import Text, text
from crm_app.services.errors import Invalid
from crm_app.services.imports import plan_file

BATCH = 5_000
_LOOKED_AT = 200  # characters of the text by which rows are told apart at first sight

# As bytes: a cell may hold what is no text, and such a one is never found.
_CELL = "CAST(coalesce(edit.value, json_extract(cells.cells, :place)) AS BLOB)"
# Most rows need no closer look: the text stands nowhere in them.
_CELLS = (
    "FROM cells LEFT JOIN edit ON edit.row = cells.row AND edit.idx = :index "
    f"WHERE (edit.value IS NOT NULL OR cells.cells LIKE :somewhere ESCAPE '~') AND holds({_CELL})"
)


@dataclass(frozen=True, slots=True)
class Search:
    """A plain text looked for in the cells of one column.

    `whole_cell`: it is all the cell holds, but for spaces around it; then an empty text means blank cells.
    """

    index: int
    find: str
    whole_cell: bool = False
    match_case: bool = False

    @property
    def is_possible(self) -> bool:
        """An empty text stands everywhere and nowhere."""
        return self.index >= 0 and (self.whole_cell or self.find != "")

    def replacing(self, new: str) -> Callable[[str], str]:
        """What becomes of a cell; one that does not hold the text stays as it is."""
        pattern = self._pattern()
        if self.whole_cell:
            return lambda cell: new if pattern.fullmatch(cell.strip()) else cell
        return lambda cell: pattern.sub(lambda _: new, cell)

    def holding(self) -> Callable[[bytes | None], bool]:
        """Whether a cell (UTF-8, None = there is none) holds the text."""
        pattern = self._pattern()
        matches = pattern.fullmatch if self.whole_cell else pattern.search

        def holds(cell: bytes | None) -> bool:
            if cell is None:
                return False
            try:
                decoded = cell.decode()
            except UnicodeDecodeError:
                return False
            return matches(decoded.strip() if self.whole_cell else decoded) is not None

        return holds

    def somewhere(self) -> str:
        """LIKE pattern of rows that may hold the text; it knows the two cases of ASCII letters only."""
        if not self.match_case and not self.find.isascii():
            return "%"
        return plan_file.like(self._wanted[:_LOOKED_AT])

    def _pattern(self) -> re.Pattern[str]:
        return re.compile(re.escape(self._wanted), 0 if self.match_case else re.IGNORECASE)

    @property
    def _wanted(self) -> str:
        return self.find.strip() if self.whole_cell else self.find


def count(plan: Connection, search: Search) -> int:
    """In how many rows the text stands."""
    if not search.is_possible:
        return 0
    plan.create_function("holds", 1, search.holding(), deterministic=True)
    found = plan.execute(f"SELECT count(*) {_CELLS}", _values(search)).fetchone()
    return int(found[0])


def write(plan: Connection, search: Search, new: str, *, step: int, longest: int) -> int:
    """Gives the cells their new texts as the edits of one step, in the caller's transaction; how many changed.

    Raises Invalid when a cell would hold more than `longest` characters.
    """
    changed = 0
    replaced = search.replacing(new)
    for batch in _batches(plan, search):
        made = [(row, replaced(cell.decode()), cell.decode(), before) for row, cell, before in batch]
        made = [one for one in made if one[1] != one[2]]
        for row, after, _, _ in made:
            if len(after) > longest:
                raise Invalid(_too_long(row, longest), "new")
        steps = [(step, row, search.index, before) for row, _, _, before in made]
        plan.executemany("INSERT INTO edit_step VALUES (?, ?, ?, ?)", steps)
        edits = [(row, search.index, after) for row, after, _, _ in made]
        plan.executemany("INSERT OR REPLACE INTO edit VALUES (?, ?, ?)", edits)
        changed += len(made)
    return changed


def _batches(plan: Connection, search: Search) -> Iterator[list[tuple[int, bytes, str | None]]]:
    """Row, cell and edit of the rows that hold the text."""
    if not search.is_possible:
        return
    plan.create_function("holds", 1, search.holding(), deterministic=True)
    query = f"SELECT cells.row, {_CELL}, edit.value {_CELLS} AND cells.row > :after ORDER BY cells.row LIMIT {BATCH}"
    after: int | None = 0
    while after is not None:
        batch = plan.execute(query, {**_values(search), "after": after}).fetchall()
        yield batch
        after = batch[-1][0] if len(batch) == BATCH else None


def _too_long(row: int, longest: int) -> Text:
    return text(
        "Nothing is replaced: the cell of row {row} would hold more than {limit} characters.", row=row, limit=longest
    )


def _values(search: Search) -> dict[str, str | int]:
    place = f"$[{search.index}]"
    return {"index": search.index, "place": place, "somewhere": search.somewhere()}
