"""The rows of one sheet, streamed (ECMA-376 part 1, 18.3.1.73 and 18.3.1.4)."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from crm_app.services.imports.reading.cell_text import boolean_text, exact_number, iso_text, number_text
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.grid import Grid, Merge, RawRow, Trouble
from crm_app.services.imports.reading.number_format import Renderer
from crm_app.services.imports.reading.xlsx.markup import Elements, unescape, unescape_office
from crm_app.services.imports.reading.xlsx.package import DAMAGED, Package, SheetPart, local
from crm_app.services.imports.reading.xlsx.strings import rich_text

# column, row, style, type, formula?, empty value?, value, inline text
Cell = tuple[str, str, str, str, str, str, str]
_CELL = re.compile(
    r'<c r="([A-Z]{1,3})(\d{1,7})"(?: s="(\d+)")?(?: t="(\w+)")?>'
    r"(?:(<f)(?:\s[^>]*)?(?:/>|>[^<]*</f>))?"
    r'(?:<v>([^<]*)</v>|<v ?/>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)?</c>'
)
_SIGNS = frozenset(".,")
_LETTERS = re.compile(r"[A-Z]{1,4}(?=\d)")
_MERGED = re.compile(r"""mergeCell\s[^>]*?ref=["']([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)["']""")


@dataclass(slots=True)
class Lookup:
    """What cells refer to."""

    strings: list[str] = field(default_factory=list)
    styles: list[Renderer | None] = field(default_factory=list)


def rows(package: Package, sheet: SheetPart, lookup: Lookup) -> Iterator[RawRow]:
    """Rows that hold something, with their numbers in the sheet; formats alone do not count."""
    grid = Grid()
    with package.open(sheet.part) as stream:
        elements = Elements(stream, "sheetData", "row")
        last_row = 0
        for block in elements.blocks():
            cells: Iterable[Cell] | None = None if elements.prefix else _plain_cells(block)
            if cells is None:
                found = list(_parsed_cells(elements.parse(block), last_row))
                cells, last_row = found, max(last_row, *(int(cell[1]) for cell in found), 0)
            for row in _rows(cells, lookup):
                last_row = row.number
                yield grid.checked(row)


def holds_data(package: Package, sheet: SheetPart) -> bool:
    """Whether any cell holds a value or formula; stops at the first."""
    with package.open(sheet.part) as stream:
        elements = Elements(stream, "sheetData", "row")
        value = re.compile(rf"<{elements.prefix}(?:v>[^<]|is[ >]|f[ >])")
        return any(value.search(block) for block in elements.blocks())


def merged_ranges(package: Package, sheet: SheetPart) -> list[Merge]:
    """Merged cells; they stand behind the rows, so the whole part is read."""
    with package.open(sheet.part) as stream:
        elements = Elements(stream, "sheetData", "row")
        for _ in elements.blocks():
            pass
        tail = "".join(elements.remainder())
    return [Merge(int(b), column_index(a), int(d), column_index(c)) for a, b, c, d in _MERGED.findall(tail)]


class _Columns(dict[str, int]):
    """`column_index`, remembered where looking it up is quickest."""

    def __missing__(self, letters: str) -> int:
        self[letters] = column_index(letters)
        return self[letters]


@cache
def column_index(letters: str) -> int:
    """`A` → 0, `XFD` → 16383."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _plain_cells(block: str) -> list[Cell] | None:
    """The cells of a block by pattern; None when any cell in it is written in a way the pattern does not know."""
    if "\r" in block or "<!" in block:
        return None
    cells: list[Cell] = _CELL.findall(block)
    return cells if len(cells) == block.count("</c>") else None


def _parsed_cells(root: ET.Element, last_row: int) -> Iterator[Cell]:
    for row in root:
        if local(row.tag) != "row":
            continue
        number = _digits(row.get("r", ""))
        last_row = int(number) if number else last_row + 1
        column = -1
        for cell in row:
            if local(cell.tag) != "c":
                continue
            found = _LETTERS.match(cell.get("r", ""))
            column = column_index(found[0]) if found else column + 1
            yield _parsed_cell(cell, column, last_row)


def _parsed_cell(cell: ET.Element, column: int, row: int) -> Cell:
    formula, value, inline = "", "", ""
    kind = cell.get("t", "")
    for child in cell:
        name = local(child.tag)
        if name == "f":
            formula = "<f"
        elif name == "v":
            value = child.text or ""
        elif name == "is":
            inline = rich_text(child)
    protect = "&" in value or "&" in inline
    if protect:  # the plain path unescapes later
        value, inline = value.replace("&", "&amp;"), inline.replace("&", "&amp;")
    return column_letters(column), str(row), _digits(cell.get("s", "")), kind, formula, value, inline


def _digits(value: str) -> str:
    """The value if it is a number of at most seven digits, else ''."""
    return value if value.isascii() and value.isdigit() and len(value) < 8 else ""


@cache
def column_letters(index: int) -> str:
    """0 → `A`, 16383 → `XFD`."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _rows(cells: Iterable[Cell], lookup: Lookup) -> Iterator[RawRow]:
    """Groups cells by row. Blank rows and trailing blanks vanish."""
    strings, styles, columns = lookup.strings, lookup.styles, _Columns()
    current, values, troubles, numbers = "", [], [], []  # type: str, list[str], list[Trouble], list[tuple[int, str]]
    for letters, row, style, kind, formula, value, inline in cells:
        if row != current:
            if values or troubles:
                yield RawRow(int(current), values, troubles, numbers)
            current, values, troubles, numbers = row, [], [], []
        if kind == "s":
            try:
                shown = strings[int(value)] if value and value[0] != "-" else ""
            except (IndexError, ValueError) as error:
                raise Unreadable(DAMAGED) from error
        elif not value:
            shown = unescape_office(unescape(inline)) if inline else ""
            if formula and kind != "str":
                troubles.append(Trouble(column_index(letters), "no_value", ""))
        elif kind in {"", "n"}:
            shape = styles[int(style)] if style and int(style) < len(styles) else None
            shown = shape(value) if shape else value if value.isdigit() else number_text(value)
            if shown[-4:-3] in _SIGNS and (exact := exact_number(value, shown)):
                numbers.append((columns[letters], exact))
        else:
            shown = _other(kind, value)
            if kind == "e":
                troubles.append(Trouble(column_index(letters), "error", shown))
        if shown:
            at = columns[letters]
            missing = at - len(values)
            if missing == 0:
                values.append(shown)
            elif missing > 0:
                values.extend([""] * missing)
                values.append(shown)
            else:
                values[at] = shown
    if values or troubles:
        yield RawRow(int(current), values, troubles, numbers)


def _other(kind: str, value: str) -> str:
    """Booleans, errors, ISO dates and the text a formula gave."""
    if kind == "b":
        return boolean_text(value)
    if kind == "d":
        return iso_text(value)
    return unescape_office(unescape(value))
