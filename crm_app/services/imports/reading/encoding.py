"""In which encoding is this text file written?

Order: byte order mark → NUL bytes of UTF-16 without one → strict UTF-8 over the whole file → letters of 8-bit code
pages (`letters.py`), with chardet as second opinion on the lines that hold non-ASCII bytes. Everything is streamed:
memory does not grow with the file.

Names answered: `utf-8` (also for pure ASCII), `utf-8-sig`, `utf-16` and `utf-32` (with mark), `utf-16-le`/`utf-16-be`
(without), else a code page in the spelling of `letters.PAGES` (`cp1252`, `iso8859-2`, `mac-roman`…) or chardet's codec
for scripts we have no letters of. ISO-8859-1 is answered as its superset `cp1252`: same text.
"""

import codecs
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import chardet

from crm_app.services.imports.reading import letters

CHUNK = 1 << 20
MOST_SNIPPETS = letters.FULL_LOOK
MOST_PLAIN = 300
MOST_LOOKED_AT = 200_000  # places with bytes over 127, mostly the same few words
UNSURE = 4.0  # nats between two readings under which chardet is asked
STRANGE = -5.5  # nats per character under which no page of ours fits

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_BEFORE = re.compile(rb"[A-Za-z0-9'`.\x80-\xff]+\Z")
_AFTER = re.compile(rb"[A-Za-z'`\x80-\xff]+")
_ASCII_WORD = re.compile(rb"(?<![\x80-\xff\w])[A-Za-z]{3,20}(?![\x80-\xff\w])")
_UTF8_CHAR = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
_ASCII = bytes(range(128))


@dataclass(frozen=True, slots=True)
class EncodingGuess:
    """A Python codec, how sure (0…1), what else it could be, and how many bytes do not fit it."""

    encoding: str
    confidence: float = 1.0
    alternatives: tuple[str, ...] = ()
    undecodable: int = 0


def detect(path: Path) -> EncodingGuess:
    """The encoding of the whole file. Never raises for any content; OSError if it cannot be opened."""
    with path.open("rb") as file:
        start = file.read(CHUNK >> 4)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return EncodingGuess(name)
    wide = _utf16_without_mark(start)
    if wide:
        return EncodingGuess(wide, 0.95, ("utf-16",))
    seen = _scan(path)
    if not seen.bad:
        return EncodingGuess("utf-8", 1.0, ("cp1252",))
    if seen.good >= 4 * seen.bad or (seen.good and seen.bad == seen.cut_at_end):
        return EncodingGuess("utf-8", 0.9, ("cp1252",), undecodable=seen.bad)
    return _eight_bit(seen.high, _collect(path))


@dataclass(slots=True)
class _Seen:
    """What one pass over the bytes found out."""

    high: set[int] = field(default_factory=set)  # the bytes over 127 that occur
    good: int = 0  # characters over 127 in well-formed UTF-8
    bad: int = 0  # bytes over 127 outside such characters
    cut_at_end: int = 0  # of these, the beginning of a character at the very end of the file


def _chunks(path: Path) -> Iterator[bytes]:
    """Pieces of about 1 MB that end at a line break, where lines are not endless."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk + file.readline(CHUNK >> 4)


def _scan(path: Path) -> _Seen:
    seen = _Seen()
    tail = b""
    for chunk in _chunks(path):
        tail = chunk[-4:]
        if chunk.isascii():
            continue
        high = chunk.translate(None, _ASCII)
        seen.high.update(high)
        try:
            seen.good += len(chunk.decode("utf-8")) - (len(chunk) - len(high))
        except UnicodeDecodeError:
            rest, characters = _UTF8_CHAR.subn(b"", chunk)
            seen.good += characters
            seen.bad += len(rest.translate(None, _ASCII))
    seen.cut_at_end = _cut_length(tail)
    return seen


@dataclass(slots=True)
class _Words:
    """What the letters are judged by: bytes over 127 with their neighbours, plain words, and whole lines."""

    snippets: dict[bytes, None] = field(default_factory=dict)
    plain: dict[bytes, None] = field(default_factory=dict)
    lines: bytearray = field(default_factory=bytearray)


def _collect(path: Path) -> _Words:
    words = _Words()
    looked_at = 0
    for chunk in _chunks(path):
        if len(words.plain) < MOST_PLAIN:
            words.plain.update(dict.fromkeys(_ASCII_WORD.findall(chunk[: CHUNK >> 4])))
        if chunk.isascii():
            continue
        end = 0
        for match in _HIGH.finditer(chunk):
            if match.start() < end:
                continue
            start, end = match.span()
            before = _BEFORE.search(chunk, max(0, start - 24), start)
            after = _AFTER.match(chunk, end, end + 24)
            end = after.end() if after else end
            words.snippets[chunk[before.start() if before else start : end]] = None
            if len(words.lines) < CHUNK >> 4:
                line_end = chunk.find(b"\n", end, end + 500)
                line_end = min(end + 500, len(chunk)) if line_end < 0 else line_end
                words.lines += chunk[max(chunk.rfind(b"\n", 0, start) + 1, start - 500) : line_end] + b"\n"
            looked_at += 1
            if len(words.snippets) >= MOST_SNIPPETS or looked_at >= MOST_LOOKED_AT:
                return words
    return words


def _cut_length(tail: bytes) -> int:
    """Bytes at the end that begin a UTF-8 character without finishing it."""
    for length in (1, 2, 3):
        piece = tail[-length:]
        if len(piece) == length and piece[0] >= 0xC2:
            needed = 2 if piece[0] < 0xE0 else 3 if piece[0] < 0xF0 else 4
            return length if length < needed and all(0x80 <= byte < 0xC0 for byte in piece[1:]) else 0
    return 0


def _utf16_without_mark(start: bytes) -> str | None:
    """UTF-16 shows in NUL bytes that all stand at even or all at odd places (Latin letters, digits, delimiters)."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) < len(start) * (0.25 if len(start) < 100 else 0.08) or not start:
        return None
    if odd > 20 * even:
        name = "utf-16-le"
    elif even > 20 * odd:
        name = "utf-16-be"
    else:
        return None
    text = start[: len(start) & ~1].decode(name, errors="replace")
    ascii_share = sum(char.isascii() for char in text[:2_000]) / len(text[:2_000])
    return name if text.count("\ufffd") * 50 < len(text) and ascii_share >= 0.1 else None


def _eight_bit(high: set[int], words: _Words) -> EncodingGuess:
    snippets = list(words.snippets)
    ranked = letters.rank(snippets, [word.decode("ascii") for word in words.plain])
    best = _commonest_spelling(ranked, high)
    rival = next((item for item in ranked[1:] if item.text != best.text), None)
    margin = best.score - rival.score if rival else 50.0
    dense = 3 * sum(len(snippet.translate(None, _ASCII)) for snippet in snippets) > sum(map(len, snippets))
    strange = dense and best.score < STRANGE * len(best.text)
    if strange or margin < UNSURE:
        second = _second_opinion(bytes(words.lines), strange=strange)
        if second and strange:
            return EncodingGuess(second, 0.6, tuple(item.page for item in ranked[:3]))
        if second and rival and second == rival.page:
            best, margin = rival, UNSURE - margin
    others = [item.page for item in ranked if item.text != best.text][:3]
    return EncodingGuess(
        best.page,
        round(1 / (1 + math.exp(-min(margin, 30.0) / 2)), 3),
        tuple(others),
        undecodable=sum(1 for byte in high if _undefined(byte, best.page)),
    )


def _commonest_spelling(ranked: list[letters.Ranked], high: set[int]) -> letters.Ranked:
    """Of the pages that give exactly the best one's text for the whole file, the most usual."""
    everything = bytes(sorted(high))
    wanted = everything.decode(ranked[0].page, errors="replace")
    same = (item for item in ranked if everything.decode(item.page, errors="replace") == wanted)
    return max(same, key=lambda item: letters.PAGES[item.page][0])


def _undefined(byte: int, page: str) -> bool:
    return bytes([byte]).decode(page, errors="replace") == "\ufffd"


def _second_opinion(lines: bytes, *, strange: bool) -> str | None:
    """chardet's answer: any encoding at all when no page of ours fits, else only among ours."""
    include = None if strange else list(letters.PAGES)
    answer = chardet.detect(lines, include_encodings=include)
    name, confidence = answer["encoding"], answer["confidence"] or 0.0
    if not name or name == "ascii" or (strange and confidence < 0.3):
        return None
    try:
        found = codecs.lookup(name).name
        lines[: lines.rfind(b"\n")].decode(found)
    except (LookupError, UnicodeDecodeError):
        return None
    return found
