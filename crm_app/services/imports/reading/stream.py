"""Every record of a text file in turn, streamed, and what is wrong with each; no record is lost or merged silently."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crm_app.locales import text
from crm_app.services.fields.verdict import Level, Problem
from crm_app.services.imports.reading import quotes
from crm_app.services.imports.reading.dialect import prepare
from crm_app.services.imports.reading.lines import Lines, StillOpen, opened
from crm_app.services.imports.reading.split import is_aligned
from crm_app.services.imports.reading.types import Dialect, Record

_STRAY = text("There is a stray quotation mark in this row. It was kept as text; please check the row.")


def stream(path: Path, encoding: str, dialect: Dialect, sample: str, width: int = 0) -> Iterator[Record | Problem]:
    """Records, blank ones too, each after its problems; an error that no record follows is a refused record.

    A quote that stays open to the end, over thousands of lines, or into other records (`width` cells, 0 = not known)
    refuses the record it opened in, and reading goes on in the line after that one.
    """
    skip_spaces = _skips_spaces(sample, dialect)
    arguments = quotes.options(dialect, skip_spaces=skip_spaces)
    number, line = 0, 1  # of the record read last; where the next one starts
    with opened(path, encoding) as source:
        pending = source.pending
        seen = _Seen(source, encoding)
        while True:
            try:
                for cells in csv.reader(source, **arguments):
                    if len(pending) > 1 and width and quotes.swallowed(pending, cells, width, arguments):
                        raise StillOpen
                    number += 1
                    if source.removed != seen.removed or source.lost != seen.lost:
                        yield from seen.problems(number, cells)
                    yield Record(number, cells, line)
                    line += len(pending)
                    pending.clear()
                return
            except (csv.Error, StillOpen) as error:
                number += 1
                first = pending[0]
                mended = None
                if len(pending) == 1 and isinstance(error, csv.Error):
                    mended = quotes.mend(first, dialect, width, skip_spaces=skip_spaces)
                source.give_back(pending[1:])
                pending.clear()
                yield from _after_a_wrong_quote(first, mended, number, line, dialect)
                seen.forget()
                line += 1


def _after_a_wrong_quote(
    first: str, mended: list[str] | None, number: int, line: int, dialect: Dialect
) -> Iterator[Record | Problem]:
    if mended is None:
        message = text(
            "A quotation mark ({quote}) opens in line {line} and is not closed properly. The row was not taken; "
            "reading went on in the next line. Close or remove the mark in the file, or choose “no quotation marks”.",
            quote=dialect.quotechar,
            line=line,
        )
        yield Problem(Level.ERROR, message, row=number, value=first.strip()[:80])
        return
    if any(dialect.quotechar in cell for cell in mended):
        yield Problem(Level.WARNING, _STRAY, row=number, value=first.strip()[:80])
    yield Record(number, mended, line)


@dataclass(slots=True)
class _Seen:
    """How many characters were taken out or lost up to the record read last."""

    source: Lines
    encoding: str
    removed: int = 0
    lost: int = 0

    def problems(self, number: int, cells: list[str]) -> Iterator[Problem]:
        count = self.source.removed - self.removed
        if count:
            message = text("{count} invisible NUL characters were removed from this row.", count=count)
            yield Problem(Level.WARNING, message, row=number)
        if self.source.lost != self.lost:
            message = text(
                "A letter in this row does not fit the encoding {encoding}. Choose another one.", encoding=self.encoding
            )
            value = next((cell for cell in cells if "\ufffd" in cell), "")
            yield Problem(Level.ERROR, message, row=number, value=value[:80])
        self.forget()

    def forget(self) -> None:
        self.removed, self.lost = self.source.removed, self.source.lost


def _skips_spaces(sample: str, dialect: Dialect) -> bool:
    """Whether quoted cells stand after `, ` instead of `,`, or columns are aligned by spaces."""
    if dialect.delimiter == " ":
        return is_aligned(prepare(sample)[1])
    if not dialect.quotechar or not dialect.delimiter:
        return False
    return re.search(rf"{re.escape(dialect.delimiter)} +{re.escape(dialect.quotechar)}", sample) is not None
