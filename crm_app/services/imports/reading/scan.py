"""One look over the bytes of a file, streamed: are they UTF-8, and which words could tell an 8-bit code page?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CHUNK = 1 << 20
MOST_SNIPPETS = 600
MOST_PLAIN = 300
MOST_LOOKED_AT = 200_000  # places with bytes over 127, mostly the same few words

_HIGH = re.compile(rb"[\x80-\xff]+")
_BEFORE = re.compile(rb"[A-Za-z0-9'`.\x80-\xff]+\Z")
_AFTER = re.compile(rb"[A-Za-z'`\x80-\xff]+")
_ASCII_WORD = re.compile(rb"(?<![\x80-\xff\w])[A-Za-z]{3,20}(?![\x80-\xff\w])")
_UTF8_CHAR = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
ASCII = bytes(range(128))


@dataclass(slots=True)
class Seen:
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


def scan(path: Path) -> Seen:
    """Reads the whole file."""
    seen = Seen()
    tail = b""
    for chunk in _chunks(path):
        tail = chunk[-4:]
        if chunk.isascii():
            continue
        high = chunk.translate(None, ASCII)
        seen.high.update(high)
        try:
            seen.good += len(chunk.decode("utf-8")) - (len(chunk) - len(high))
        except UnicodeDecodeError:
            rest, characters = _UTF8_CHAR.subn(b"", chunk)
            seen.good += characters
            seen.bad += len(rest.translate(None, ASCII))
    seen.cut_at_end = _cut_length(tail)
    return seen


@dataclass(slots=True)
class Words:
    """What the letters are judged by: bytes over 127 with their neighbours, plain words, and whole lines."""

    snippets: dict[bytes, None] = field(default_factory=dict)
    plain: dict[bytes, None] = field(default_factory=dict)
    lines: bytearray = field(default_factory=bytearray)


def collect(path: Path) -> Words:
    """Reads until enough different words are found."""
    words = Words()
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
