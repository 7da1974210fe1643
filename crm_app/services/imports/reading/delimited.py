"""Delimited text: how a file is written, and its rows as records.

Numbering: records are counted from 1 as they stand in the file: the header, titles above it and the line `sep=;`
count, and so does every blank line, so that numbers are near the lines an editor shows; a quoted cell over several
lines is one record, whose `line` tells where it starts. Blank records are no rows and are not handed on. Every other
record behind the header is either taken (a `Record`) or refused (a `Problem` of level error that no record with its
number follows).
"""

import codecs
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from crm_app.locales import Text, text
from crm_app.services.fields.verdict import Level, Problem
from crm_app.services.imports.reading import dialect as dialects
from crm_app.services.imports.reading import encoding as encodings
from crm_app.services.imports.reading import garbled, header
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.split import best_escape, best_quote
from crm_app.services.imports.reading.stream import stream
from crm_app.services.imports.reading.types import Dialect, Format, ReadOut, ReadSettings, Record

SAMPLE = 65_536  # characters the dialect is detected on
LOOKED_AT = 100  # records the header is detected on
SHOWN = 30  # records handed on for people to see
_OF_NAMES = ("idna", "punycode", "undefined")  # codecs that are no encodings of files
UNSURE = 0.75  # confidence under which an encoding is worth a warning


def understand(path: Path, settings: ReadSettings) -> ReadOut:
    """Encoding, dialect and header of a text file; what `settings` choose wins. Only the encoding needs all of it.

    `problems` are those of the whole file; those of rows come with `records`. Raises Unreadable for an unknown
    encoding and for a file without text, OSError if it cannot be opened.
    """
    guess = encodings.detect(path) if settings.encoding is None else chosen_encoding(path, settings.encoding)
    sample = _sample(path, guess.encoding)
    if not sample.strip("\ufeff\x00 \t\r\n"):
        raise Unreadable(text("There is no text in this file."))
    read_out = ReadOut(Format.CSV, encoding=guess.encoding, encoding_confidence=guess.confidence)
    read_out.dialect = _dialect(sample, settings)
    read_out.problems = list(_whole_file_problems(guess, sample))
    wanted = max(LOOKED_AT, settings.header_row or 0)
    found = list(
        islice(
            (item for item in stream(path, guess.encoding, read_out.dialect, sample) if isinstance(item, Record)),
            wanted,
        )
    )
    read_out.first_records = found[:SHOWN]
    table = found[1:] if found and dialects.sep_line(sample) else found
    if settings.header_row is not None:
        head = next((record for record in found if record.number == settings.header_row), None)
    else:
        index = header.detect([record.cells for record in table])
        head = None if index is None else table[index]
    read_out.header_row = head.number if head else None
    read_out.headers = _headers(head, [record for record in table if head is None or record.number > head.number])
    return read_out


def records(path: Path, read_out: ReadOut) -> Iterator[Record | Problem]:
    """The rows behind the header, streamed, each at least as wide as the headers; its problems come before it."""
    width = len(read_out.headers)
    encoding = read_out.encoding or "utf-8"
    sample = _sample(path, encoding)
    after = read_out.header_row or int(dialects.sep_line(sample) is not None)
    for item in stream(path, encoding, read_out.dialect or Dialect(), sample, width):
        if isinstance(item, Problem):
            if (item.row or 0) > after:
                yield item
            continue
        if item.number <= after:
            continue
        cells = item.cells
        if len(cells) != width:
            if len(cells) < width:
                cells.extend([""] * (width - len(cells)))
            elif not any(cells[width:]):
                del cells[width:]
        if any(cells):
            yield item


def column_name(index: int) -> str:
    """The name of a column without one, by its letter in a spreadsheet: 0 → "Column A", 27 → "Column AB"."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"Column {letters}"


def chosen_encoding(path: Path, name: str) -> encodings.EncodingGuess:
    """What somebody chose, as a guess. Raises Unreadable where there is no such encoding."""
    if name == garbled.TWICE:
        return encodings.EncodingGuess(name)
    try:
        codec = encodings.as_it_stands(path, name)
        b"a".decode(codec, "ignore")
        if codecs.lookup(codec).name in _OF_NAMES:
            raise LookupError(name)
    except (LookupError, ValueError):
        raise Unreadable(text("There is no encoding “{name}”.", name=name)) from None
    return encodings.EncodingGuess(codec)


def _sample(path: Path, encoding: str) -> str:
    codec = "utf-8" if encoding == garbled.TWICE else encoding
    with path.open(encoding=codec, errors="replace", newline="") as file:
        return file.read(SAMPLE + 1)


def _dialect(sample: str, settings: ReadSettings) -> Dialect:
    if settings.delimiter is None:
        dialect = dialects.detect(sample)
    else:
        quote = best_quote(sample, settings.delimiter)[0] or '"'
        dialect = Dialect(settings.delimiter, quote, best_escape(sample, settings.delimiter, quote))
    if settings.quotechar is not None:
        dialect = replace(dialect, quotechar=settings.quotechar)
    if settings.escapechar is not None:
        dialect = replace(dialect, escapechar=settings.escapechar)
    return dialect


def _whole_file_problems(guess: encodings.EncodingGuess, sample: str) -> Iterator[Problem]:
    message: Text
    if guess.undecodable:
        message = text(
            "Some letters do not fit the encoding {encoding}. They are marked in their rows.", encoding=guess.encoding
        )
        yield Problem(Level.WARNING, message)
    better = garbled.suggested_encoding(sample, guess.encoding)
    if better:
        example = next((word for word in sample.split() if garbled.mended(word) != word), "")[:40]
        message = text(
            "Letters look garbled: “{garbled}” may mean “{mended}”. Choose the encoding {encoding} to read them right.",
            garbled=example,
            mended=garbled.mended(example),
            encoding=better,
        )
        yield Problem(Level.WARNING, message, data={"encoding": better})
    else:
        yield from encoding_doubts(guess)


def encoding_doubts(guess: encodings.EncodingGuess) -> Iterator[Problem]:
    """A warning where the encoding is not certain."""
    if guess.confidence < UNSURE and guess.alternatives:
        message = text(
            "The encoding is not certain: read as {encoding}, it could be {other}. Please check letters with accents.",
            encoding=guess.encoding,
            other=", ".join(guess.alternatives),
        )
        yield Problem(Level.WARNING, message, data={"alternatives": list(guess.alternatives)})


def _headers(head: Record | None, rows: list[Record]) -> list[str]:
    """Trimmed names; blank ones by their letter; columns nobody uses at the end left out."""
    names = [cell.strip() for cell in head.cells] if head else []
    widths = Counter(_used(record.cells) for record in rows)
    enough = max(1, sum(widths.values()) // 5) if len(rows) > 4 else 1
    common = max((width for width, count in widths.items() if count >= enough), default=0)
    width = max(_used(names), common)
    names = names[:width] + [""] * (width - len(names))
    return [name or column_name(index) for index, name in enumerate(names)]


def _used(cells: list[str]) -> int:
    """Cells up to the last one that is not blank."""
    return max((index for index, cell in enumerate(cells, start=1) if cell.strip()), default=0)
