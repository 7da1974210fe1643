"""What a vCard property says, as plain text: quoted-printable, charsets and escapes undone.

Escapes: RFC 2426, 4 and RFC 6350, 3.4 for versions 3.0 and 4.0; vCard 2.1 knows only those of signs, no `\\n`.
"""

import base64
import binascii
import re
from dataclasses import dataclass

from crm_app.services.imports.reading.vcard_lines import Property

_SURROGATE = re.compile("[\udc80-\udcff]")
_ESCAPE = re.compile(r"\\([\\;:,nN])")
_OLD_ESCAPE = re.compile(r"\\([\\;:,])")


@dataclass(frozen=True, slots=True)
class Decoder:
    """`encoding` is that of the file, `is_old` says that the card is of version 2.1."""

    encoding: str
    is_old: bool = False

    def text(self, item: Property) -> str:
        """The whole value as one text."""
        return self._plain(item, item.value)

    def parts(self, item: Property) -> list[str]:
        """The components of a structured value (`N`, `ADR`, `ORG`)."""
        return [self._plain(item, part) for part in _split(item.value, ";")]

    def words(self, item: Property) -> list[str]:
        """The members of a list (`CATEGORIES`, `NICKNAME`), blank ones left out."""
        return [word for part in _split(item.value, ",") if (word := self._plain(item, part))]

    def named_parts(self, item: Property) -> list[str]:
        """Components that may be lists themselves: several middle names stand with a blank between them."""
        if self.is_old:
            return self.parts(item)
        return [
            " ".join(filter(None, (self._plain(item, word) for word in _split(part, ","))))
            for part in _split(item.value, ";")
        ]

    def _plain(self, item: Property, raw: str) -> str:
        text = self._decoded(item, raw)
        if "\\" in text:
            text = (_OLD_ESCAPE if self.is_old else _ESCAPE).sub(_meant, text)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text.strip()

    def _decoded(self, item: Property, raw: str) -> str:
        if not item.params and raw.isascii():
            return raw
        encoding, charset = item.param("ENCODING").upper(), item.param("CHARSET")
        if encoding == "QUOTED-PRINTABLE":
            if "=" in raw or not raw.isascii():
                return _read(binascii.a2b_qp(self._bytes(raw)), charset)
        elif encoding in ("B", "BASE64"):
            try:
                return _read(base64.b64decode("".join(raw.split()), validate=True), charset)
            except ValueError:
                return self._repaired(raw, charset)
        return self._repaired(raw, charset)

    def _repaired(self, raw: str, charset: str) -> str:
        """Letters of a card whose encoding is not that of the file: its CHARSET says which, else it shows."""
        if raw.isascii():
            return raw
        if self.encoding.startswith("utf-"):
            return _read(self._bytes(raw), charset) if _SURROGATE.search(raw) else raw
        return _read(self._bytes(raw), charset) if charset or _SURROGATE.search(raw) else raw

    def _bytes(self, raw: str) -> bytes:
        if raw.isascii():
            return raw.encode("ascii")
        if self.encoding.startswith(("utf-16", "utf-32")):
            return raw.encode("utf-8", "replace")
        try:
            return raw.encode(self.encoding, "surrogateescape")
        except UnicodeEncodeError:
            return raw.encode("utf-8", "replace")


def _read(data: bytes, charset: str) -> str:
    """UTF-8 where it is well-formed, whatever the card claims; else its charset, else Western European."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(charset or "cp1252", "replace")
    except (LookupError, ValueError):
        return data.decode("cp1252", "replace")


def _meant(escape: re.Match[str]) -> str:
    return "\n" if escape[1] in "nN" else escape[1]


def _split(raw: str, sign: str) -> list[str]:
    """The pieces between signs that no backslash stands before."""
    pieces = raw.split(sign)
    if "\\" not in raw:
        return pieces
    found, open_piece = [], ""
    for piece in pieces:
        open_piece += piece
        backslashes = len(piece) - len(piece.rstrip("\\"))
        if backslashes % 2:
            open_piece += sign
        else:
            found.append(open_piece)
            open_piece = ""
    return [*found, open_piece[:-1]] if open_piece else found
