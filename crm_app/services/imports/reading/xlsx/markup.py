"""Streaming of large XML parts: decoded text in blocks that end where an element starts.

Blocks are cut before a start tag of a given name, so each holds whole elements and can be searched with patterns where
a program wrote plainly, and parsed with Expat where it did not. Document types are refused: OPC forbids them.
"""

import codecs
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import IO

from crm_app.locales import text
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.xlsx.package import ARCHIVE_ERRORS, DAMAGED

BLOCK = 1024 * 1024  # bytes read at a time
LONGEST_ELEMENT = 64 * 1024 * 1024  # characters one row or string may take
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9_.-]+)["']""")
_ENTITY = re.compile(r"&(#x[0-9a-fA-F]+|#\d+|amp|lt|gt|quot|apos);")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Elements:
    """The children of one container element, in blocks. `prefix` is the namespace prefix with its colon, or ''."""

    def __init__(self, stream: IO[bytes], container: str, child: str) -> None:
        self._texts = decoded(stream)
        self._container = container
        self._child = child
        self.prefix = ""
        self._after = ""
        self.head = ""  # everything before the container's children
        self._rest = self._find_container()
        self.is_empty = self._rest is None

    def blocks(self) -> Iterator[str]:
        """Text of whole child elements, until the container ends; the last block may be short."""
        rest = self._rest
        if rest is None:
            return
        start, end = f"<{self.prefix}{self._child}", f"</{self.prefix}{self._container}>"
        while True:
            if (at := rest.find(end)) >= 0:
                self._after = rest[at:]
                yield rest[:at]
                return
            cut = rest.rfind(start)
            if cut > 0:
                yield rest[:cut]
                rest = rest[cut:]
            if len(rest) > LONGEST_ELEMENT:
                raise Unreadable(text("A single row of this workbook is larger than {limit} MB.", limit=64))
            more = next(self._texts, None)
            if more is None:
                raise Unreadable(DAMAGED)
            rest += more

    def parse(self, block: str) -> ET.Element:
        """A block as elements, with the namespaces that were declared before it."""
        declared = dict(re.findall(r"""xmlns:([\w.-]+)=["']([^"']*)["']""", self.head))
        used = set(re.findall(r"""[<\s/]([A-Za-z_][\w.-]*):[A-Za-z_]""", block)) - {"xmlns", "xml"}
        names = "".join(f' xmlns:{name}="{escape(str(declared.get(name, name)))}"' for name in declared.keys() | used)
        default = re.search(r"""\sxmlns=["']([^"']*)["']""", self.head)
        plain = f' xmlns="{escape(default[1])}"' if default else ""
        try:
            return ET.fromstring(f"<block{plain}{names}>{block}</block>")  # noqa: S314
        except (ET.ParseError, ValueError) as error:
            raise Unreadable(DAMAGED) from error

    def remainder(self) -> Iterator[str]:
        """What follows the container, for callers that need it; call after `blocks` is exhausted."""
        yield self._after
        yield from self._texts

    def _find_container(self) -> str | None:
        pattern = re.compile(rf"<([\w.-]+:)?{self._container}(?=[\s/>])[^>]*?(/?)>")
        seen = ""
        for more in self._texts:
            seen += more
            if "<!DOCTYPE" in seen or "<!ENTITY" in seen:
                raise Unreadable(DAMAGED)
            if found := pattern.search(seen):
                self.prefix = found[1] or ""
                self.head = seen[: found.end()]
                return None if found[2] else seen[found.end() :]
            if len(seen) > LONGEST_ELEMENT:
                break
        self.head = seen
        return None


def decoded(stream: IO[bytes]) -> Iterator[str]:
    """The text of an XML part in pieces, by byte order mark or declaration, else UTF-8."""
    try:
        piece = stream.read(BLOCK)
        decoder = codecs.getincrementaldecoder(_encoding(piece))()
        while piece:
            yield decoder.decode(piece)
            piece = stream.read(BLOCK)
        yield decoder.decode(b"", final=True)
    except (*ARCHIVE_ERRORS, UnicodeDecodeError, LookupError) as error:
        raise Unreadable(DAMAGED) from error


def unescape(value: str) -> str:
    """XML entities as characters."""
    return _ENTITY.sub(_character, value) if "&" in value else value


def unescape_office(value: str) -> str:
    """Excel's own `_x000D_` for characters XML cannot hold (ECMA-376 part 1, 22.9.2.19).

    NUL and halves of surrogate pairs stay escaped: no database takes them.
    """
    return _ESCAPED.sub(_office_character, value) if "_x" in value else value


def escape(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def _office_character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if code == 0 or 0xD800 <= code < 0xE000 else chr(code)


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if name[0] != "#":
        return _NAMED[name]
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    return chr(code) if 0 < code < 0xD800 or 0xE000 <= code < 0x110000 else ""


def _encoding(head: bytes) -> str:
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    if head[:3] == codecs.BOM_UTF8:
        return "utf-8-sig"
    found = _ENCODING.match(head)
    return found[1].decode("ascii") if found else "utf-8"
