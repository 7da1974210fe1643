"""The properties of a vCard file, one after the other: lines unfolded, quoted-printable line breaks joined.

Line folding as in RFC 2426 and RFC 6350, 3.2 (line break and one blank are taken out) and in vCard 2.1, 2.1.3 (the
blank stays); soft line breaks of quoted-printable as in RFC 2045, 6.7. Pictures, sounds and keys are passed over
without being kept: memory does not grow with them.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

LONGEST = 1 << 20  # characters kept of one property: 32,767 letters in quoted-printable and more
_ASCII = bytes(range(128))
_UNREAD = frozenset(
    ("PHOTO", "LOGO", "SOUND", "KEY", "X-PHOTO", "X-ABCROP-RECTANGLE", "X-MS-CARDPICTURE", "X-WAB-PHOTO", "IMAGE")
)
_HEAD = re.compile(r'(?:([\w-]+)\.)?([\w-]+)[ \t]*((?:;(?:"[^"]*"|[^":])*)?):')
_NAME = re.compile(r"(?:[\w-]+\.)?([\w-]+)[ \t]*[;:]")
_FENCE = re.compile(r"(?:BEGIN|END):VCARD\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Property:
    """One property as written. `name` in capitals, '' for a line that is none; `line` counts from 1.

    `params` are pairs with the name in capitals; a word without a name (vCard 2.1: `TEL;HOME`) is a TYPE.
    """

    name: str
    value: str
    line: int
    group: str = ""
    params: tuple[tuple[str, str], ...] = ()
    is_cut: bool = False  # longer than LONGEST

    def param(self, name: str) -> str:
        """The first value of a parameter, '' without one."""
        return next((value for key, value in self.params if key == name), "")


@contextmanager
def opened(path: Path, encoding: str) -> Iterator["PropertyLines"]:
    """The properties of a file. Bytes that do not fit an 8-bit encoding stay as surrogates, for `vcard_values`."""
    errors = "surrogateescape" if holds_ascii(encoding) else "replace"
    with path.open(encoding=encoding, errors=errors) as file:
        yield PropertyLines(file)


def holds_ascii(encoding: str) -> bool:
    """Whether ASCII text reads the same in it: not so in UTF-16, nor in the code pages of mainframes."""
    return _ASCII.decode(encoding, "replace") == _ASCII.decode("ascii")


class PropertyLines:
    """Iterates over properties. `keeps_blank`: continuation lines keep their first blank, as vCard 2.1 wants it."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.keeps_blank = False

    def __iter__(self) -> Iterator[Property]:
        started: _Started | None = None
        number = 0
        while (text := self._line()) is not None:
            number += 1
            if started is not None:
                if started.goes_on(text, self.keeps_blank):
                    continue
                yield started.finished()
            started = _Started(text.lstrip(), number) if text and not text.isspace() else None
        if started is not None:
            yield started.finished()

    def _line(self) -> str | None:
        """The next physical line without its end, at most LONGEST characters of it; None behind the last."""
        text = self._file.readline(LONGEST)
        if not text:
            return None
        if text[-1] == "\n":
            text = text[:-1]
        elif len(text) == LONGEST:
            while (rest := self._file.readline(LONGEST)) and rest[-1] != "\n":
                pass
        if "\x00" in text:
            text = text.replace("\x00", "")
        return text.removeprefix("\ufeff")


class _Started:
    """A property whose continuation lines may still come."""

    def __init__(self, text: str, line: int) -> None:
        self._pieces = [text]
        self._size = len(text)
        self._line = line
        self._is_quoted = "QUOTED-PRINTABLE" in text.partition(":")[0].upper()
        name = _NAME.match(text)
        self._is_read = name is None or name[1].upper() not in _UNREAD

    def goes_on(self, text: str, keeps_blank: bool) -> bool:
        """Takes a line that continues this property."""
        if self._is_quoted and self._pieces[-1].endswith("=") and not _FENCE.fullmatch(text):
            self._pieces[-1] = self._pieces[-1][:-1]
        elif text.startswith((" ", "\t")):
            text = text if keeps_blank else text[1:]
        elif self._is_read or ":" in text or not text:
            return False
        self._size += len(text)
        if self._is_read and self._size <= LONGEST:
            self._pieces.append(text)
        return True

    def finished(self) -> Property:
        text = "".join(self._pieces)
        head = _HEAD.match(text)
        if head is None:
            return Property("", text, self._line)
        group, name, params = head[1] or "", head[2].upper(), head[3]
        value = text[head.end() :] if self._is_read else ""
        is_cut = self._is_read and self._size >= LONGEST
        return Property(name, value, self._line, group.lower(), _params(params) if params else (), is_cut)


def _params(text: str) -> tuple[tuple[str, str], ...]:
    found = []
    for part in re.findall(r';((?:"[^"]*"|[^";])*)', text):
        name, sign, value = part.partition("=")
        name, value = (name.strip().upper(), value) if sign else ("TYPE", name)
        if not sign and value.strip().upper() in ("QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT"):
            name = "ENCODING"
        found.append((name, value.strip().strip('"')))
    return tuple(found)
