"""An ODS workbook as the reading layer sees it (OpenDocument 1.3 part 3, chapter 9)."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from crm_app.services.imports.reading import archive
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.grid import Merge, RawRow
from crm_app.services.imports.reading.ods.rows import TableRows
from crm_app.services.imports.reading.types import Sheet
from crm_app.services.imports.reading.xlsx.markup import decoded, unescape

CONTENT = "content.xml"
_TABLE = re.compile(r"<table:table\s[^>]*>|</table:table>|<text:p[\s>]|office:value-type=")
_HIDDEN = re.compile(
    r"""<style:style\s[^>]*?style:name=["']([^"']*)["'][^>]*>\s*<style:table-properties\s[^>]*?table:display=["']false["']"""
)
_NAME = re.compile(r"""\stable:name=["']([^"']*)["']""")
_STYLE = re.compile(r"""\stable:style-name=["']([^"']*)["']""")


class OdsBook:
    """Sheets are listed in one pass over the text; rows come from another, through Expat."""

    def __init__(self, path: Path) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as error:
            raise Unreadable(archive.DAMAGED) from error
        self._merges: dict[str, list[Merge]] = {}
        self.sheets = list(self._list())

    def rows(self, sheet: str) -> Iterator[RawRow]:
        source = TableRows(sheet)
        self._merges[sheet] = source.merges
        with self._open() as stream:
            yield from source.rows(stream)

    def merges(self, sheet: str) -> list[Merge]:
        """Of the rows read so far."""
        return self._merges.get(sheet, [])

    def close(self) -> None:
        self._archive.close()

    def _open(self) -> IO[bytes]:
        try:
            return self._archive.open(CONTENT)
        except (KeyError, zipfile.BadZipFile, OSError) as error:
            raise Unreadable(archive.DAMAGED) from error

    def _list(self) -> Iterator[Sheet]:
        """Every table with its name, whether it is shown and whether any cell holds something."""
        rest, styles, depth = "", "", 0
        name, visible, empty = "", True, True
        hidden: set[str] | None = None
        with self._open() as stream:
            for piece in decoded(stream):
                rest += piece
                cut = rest.rfind("<")
                block, rest = (rest[:cut], rest[cut:]) if cut > 0 else ("", rest)
                if hidden is None:
                    styles += block
                    if "<office:body" in block:
                        hidden = set(_HIDDEN.findall(styles))
                for tag in _tags(block):
                    if tag.startswith("<table:table"):
                        depth += 1
                        if depth == 1:
                            name = unescape(found[1]) if (found := _NAME.search(tag)) else ""
                            style = found[1] if (found := _STYLE.search(tag)) else ""
                            visible, empty = style not in (hidden or set()), True
                    elif tag.startswith("</"):
                        depth -= 1
                        if depth == 0:
                            yield Sheet(name, visible, empty)
                    elif depth:
                        empty = False


def _tags(block: str) -> Iterator[str]:
    """The tags that matter for the list; behind the first cell with data only starts and ends of tables do."""
    position = 0
    while found := _TABLE.search(block, position):
        tag = found.group()
        yield tag
        position = found.end()
        if tag[1:5] == "text" or tag[0] == "o":
            ends = [
                at for at in (block.find("<table:table ", position), block.find("</table:table>", position)) if at >= 0
            ]
            if not ends:
                return
            position = min(ends)
