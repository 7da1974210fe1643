"""Workbooks: which sheet, where its header stands, and its rows as records numbered as in the sheet.

A merged header cell names every column it spans: `Phone`, `Phone (2)`. Formulas are never calculated: a cell whose
value was not stored is a problem, and so is a cell that holds an error.
"""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from crm_app.locales import Text, text
from crm_app.services.fields.verdict import Level, Problem
from crm_app.services.imports.reading import archive
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.grid import Book, RawRow, Trouble
from crm_app.services.imports.reading.header import detect
from crm_app.services.imports.reading.types import Format, NumberCell, ReadOut, ReadSettings, Record, Sheet

SAMPLE = 200  # rows looked at for header and width
MOST_PREAMBLE = 10_000  # rows above a header row that somebody chose
SHOWN = 30  # records handed on for people to see


def understand(path: Path, format: Format, settings: ReadSettings) -> ReadOut:
    """Chooses sheet and header row. `Unreadable` when the workbook or the chosen sheet cannot be read."""
    with closing(_open(path, format)) as book:
        if not book.sheets:
            raise Unreadable(text("This workbook holds no sheet with cells."))
        sheet, problems = _choose(book.sheets, settings.sheet)
        sample = list(islice(book.rows(sheet.name), max(SAMPLE, min(settings.header_row or 0, MOST_PREAMBLE))))
        read_out = ReadOut(format, sheet=sheet.name, sheets=book.sheets, problems=problems)
        read_out.first_records = [Record(row.number, row.cells) for row in sample[:SHOWN]]
        header = _header(sample, settings.header_row)
        read_out.header_row = header.number if header else None
        width = max((len(row.cells) for row in sample if header is None or row.number >= header.number), default=0)
        read_out.headers = _headers(book, sheet.name, header, width)
    return read_out


def records(path: Path, read_out: ReadOut) -> Iterator[Record | Problem | NumberCell]:
    """The rows behind the header, each as wide as the headers at least; what is to be said of a row's cells comes
    before it."""
    with closing(_open(path, read_out.format)) as book:
        width = len(read_out.headers)
        for row in book.rows(read_out.sheet or ""):
            if row.number <= (read_out.header_row or 0):
                continue
            for trouble in row.troubles:
                yield _problem(row.number, trouble, read_out.headers)
            for column, exact in row.numbers:
                yield NumberCell(row.number, column, exact)
            cells = row.cells
            if len(cells) < width:
                cells = cells + [""] * (width - len(cells))
            yield Record(row.number, cells)


def _open(path: Path, format: Format) -> Book:
    if format in (Format.XLSX, Format.XLSM):
        from crm_app.services.imports.reading.xlsx.book import XlsxBook

        archive.names(path)
        return XlsxBook(path)
    if format is Format.ODS:
        from crm_app.services.imports.reading.ods.book import OdsBook

        archive.names(path)
        return OdsBook(path)
    from crm_app.services.imports.reading.native import NativeBook

    if format is Format.XLSB:
        archive.names(path)
        return NativeBook(path)
    from crm_app.services.imports.reading.xls.cells import XlsFormats

    return NativeBook(path, XlsFormats(path))


def _choose(sheets: list[Sheet], wanted: str | None) -> tuple[Sheet, list[Problem]]:
    """The sheet asked for, or the first visible one that is not empty; hidden ones are never taken unasked."""
    if wanted is not None:
        for sheet in sheets:
            if wanted in (sheet.name, sheet.name.strip()):
                return sheet, []
        names = ", ".join(sheet.name for sheet in sheets)
        raise Unreadable(text("There is no sheet “{sheet}”. This workbook has: {names}.", sheet=wanted, names=names))
    full = [sheet for sheet in sheets if not sheet.empty]
    visible = [sheet for sheet in full if sheet.visible]
    if not full:
        raise Unreadable(text("This workbook is empty."))
    names = ", ".join(sheet.name for sheet in (visible[1:] if visible else full))
    if not visible:
        message = text("Only hidden sheets hold data: {names}. Choose one of them to read it.", names=names)
        return next((sheet for sheet in sheets if sheet.visible), sheets[0]), [Problem(Level.ERROR, message)]
    if len(visible) > 1:
        message = text("Other sheets hold data too and were not read: {names}.", names=names)
        return visible[0], [Problem(Level.WARNING, message)]
    return visible[0], []


def _header(sample: list[RawRow], chosen: int | None) -> RawRow | None:
    if chosen is not None:
        return next((row for row in sample if row.number == chosen), None)
    found = detect([row.cells for row in sample])
    return None if found is None else sample[found]


def _headers(book: Book, sheet: str, header: RawRow | None, width: int) -> list[str]:
    """Header texts, trimmed; merged ones carried on, other blanks by their column letter."""
    from crm_app.services.imports.reading.delimited import column_name

    cells = [cell.strip() for cell in header.cells] if header else []
    width = max(width, len(cells))
    cells += [""] * (width - len(cells))
    if header is not None and any(not cell for cell in cells):
        for merge in book.merges(sheet):
            if merge.top <= header.number <= merge.bottom and merge.left < width and (name := cells[merge.left]):
                for count, column in enumerate(range(merge.left + 1, min(merge.right + 1, width)), start=2):
                    cells[column] = cells[column] or f"{name} ({count})"
    return [cell or column_name(index) for index, cell in enumerate(cells)]


def _problem(number: int, trouble: Trouble, headers: list[str]) -> Problem:
    from crm_app.services.imports.reading.delimited import column_name

    column = headers[trouble.column] if trouble.column < len(headers) else column_name(trouble.column)
    message: Text
    if trouble.kind == "error":
        message = text("This cell holds the error {value}. Mend its formula in the workbook.", value=trouble.value)
    else:
        message = text(
            "The formula in this cell was never calculated. Open the workbook in your spreadsheet program, save it and "
            "retry."
        )
    return Problem(Level.ERROR, message, row=number, column=column, value=trouble.value)
