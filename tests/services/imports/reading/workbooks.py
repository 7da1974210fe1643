"""Workbooks for tests, good and hostile, made on the spot."""

import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import openpyxl

SHEET = "xl/worksheets/sheet1.xml"


def xlsx(
    path: Path, rows: Iterable[Iterable[Any]], *, formats: dict[str, str] | None = None, epoch_1904: bool = False
) -> Path:
    """A workbook of one sheet; `formats` gives number formats by cell."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if epoch_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in rows:
        sheet.append(list(row))
    for cell, code in (formats or {}).items():
        sheet[cell].number_format = code
    book.save(path)
    return path


def rewritten(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The same container with one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, change(content) if name == part else content)
    return path


def with_sheet_data(path: Path, data: str) -> Path:
    """A workbook whose only sheet holds exactly this markup in its `sheetData`."""
    xlsx(path, [["x"]])

    def change(content: bytes) -> bytes:
        before, _, rest = content.partition(b"<sheetData>")
        return before + b"<sheetData>" + data.encode() + b"</sheetData>" + rest.partition(b"</sheetData>")[2]

    return rewritten(path, SHEET, change)


def bomb(path: Path, size: int) -> Path:
    """A workbook whose sheet holds `size` blanks."""
    xlsx(path, [["x"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    before, mark, rest = parts.pop(SHEET).partition(b"<sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open(SHEET, "w") as stream:
            stream.write(before + mark)
            block = b" " * (1 << 22)
            for _ in range(size >> 22):
                stream.write(block)
            stream.write(rest)
    return path
