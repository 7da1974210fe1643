"""The rows of one table of an ODS document, streamed through Expat; document types and entities are refused."""

from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from crm_app.services.imports.reading import archive
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.grid import MOST_COLUMNS, Grid, Merge, RawRow, Trouble
from crm_app.services.imports.reading.ods.values import shown
from crm_app.services.imports.reading.xlsx.package import ARCHIVE_ERRORS

_READ = 1 << 18
_CELLS = {"table:table-cell", "table:covered-table-cell"}
_MERGES_WITHIN = 1_000  # rows; merged cells matter in headers only


class TableRows:
    """Reads one table by name. `merges` fills while rows are read."""

    def __init__(self, table: str) -> None:
        self._table = table
        self.merges: list[Merge] = []
        self._ready: list[RawRow] = []
        self._depth = 0  # of tables, 1 inside the wanted one
        self._done = False
        self._skip = 0  # depth inside an annotation, whose text is not the cell's
        self._row, self._row_repeat, self._column = 0, 1, 0
        self._cells: list[str] = []
        self._troubles: list[Trouble] = []
        self._cell: dict[str, str] | None = None
        self._paragraphs: list[str] = []
        self._in_paragraph = False
        self._grid = Grid()

    def rows(self, stream: IO[bytes]) -> Iterator[RawRow]:
        """Rows that hold something, numbered as in the sheet."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        try:
            while not self._done and (piece := stream.read(_READ)):
                parser.Parse(piece, False)
                yield from self._ready
                self._ready.clear()
            if not self._done:
                parser.Parse(b"", True)
        except (expat.ExpatError, *ARCHIVE_ERRORS) as error:
            raise Unreadable(archive.DAMAGED) from error
        yield from self._ready

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            if self._depth or (not self._done and attributes.get("table:name", "") == self._table):
                self._depth += 1
            return
        if self._depth != 1 or self._done:
            return
        if self._skip or name == "office:annotation":
            self._skip += 1
        elif name in _CELLS:
            self._cell, self._paragraphs = attributes, []
        elif name == "text:p" and self._cell is not None:
            self._paragraphs.append("")
            self._in_paragraph = True
        elif name == "table:table-row":
            self._row_repeat = _count(attributes.get("table:number-rows-repeated"))
            self._column, self._cells, self._troubles = 0, [], []
        elif self._in_paragraph:
            self._paragraphs[-1] += _space(name, attributes)

    def _end(self, name: str) -> None:
        if name == "table:table" and self._depth:
            self._depth -= 1
            self._done = self._done or self._depth == 0
        elif self._depth != 1 or self._done:
            return
        elif self._skip:
            self._skip -= 1
        elif name in _CELLS:
            self._end_cell(covered=name != "table:table-cell")
        elif name == "text:p":
            self._in_paragraph = False
        elif name == "table:table-row":
            self._end_row()

    def _text(self, data: str) -> None:
        if self._in_paragraph and not self._skip:
            self._paragraphs[-1] += data

    def _end_cell(self, *, covered: bool) -> None:
        attributes, self._cell = self._cell or {}, None
        repeat = _count(attributes.get("table:number-columns-repeated"))
        if not covered and (attributes.keys() - {"table:style-name"} or self._paragraphs):
            text, trouble = shown(attributes, "\n".join(self._paragraphs))
            if text or trouble:
                self._take(text, trouble, min(repeat, MOST_COLUMNS + 1))
            spanned = _count(attributes.get("table:number-columns-spanned"))
            if spanned > 1 and self._row < _MERGES_WITHIN:
                down = _count(attributes.get("table:number-rows-spanned"))
                self.merges.append(
                    Merge(self._row + 1, self._column, self._row + down, self._column + min(spanned, MOST_COLUMNS) - 1)
                )
        self._column += repeat

    def _take(self, text: str, trouble: str, repeat: int) -> None:
        self._cells.extend([""] * (min(self._column, MOST_COLUMNS + 1) - len(self._cells)))
        self._cells.extend([text] * repeat)
        if trouble:
            self._troubles.extend(Trouble(self._column + step, trouble, text) for step in range(repeat))

    def _end_row(self) -> None:
        if any(self._cells) or self._troubles:
            for step in (self._row_repeat, *range(1, self._row_repeat)):  # the last first: limits break at once
                self._grid.checked(RawRow(self._row + step, self._cells, self._troubles))
                if step != self._row_repeat or self._row_repeat == 1:
                    self._ready.append(RawRow(self._row + step, self._cells, self._troubles))
            if self._row_repeat > 1:
                self._ready.append(RawRow(self._row + self._row_repeat, self._cells, self._troubles))
        self._row += self._row_repeat


def _count(value: str | None) -> int:
    return max(int(value), 1) if value is not None and value.isdigit() and len(value) < 9 else 1


def _space(name: str, attributes: dict[str, str]) -> str:
    """Blanks, tabs and line breaks are elements in ODF."""
    if name == "text:s":
        return " " * min(_count(attributes.get("text:c")), 1000)
    return {"text:tab": "\t", "text:line-break": "\n"}.get(name, "")


def _refuse(*_: object) -> None:
    raise Unreadable(archive.DAMAGED)
