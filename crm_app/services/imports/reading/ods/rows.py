"""The rows of one table of an ODS document, streamed and found by pattern; nothing is resolved or fetched."""

import re
from collections.abc import Iterator
from typing import IO

from crm_app.locales import text
from crm_app.services.imports.reading import archive
from crm_app.services.imports.reading.cell_text import exact_number
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.grid import MOST_COLUMNS, Grid, Merge, RawRow, Trouble
from crm_app.services.imports.reading.ods.values import shown
from crm_app.services.imports.reading.xlsx.markup import LONGEST_ELEMENT, decoded, unescape

_START = "<table:table-row"
_ROW_OR_CELL = re.compile(
    r"<table:table-row(?P<row>[^>]*)>"
    r"|<table:table-cell(?P<cell>[^>]*?)(?:/>|>(?:<text:p>(?P<plain>[^<]*)</text:p></table:table-cell>"
    r"|(?P<rich>.*?)</table:table-cell>))"
    r"|<table:covered-table-cell(?P<covered>[^>]*?)(?:/>|>.*?</table:covered-table-cell>)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PLAIN_STRING = re.compile(r"(?:\s(?:table:style-name|calcext:value-type)=\"[^\"]*\"|\soffice:value-type=\"string\")*")
_ANNOTATION = re.compile(r"<office:annotation.*?</office:annotation>|<!--.*?-->", re.DOTALL)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_PARAGRAPH = re.compile(r"<text:(?:p|h)(?:\s[^>]*?)?(?:/>|>(.*?)</text:(?:p|h)>)", re.DOTALL)
_SPACE = re.compile(r"<text:(s|tab|line-break)(?:\s[^>]*?)?/?>")
_TAG = re.compile(r"<[^>]*>")
_REPEATED = {way: re.compile(rf"""table:number-{way}-repeated=["'](\d{{1,8}})["']""") for way in ("rows", "columns")}
_MERGES_WITHIN = 1_000  # rows; merged cells matter in headers only


class TableRows:
    """Reads one table by name. `merges` fills while rows are read."""

    def __init__(self, table: str) -> None:
        self._table = table
        self.merges: list[Merge] = []
        self._row, self._repeat, self._column = 0, 1, 0
        self._cells: list[str] = []
        self._troubles: list[Trouble] = []
        self._numbers: list[tuple[int, str]] = []
        self._grid = Grid()

    def rows(self, stream: IO[bytes]) -> Iterator[RawRow]:
        """Rows that hold something, numbered as in the sheet."""
        self._repeat = 0
        for block in blocks(stream, self._table):
            for found in _ROW_OR_CELL.finditer(block):
                kind = found.lastgroup
                if kind == "row":
                    yield from self._finished()
                    attributes = found["row"]
                    self._repeat = _count("rows", attributes) if "repeated" in attributes else 1
                    self._column, self._cells, self._troubles, self._numbers = 0, [], [], []
                elif kind == "covered":
                    self._column += _count("columns", found["covered"])
                else:
                    self._cell(found["cell"], found["plain"], found["rich"])
        yield from self._finished()

    def _cell(self, written: str, plain: str | None, rich: str | None) -> None:
        if plain is not None and _PLAIN_STRING.fullmatch(written):
            if plain:
                self._take(unescape(plain), "", 1)
            self._column += 1
            return
        attributes = {name: unescape(double or single) for name, double, single in _ATTRIBUTE.findall(written)}
        content = unescape(plain) if plain is not None else _paragraphs(rich) if rich else ""
        repeat = _count("columns", written)
        if content or "office:value-type" in attributes or "table:formula" in attributes:
            cell, trouble = shown(attributes, content)
            if cell or trouble:
                value = attributes.get("office:value", "")
                if value and (exact := exact_number(value, cell)):
                    self._numbers.extend((self._column + step, exact) for step in range(min(repeat, MOST_COLUMNS)))
                self._take(cell, trouble, min(repeat, MOST_COLUMNS + 1))
        if "spanned" in written and self._row < _MERGES_WITHIN:
            self._merge(attributes)
        self._column += repeat

    def _merge(self, attributes: dict[str, str]) -> None:
        across, down = (attributes.get(f"table:number-{way}-spanned", "1") for way in ("columns", "rows"))
        right = self._column + min(int(across) if across.isdigit() else 1, MOST_COLUMNS) - 1
        bottom = self._row + (int(down) if down.isdigit() else 1)
        self.merges.append(Merge(self._row + 1, self._column, bottom, right))

    def _take(self, cell: str, trouble: str, repeat: int) -> None:
        missing = min(self._column, MOST_COLUMNS + 1) - len(self._cells)
        if missing:
            self._cells.extend([""] * missing)
        if repeat == 1:
            self._cells.append(cell)
        else:
            self._cells.extend([cell] * repeat)
        if trouble:
            self._troubles.extend(Trouble(self._column + step, trouble, cell) for step in range(repeat))

    def _finished(self) -> Iterator[RawRow]:
        """The row just read, as often as it is repeated; limits are checked before the first of them."""
        if self._repeat and (self._cells or self._troubles):
            while self._cells and not self._cells[-1]:
                self._cells.pop()
            for step in (1, self._repeat):
                self._grid.checked(RawRow(self._row + step, self._cells, self._troubles))
            for step in range(1, self._repeat + 1):
                yield RawRow(self._row + step, self._cells, self._troubles, self._numbers)
        self._row += self._repeat


def blocks(stream: IO[bytes], table: str) -> Iterator[str]:
    """The text of one table in pieces that hold whole rows."""
    rest, inside = "", False
    for piece in decoded(stream):
        rest += piece
        if not inside:
            if "<!DOCTYPE" in rest[:4096]:
                raise Unreadable(archive.DAMAGED)
            rest, inside = _enter(rest, table)
        if inside:
            if (end := rest.find("</table:table>")) >= 0:
                yield rest[:end]
                return
            if (cut := rest.rfind(_START)) > 0:
                yield rest[:cut]
                rest = rest[cut:]
            if len(rest) > LONGEST_ELEMENT:
                raise Unreadable(text("A single row of this workbook is larger than {limit} MB.", limit=64))
    if inside:
        raise Unreadable(archive.DAMAGED)


def _enter(rest: str, table: str) -> tuple[str, bool]:
    """What follows the start tag of the table, and whether it has been reached."""
    for found in re.finditer(r"<table:table\s([^>]*)>", rest):
        name = re.search(r"""table:name=(?:"([^"]*)"|'([^']*)')""", found[1])
        if name and unescape(name[1] or name[2] or "") == table:
            return ("" if found[1].endswith("/") else rest[found.end() :]), True
    cut = rest.rfind("<table:table ")
    return (rest[cut:] if cut >= 0 else rest[-64:]), False


def _count(way: str, written: str) -> int:
    if "repeated" not in written:
        return 1
    found = _REPEATED[way].search(written)
    return max(int(found[1]), 1) if found else 1


def _paragraphs(rich: str) -> str:
    """The text of a cell with several paragraphs, spaces as elements, or formatting; notes left out."""
    if "<![CDATA[" in rich:
        rich = _CDATA.sub(lambda found: found[1].replace("&", "&amp;").replace("<", "&lt;"), rich)
    lines = _PARAGRAPH.findall(_ANNOTATION.sub("", rich))
    return unescape("\n".join(_TAG.sub("", _SPACE.sub(_space, line)) for line in lines))


def _space(found: re.Match[str]) -> str:
    if found[1] == "s":
        count = re.search(r"""text:c=["'](\d{1,4})["']""", found[0])
        return " " * (int(count[1]) if count else 1)
    return "\t" if found[1] == "tab" else "\n"
