"""vCards: address books of phones and mail programs, each card a record with the cells of `vcard_columns`.

Versions 2.1 (Versit 1996), 3.0 (RFC 2426) and 4.0 (RFC 6350), also mixed in one file. Records count cards from 1;
`Record.line` is where a card begins. A card without its end, or too large for any person, is refused with a problem,
and reading goes on with the next one. Cards that say nothing are no rows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from crm_app.locales import Text, ntext, text
from crm_app.services.fields.verdict import Level, Problem
from crm_app.services.imports.reading import delimited
from crm_app.services.imports.reading import encoding as encodings
from crm_app.services.imports.reading.errors import Unreadable
from crm_app.services.imports.reading.garbled import TWICE
from crm_app.services.imports.reading.types import Format, ReadOut, ReadSettings, Record
from crm_app.services.imports.reading.vcard_columns import cells_of, is_group
from crm_app.services.imports.reading.vcard_headers import HEADERS
from crm_app.services.imports.reading.vcard_lines import Property, holds_ascii, opened
from crm_app.services.imports.reading.vcard_values import Decoder

SHOWN = 30  # records handed on for people to see
MOST_PROPERTIES = 10_000  # of one card: it is held in memory
TOLD = 10  # names of properties without a column
_NAME = re.compile(r"[A-Z0-9-]{1,40}")


def understand(path: Path, settings: ReadSettings) -> ReadOut:
    """The columns the cards fill, in a fixed order, from one look at all of them. There is no header row.

    Raises Unreadable for an unknown encoding and for a file without any complete card.
    """
    guess = _detected(path) if settings.encoding is None else delimited.chosen_encoding(path, settings.encoding)
    encoding = "utf-8" if guess.encoding == TWICE else guess.encoding
    read_out = ReadOut(Format.VCARD, encoding=encoding, encoding_confidence=guess.confidence)
    read_out.problems = list(delimited.encoding_doubts(guess))
    filled: set[str] = set()
    without_column: dict[str, None] = {}
    first: list[tuple[_Card, dict[str, str]]] = []
    for card in _cards(path, encoding):
        if isinstance(card, _Card) and card.refusal is None:
            cells, unknown = card.cells(encoding)
            filled.update(cells)
            if len(without_column) < 10 * TOLD:
                without_column.update(dict.fromkeys(filter(_NAME.fullmatch, unknown)))
            if cells and len(first) < SHOWN:
                first.append((card, cells))
    if not filled:
        raise Unreadable(text("There is no complete contact card in this file."))
    read_out.headers = [header for header in HEADERS if header in filled]
    read_out.first_records = [_record(card, cells, read_out.headers) for card, cells in first]
    if without_column:
        names = ", ".join(list(without_column)[:TOLD]) + (" …" if len(without_column) > TOLD else "")
        message = text("These details of the cards have no column here and were left out: {names}.", names=names)
        read_out.problems.append(Problem(Level.WARNING, message))
    return read_out


def _detected(path: Path) -> encodings.EncodingGuess:
    """The encoding, one in which `BEGIN:VCARD` is what it is: a few stray bytes may look like a mainframe's text."""
    guess = encodings.detect(path)
    if guess.encoding.startswith(("utf-16", "utf-32")) or holds_ascii(guess.encoding):
        return guess
    return encodings.EncodingGuess("cp1252", 0.5, (guess.encoding,))


def records(path: Path, read_out: ReadOut) -> Iterator[Record | Problem]:
    """The cards, streamed, each exactly as wide as the headers; its problems come before it."""
    encoding = read_out.encoding or "utf-8"
    for card in _cards(path, encoding):
        if isinstance(card, Problem):
            yield card
        elif card.refusal is not None:
            yield Problem(Level.ERROR, card.refusal, row=card.number)
        else:
            cells, _ = card.cells(encoding)
            record = _record(card, cells, read_out.headers)
            if cells:
                yield from _problems(card, record, encoding)
                yield record


@dataclass(slots=True)
class _Card:
    """`refusal`: why it is not taken; then nothing of it is kept. `strange`: lines that are no properties."""

    number: int
    line: int
    is_old: bool = False
    properties: list[Property] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    refusal: Text | None = None
    size: int = 0

    def add(self, item: Property) -> None:
        self.size += 1
        if self.refusal is not None:
            return
        if item.is_cut or self.size > MOST_PROPERTIES:
            self.refuse(
                text(
                    "The contact card that begins in line {line} is far too large for a person. It was not taken.",
                    line=self.line,
                )
            )
        elif not item.name:
            self.strange.append(item.value[:80].encode("utf-8", "replace").decode())
        else:
            self.properties.append(item)

    def refuse(self, why: Text) -> None:
        self.refusal = self.refusal or why
        self.properties, self.strange = [], []

    def cells(self, encoding: str) -> tuple[dict[str, str], list[str]]:
        return cells_of(self.properties, Decoder(encoding, self.is_old))


def _cards(path: Path, encoding: str) -> Iterator[_Card | Problem]:
    """Every card in turn, refused ones too, and once where the file holds something outside of cards."""
    number, inside, is_told = 0, 0, False  # inside: cards within the card (AGENT in vCard 2.1), passed over
    card: _Card | None = None
    with opened(path, encoding) as properties:
        for item in properties:
            fence = item.name if item.name in ("BEGIN", "END") and item.value.strip().upper() == "VCARD" else ""
            if fence == "BEGIN" and card is not None and not inside and _is_agent(card):
                inside = 1
            elif fence == "BEGIN":
                if card is not None:
                    yield _unfinished(card)
                number, inside = number + 1, 0
                card = _Card(number, item.line)
                properties.keeps_blank = False
            elif fence == "END" and inside:
                inside = 0
            elif fence == "END" and card is not None:
                if card.refusal is None and is_group(card.properties):
                    card.refuse(text("This card is a group of contacts, not a contact. It was not taken."))
                yield card
                card = None
            elif card is None:
                if not is_told:
                    message = text(
                        "The file holds lines outside of contact cards; they were left out. The first is line {line}.",
                        line=item.line,
                    )
                    yield Problem(Level.WARNING, message)
                is_told = True
            elif not inside:
                if item.name == "VERSION":
                    properties.keeps_blank = card.is_old = item.value.strip() == "2.1"
                card.add(item)
    if card is not None:
        yield _unfinished(card)


def _is_agent(card: _Card) -> bool:
    last = card.properties[-1] if card.properties else None
    return last is not None and last.name == "AGENT" and not last.value.strip()


def _unfinished(card: _Card) -> _Card:
    card.refuse(
        text(
            "The contact card that begins in line {line} has no end (END:VCARD). It was not taken; reading went on "
            "with the next card.",
            line=card.line,
        )
    )
    return card


def _record(card: _Card, cells: dict[str, str], headers: list[str]) -> Record:
    return Record(card.number, [cells.get(header, "") for header in headers], card.line)


def _problems(card: _Card, record: Record, encoding: str) -> Iterator[Problem]:
    if card.strange:
        message = ntext(
            "A line of this contact card was not understood and left out.",
            "{n} lines of this contact card were not understood and left out.",
            len(card.strange),
        )
        yield Problem(Level.WARNING, message, row=card.number, value=card.strange[0])
    garbled = next((cell for cell in record.cells if "\ufffd" in cell), None)
    if garbled is not None:
        message = text(
            "A letter in this row does not fit the encoding {encoding}. Choose another one.", encoding=encoding
        )
        yield Problem(Level.ERROR, message, row=card.number, value=garbled[:80])
