"""An XLSX or XLSM workbook as the reading layer sees it."""

from collections.abc import Iterator
from pathlib import Path

from crm_app.services.imports.reading.grid import Merge, RawRow
from crm_app.services.imports.reading.types import Sheet
from crm_app.services.imports.reading.xlsx import rows as sheet_rows
from crm_app.services.imports.reading.xlsx.package import SheetPart, open_package
from crm_app.services.imports.reading.xlsx.strings import shared_strings
from crm_app.services.imports.reading.xlsx.styles import renderers


class XlsxBook:
    """Shared strings and styles are loaded with the first row asked for."""

    def __init__(self, path: Path) -> None:
        self._package = open_package(path)
        self._lookup: sheet_rows.Lookup | None = None
        self.sheets = [
            Sheet(sheet.name, sheet.visible, not sheet_rows.holds_data(self._package, sheet))
            for sheet in self._package.sheets
        ]

    def rows(self, sheet: str) -> Iterator[RawRow]:
        if self._lookup is None:
            self._lookup = sheet_rows.Lookup(shared_strings(self._package), renderers(self._package))
        return sheet_rows.rows(self._package, self._part(sheet), self._lookup)

    def merges(self, sheet: str) -> list[Merge]:
        return sheet_rows.merged_ranges(self._package, self._part(sheet))

    def close(self) -> None:
        self._package.archive.close()

    def _part(self, sheet: str) -> SheetPart:
        return next(part for part in self._package.sheets if part.name == sheet)
