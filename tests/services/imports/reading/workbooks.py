"""Workbooks for tests, good and hostile, made on the spot."""

import struct
import zipfile
import zlib
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
    """A workbook whose sheet inflates to `size` bytes of blanks; made from one deflated block, repeated."""
    block = 1 << 20
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    once = deflater.compress(b" " * block) + deflater.flush(zlib.Z_FULL_FLUSH)
    stream = once * (size // block) + deflater.flush()
    xlsx(path, [["x"]])
    rewritten(path, SHEET, lambda _: b"")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/bomb.xml", stream, zipfile.ZIP_STORED)
        entry = archive.getinfo("xl/media/bomb.xml")
        local, entry.compress_type, entry.file_size = entry.header_offset, zipfile.ZIP_DEFLATED, size
    with path.open("r+b") as file:
        file.seek(local + 8)
        file.write(struct.pack("<H", zipfile.ZIP_DEFLATED))
        file.seek(local + 22)
        file.write(struct.pack("<L", size))
    return path
