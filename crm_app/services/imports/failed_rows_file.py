"""A table written as the file it came from was: the same delimiter and encoding, or a workbook."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm_app.locales import text
from crm_app.services.errors import Invalid
from crm_app.services.escaping import escape, unescape, writable
from crm_app.services.imports.reading.types import Format

CELL_LIMIT = 32_767  # characters of one workbook cell
FALLBACK = "utf-8-sig"  # when a cell holds what the file's own encoding cannot say
_MARKED = {"utf-16-le": "utf-16", "utf-16-be": "utf-16"}  # Python writes a byte order mark for the name without order
_PLAIN = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "…": "...", "–": "-", "—": "-", "→": "->"})

Rows = Callable[[], Iterable[list[str]]]


@dataclass(frozen=True, slots=True)
class Target:
    """Where to write, and how the file it came from was read (`Import.read_out`)."""

    path: Path
    read_out: dict[str, Any]

    @property
    def encoding(self) -> str:
        name = str(self.read_out.get("encoding") or FALLBACK)
        return _MARKED.get(name, name)


def is_text(read_out: dict[str, Any]) -> bool:
    """Whether the table is written as delimited text; else as XLSX."""
    return read_out.get("format", Format.CSV) == Format.CSV


def write(target: Target, head: Sequence[str], rows: Rows) -> int:
    """Writes head and rows, readable by this account alone; the last two columns are ours: reason and key.

    `rows` is called again when the file's encoding turns out too small. Nothing stays when writing fails. Raises
    Invalid for a text no workbook cell can hold, rather than cutting it.
    """
    target.path.unlink(missing_ok=True)
    target.path.touch(mode=0o600)
    try:
        if not is_text(target.read_out):
            return _workbook(target, head, rows())
        try:
            return _text(target, target.encoding, head, rows())
        except (UnicodeEncodeError, LookupError):
            return _text(target, FALLBACK, head, rows())
    except BaseException:
        target.path.unlink(missing_ok=True)
        raise


def _text(target: Target, encoding: str, head: Sequence[str], rows: Iterable[list[str]]) -> int:
    # Lone surrogates, which no encoding can say, become the sign for unreadable characters: `writable`.
    with target.path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, **_dialect(target.read_out))
        return _each(writer.writerow, head, rows, lambda cells: _text_cells(cells, encoding))


def _text_cells(cells: Sequence[str], encoding: str) -> list[str]:
    *own, reason, key = cells
    # A cell that came with our mark is marked once.
    return [
        *(escape(writable(unescape(cell))[0]) for cell in own),
        escape(_sayable(writable(reason)[0], encoding)),
        key,
    ]


def _sayable(reason: str, encoding: str) -> str:
    """Our own sentence, with simpler quotes where the file's encoding has none."""
    try:
        reason.encode(encoding)
    except UnicodeEncodeError:
        return reason.translate(_PLAIN).encode(encoding, "replace").decode(encoding)
    return reason


def _dialect(read_out: dict[str, Any]) -> dict[str, Any]:
    """The file's own delimiter; a file of one column has none, and ours has three. Quotes are the usual ones, which
    the reading counts on (`split.is_ours`)."""
    delimiter = (read_out.get("dialect") or {}).get("delimiter") or ","
    return {"delimiter": delimiter if len(delimiter) == 1 else ",", "lineterminator": "\r\n"}


def _workbook(target: Target, head: Sequence[str], rows: Iterable[list[str]]) -> int:
    """One sheet of text cells; the key's column is hidden."""
    from openpyxl import Workbook  # with numpy 15 MB, which a server needs for workbooks only
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_title(target.read_out.get("sheet") or ""))
    sheet.freeze_panes = "A2"
    hidden = sheet.column_dimensions[get_column_letter(len(head))]
    hidden.hidden = True
    count = _each(sheet.append, head, rows, lambda cells: [_cell(sheet, cell) for cell in cells])
    book.save(target.path)
    return count


def _cell(sheet: Any, value: str) -> Any:
    if len(value) > CELL_LIMIT:
        raise Invalid(text("A text is longer than a workbook cell can hold, so the rows cannot be written to one."))
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, writable(value)[0])
    cell.data_type = "s"  # a text, also when it begins with "="
    cell.number_format = "@"
    return cell


def _title(name: str) -> str:
    plain = "".join(" " if sign in "[]:*?/\\" else sign for sign in writable(name)[0]).strip(" '")
    return plain[:31] or "Sheet1"


def _each(
    put: Callable[[Any], Any], head: Sequence[str], rows: Iterable[list[str]], made: Callable[[Sequence[str]], Any]
) -> int:
    put(made(head))
    count = 0
    for row in rows:
        put(made(row))
        count += 1
    return count
