"""XLS and XLSB through python-calamine, which loads a whole sheet: its bounds are the memory of the reading process.

Calamine keeps no number formats and leaves error cells blank. For XLS both are read beside it (`xls.cells`); in XLSB
zero-padded numbers come without their zeros, percentages as fractions, and error cells blank.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import python_calamine

from crm_app.locales import Text, text
from crm_app.services.imports.reading import archive, precheck
from crm_app.services.imports.reading.cell_text import exact_number, python_text
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.grid import Grid, Merge, RawRow, Trouble
from crm_app.services.imports.reading.types import Sheet
from crm_app.services.imports.reading.xls.cells import XlsFormats


class NativeBook:
    """An open XLS or XLSB workbook; `formats` reads what calamine does not tell."""

    def __init__(self, path: Path, formats: XlsFormats | None = None) -> None:
        self._formats = formats
        if formats is not None and formats.is_encrypted:
            raise Unreadable(precheck.PASSWORD)
        with _refusing(archive.DAMAGED):
            self._book = python_calamine.load_workbook(path)
        self._loaded: tuple[str, python_calamine.CalamineSheet] | None = None
        worksheets = [
            entry for entry in self._book.sheets_metadata if entry.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        self.sheets = [
            Sheet(entry.name, entry.visible == python_calamine.SheetVisibleEnum.Visible, self._is_empty(entry.name))
            for entry in worksheets
        ]

    def rows(self, sheet: str) -> Iterator[RawRow]:
        """Rows that hold something, with their numbers in the sheet."""
        found = self._sheet(sheet)
        if found.start is None:
            return
        grid = Grid()
        first_row, first_column = found.start
        before = [""] * first_column
        special = self._formats.special(sheet) if self._formats else {}
        for number, row in enumerate(found.iter_rows(), start=first_row):
            if number not in special and row.count("") == len(row):
                continue
            cells = before + [python_text(value) for value in row]
            troubles = []
            for column, text_shown, is_error in special.get(number, ()):
                if column < len(cells):
                    cells[column] = text_shown
                if is_error:
                    troubles.append(Trouble(column, "error", text_shown))
            numbers = [
                (column, exact)
                for column, value in enumerate(row, start=first_column)
                if type(value) is float and (exact := exact_number(repr(value), cells[column]))
            ]
            while cells and not cells[-1]:
                cells.pop()
            if cells or troubles:
                yield grid.checked(RawRow(number + 1, cells, troubles, numbers))

    def merges(self, sheet: str) -> list[Merge]:
        ranges = self._sheet(sheet).merged_cell_ranges or []
        return [Merge(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]

    def close(self) -> None:
        self._book.close()

    def _is_empty(self, name: str) -> bool:
        return self._sheet(name).start is None

    def _sheet(self, name: str) -> python_calamine.CalamineSheet:
        if self._loaded is None or self._loaded[0] != name:
            with _refusing(text("The sheet “{sheet}” of this workbook is damaged.", sheet=name)):
                self._loaded = (name, self._book.get_sheet_by_name(name))
        return self._loaded[1]


@contextmanager
def _refusing(message: Text) -> Iterator[None]:
    """Turns calamine's errors, and its panics over broken files, into `Unreadable`."""
    try:
        yield
    except python_calamine.PasswordError as error:
        raise Unreadable(precheck.PASSWORD) from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Unreadable(message) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # a class of its own that no module exports
            raise
        raise Unreadable(message) from error
