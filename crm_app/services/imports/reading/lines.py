"""The physical lines of a text file, decoded and cleaned, one after the other; some can be given back.

Lines end with \\n, \\r or \\r\\n, also mixed. NUL and the noncharacters U+FFFE and U+FFFF are taken out and counted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from crm_app.services.imports.reading.garbled import TWICE, mended

LONGEST_QUOTE = 10_000  # physical lines a quoted cell may go over: a record is held in memory


class StillOpen(Exception):
    """A record goes over more than LONGEST_QUOTE lines."""


@contextmanager
def opened(path: Path, encoding: str) -> Iterator["Lines"]:
    """Bytes that do not fit the encoding become U+FFFD. A byte order mark is no text."""
    codec = "utf-8" if encoding == TWICE else encoding
    with path.open(encoding=codec, errors="replace", newline="") as file:
        yield Lines(file, twice=encoding == TWICE)


class Lines:
    """`pending` are the lines handed out since it was last emptied, that is, those of the record being read."""

    def __init__(self, file: TextIO, *, twice: bool = False) -> None:
        self._file = map(mended, file) if twice else iter(file)
        self._returned: list[str] = []
        self._first = True
        self.pending: list[str] = []
        self.removed = 0  # characters taken out so far
        self.lost = 0  # lines so far that hold U+FFFD

    def __iter__(self) -> Iterator[str]:
        """Goes on where the last iteration stopped; raises StillOpen when `pending` grows too long."""
        pending = self.pending
        while True:
            line = self._returned.pop() if self._returned else next(self._file, None)
            if line is None:
                return
            if "\x00" in line or not line.isascii():
                line = self._cleaned(line)
            self._first = False
            pending.append(line)
            if len(pending) > LONGEST_QUOTE:
                raise StillOpen
            yield line

    def give_back(self, lines: list[str]) -> None:
        """These come next again."""
        self._returned.extend(reversed(lines))

    def _cleaned(self, line: str) -> str:
        if self._first:
            line = line.removeprefix("\ufeff")
        if "\ufffd" in line:
            self.lost += 1
        if "\x00" in line or "\uffff" in line or "\ufffe" in line:
            clean = line.replace("\x00", "").replace("\uffff", "").replace("\ufffe", "")
            self.removed += len(line) - len(clean)
            return clean
        return line
