"""The preview's filter by what stands in one column: nothing, something, or what somebody changed by hand."""

from dataclasses import dataclass
from enum import StrEnum
from sys import maxunicode
from typing import Any

# What `str.strip` takes away, so that a cell is blank here when the check finds it so.
_SPACE = "".join(filter(str.isspace, map(chr, range(maxunicode + 1))))


class Holds(StrEnum):
    BLANK = "blank"
    SOMETHING = "something"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class CellFilter:
    """Rows by the cell of the column `index`, as it stands now. Its text, as in a URL, is "index.holds"."""

    index: int
    holds: Holds

    @classmethod
    def of(cls, written: str) -> "CellFilter | None":
        """The way back from the text; None for anything else."""
        index, _, holds = written.partition(".")
        if not (index.isascii() and index.isdigit() and len(index) < 6 and holds in set(Holds)):
            return None
        return cls(int(index), Holds(holds))

    def __str__(self) -> str:
        return f"{self.index}.{self.holds}"

    @property
    def reads_cells(self) -> bool:
        """Whether every row's cells have to be looked at."""
        return self.holds is not Holds.CHANGED

    def condition(self, row: str) -> tuple[str, list[Any]]:
        """SQL with its parameters, for a query with the table `cells`; `row` is the column with the row's number."""
        if self.holds is Holds.CHANGED:
            return f"{row} IN (SELECT row FROM edit WHERE idx = ?)", [self.index]  # noqa: S608  (ours)
        edit = f"(SELECT value FROM edit WHERE edit.row = {row} AND edit.idx = ?)"  # noqa: S608  (ours)
        sign = "=" if self.holds is Holds.BLANK else "<>"
        cell = f"trim(coalesce({edit}, json_extract(cells, ?), ''), ?) {sign} ''"
        return cell, [self.index, f"$[{self.index}]", _SPACE]
