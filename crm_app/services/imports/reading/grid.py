"""Rows of a sheet before they become records, and the bounds a sheet must keep."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from crm_app.locales import text
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.types import Sheet

MOST_COLUMNS = 16_384  # Excel's own limit, column XFD
MOST_CELLS = 50_000_000  # of the rectangle around everything written on a sheet


@dataclass(frozen=True, slots=True)
class Trouble:
    """A cell without a usable value: `error` (the value is the error's name) or `no_value` (a formula never run)."""

    column: int  # 0-based
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class RawRow:
    """`number` is the sheet's own, from 1; trailing blank cells are left out.

    `numbers`: 0-based column and `cell_text.exact_number` of the number cells that have one.
    """

    number: int
    cells: list[str]
    troubles: list[Trouble] = field(default_factory=list)
    numbers: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range; rows from 1, columns from 0, ends included."""

    top: int
    left: int
    bottom: int
    right: int


class Book(Protocol):
    """An open workbook of any format. `rows` leaves out blank rows and trailing blank cells."""

    sheets: list[Sheet]

    def rows(self, sheet: str) -> Iterator[RawRow]: ...

    def merges(self, sheet: str) -> list[Merge]: ...

    def close(self) -> None: ...


class Grid:
    """Watches how far a sheet stretches."""

    def __init__(self) -> None:
        self.first_row = 0
        self.width = 0

    def checked(self, row: RawRow) -> RawRow:
        """The row itself; `Unreadable` when it lies so far out that the sheet breaks a limit."""
        self.first_row = self.first_row or row.number
        width = max(len(row.cells), *(trouble.column + 1 for trouble in row.troubles), 0)
        if width > self.width:
            self.width = width
            if width > MOST_COLUMNS:
                raise Unreadable(text("This sheet has more than {limit} columns.", limit=MOST_COLUMNS))
        cells = (row.number - self.first_row + 1) * self.width
        if cells > MOST_CELLS:
            raise Unreadable(
                text(
                    "This sheet stretches over {cells} cells, from its first to its last filled one; at most {limit} "
                    "can be read. Delete what stands far outside the table and save it again.",
                    cells=cells,
                    limit=MOST_CELLS,
                )
            )
        return row
