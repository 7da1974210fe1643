"""Cells of an XLS sheet whose text hangs on their format, and cells that hold an error (MS-XLS, BIFF5 and BIFF8)."""

import struct
from collections.abc import Iterator
from pathlib import Path

from crm_app.services.imports.reading import archive
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.number_format import BUILT_IN, Renderer, renderer
from crm_app.services.imports.reading.xls.container import stream

Special = dict[int, list[tuple[int, str, bool]]]  # row from 0 → column from 0, text, is it an error?

_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BOF, _EOF, _DATEMODE, _BOUNDSHEET, _XF, _FORMAT, _FORMAT_OLD, _FILEPASS = (
    0x809,
    0x0A,
    0x22,
    0x85,
    0xE0,
    0x41E,
    0x1E,
    0x2F,
)
_NUMBER, _RK, _MULRK, _FORMULA, _FORMULA_OLD, _BOOLERR = 0x203, 0x27E, 0xBD, 0x06, 0x406, 0x205

_NOTHING = 16  # records of no kind and no length in a row: no program writes so many, a lost block of a disk does


class XlsFormats:
    """Reads the stream once; `special` then answers per sheet. A broken file has no specials."""

    def __init__(self, path: Path) -> None:
        self.is_encrypted = False
        self._offsets: dict[str, int] = {}
        self._styles: list[Renderer | None] = []
        try:
            self._data = stream(path, ("workbook", "book"))
            self._read_globals()
        except (ValueError, struct.error, IndexError):
            self._data = b""

    def special(self, sheet: str) -> Special:
        """By row; rows without any are not in it. Raises Unreadable when a block of the sheet is lost."""
        found: Special = {}
        try:
            for row, column, text, is_error in self._cells(self._offsets.get(sheet, len(self._data))):
                found.setdefault(row, []).append((column, text, is_error))
        except (ValueError, struct.error, IndexError):
            pass  # what was found so far is right
        return found

    def _read_globals(self) -> None:
        codes, formats = dict(BUILT_IN), []
        is_1904, is_biff8 = False, True
        for kind, body in _records(self._data, 0):
            if kind == _BOF:
                is_biff8 = struct.unpack_from("<H", body)[0] == 0x600
            elif kind == _FILEPASS:
                self.is_encrypted = True
                break
            elif kind == _DATEMODE:
                is_1904 = body[0] == 1
            elif kind == _XF:
                formats.append(struct.unpack_from("<H", body, 2)[0])
            elif kind in (_FORMAT, _FORMAT_OLD):
                number, code = _format(body, is_biff8=is_biff8)
                codes[number] = code
            elif kind == _BOUNDSHEET:
                self._offsets[_string(body[6:], is_biff8=is_biff8)] = struct.unpack_from("<L", body)[0]
        self._styles = [renderer(codes.get(number, ""), is_1904) for number in formats]

    def _cells(self, offset: int) -> Iterator[tuple[int, int, str, bool]]:
        styles, depth, nothing = self._styles, 0, 0
        for kind, body in _records(self._data, offset):
            nothing = nothing + 1 if kind == 0 and not body else 0
            if nothing > _NOTHING:
                raise Unreadable(archive.DAMAGED)  # whoever reads on loses rows without a word
            if kind == _BOF:
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if depth == 0:
                    return
            elif depth != 1:
                continue
            elif kind == _MULRK:
                row, column = struct.unpack_from("<HH", body)
                for step in range((len(body) - 6) // 6):
                    style, packed = struct.unpack_from("<HL", body, 4 + 6 * step)
                    if style < len(styles) and (render := styles[style]):
                        yield row, column + step, render(_raw(_rk(packed))), False
            elif kind in (_NUMBER, _RK, _FORMULA, _FORMULA_OLD, _BOOLERR):
                row, column, style = struct.unpack_from("<HHH", body)
                if (error := _error(kind, body)) is not None:
                    yield row, column, _ERRORS.get(error, "#ERROR"), True
                elif style < len(styles) and (render := styles[style]) and (value := _value(kind, body)) is not None:
                    yield row, column, render(_raw(value)), False


def _records(data: bytes, offset: int) -> Iterator[tuple[int, bytes]]:
    end = len(data)
    depth = 0
    while offset + 4 <= end:
        kind, length = struct.unpack_from("<HH", data, offset)
        body = data[offset + 4 : offset + 4 + length]
        yield kind, body
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        offset += 4 + length


def _error(kind: int, body: bytes) -> int | None:
    """The error code a cell holds, None for any other value."""
    if kind == _BOOLERR:
        return body[6] if body[7] else None
    if kind in (_FORMULA, _FORMULA_OLD) and body[12:14] == b"\xff\xff" and body[6] == 2:
        return body[8]
    return None


def _value(kind: int, body: bytes) -> float | None:
    if kind == _RK:
        return _rk(struct.unpack_from("<L", body, 6)[0])
    if kind == _NUMBER or (kind in (_FORMULA, _FORMULA_OLD) and body[12:14] != b"\xff\xff"):
        value: float = struct.unpack_from("<d", body, 6)[0]
        return value
    return None


def _rk(packed: int) -> float:
    """Numbers in 30 bits: whole or the upper half of a double, perhaps in hundredths."""
    if packed & 2:
        value = float((packed >> 2) - (1 << 30) if packed & 0x80000000 else packed >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<LL", 0, packed & 0xFFFFFFFC))[0]
    return value / 100 if packed & 1 else value


def _raw(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _format(body: bytes, *, is_biff8: bool) -> tuple[int, str]:
    number = struct.unpack_from("<H", body)[0]
    if not is_biff8:
        return number, body[3 : 3 + body[2]].decode("cp1252", errors="replace")
    length, flags = struct.unpack_from("<HB", body, 2)
    return number, _characters(body[5:], length, wide=bool(flags & 1))


def _string(body: bytes, *, is_biff8: bool) -> str:
    if not is_biff8:
        return body[1 : 1 + body[0]].decode("cp1252", errors="replace")
    return _characters(body[2:], body[0], wide=bool(body[1] & 1))


def _characters(body: bytes, length: int, *, wide: bool) -> str:
    if wide:
        return body[: 2 * length].decode("utf-16-le", errors="replace")
    return body[:length].decode("latin-1")
