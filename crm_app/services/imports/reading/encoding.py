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
from dataclasses import dataclass
from pathlib import Path

import chardet

from crm_app.services.imports.reading import letters, scan

WIDE = ("utf-16", "utf-32")
START = 65_536  # bytes in which UTF-16 shows
UNSURE = 4.0  # nats between two readings under which chardet is asked
# Nats per character under which no page of ours fits: right readings have -2 to -3.9, wrong ones -4.1 to -8.
STRANGE = -4.0

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


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
        start = file.read(START)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return EncodingGuess(name)
    wide = _utf16_without_mark(start)
    if wide:
        return EncodingGuess(wide, 0.95, ("utf-16",))
    seen = scan.scan(path)
    if not seen.bad:
        return EncodingGuess("utf-8", 1.0, ("cp1252",))
    if seen.good >= 4 * seen.bad or (seen.good and seen.bad == seen.cut_at_end):
        return EncodingGuess("utf-8", 0.9, ("cp1252",), undecodable=seen.bad)
    return _eight_bit(seen.high, scan.collect(path))


def as_it_stands(path: Path, name: str) -> str:
    """The codec that reads the file where somebody chose this one: without the mark that Python's `utf-16` and `utf-32`
    insist on, little-endian ones do, as Windows writes them. LookupError for an unknown name.
    """
    codec = codecs.lookup(name).name
    if codec not in WIDE:
        return name
    with path.open("rb") as file:
        start = file.read(4)
    return name if any(start.startswith(mark) for mark, of in _MARKS if of == codec) else f"{codec}-le"


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
    plain = sum(char.isascii() for char in text[:2_000])
    return name if text.count("\ufffd") * 50 < len(text) and plain * 10 >= len(text[:2_000]) else None


def _eight_bit(high: set[int], words: scan.Words) -> EncodingGuess:
    snippets = list(words.snippets)
    ranked = letters.rank(snippets, [word.decode("ascii") for word in words.plain])
    best = _commonest_spelling(ranked, high)
    rival = next((item for item in ranked[1:] if item.text != best.text), None)
    margin = best.score - rival.score if rival else 50.0
    dense = 3 * sum(len(snippet.translate(None, scan.ASCII)) for snippet in snippets) > sum(map(len, snippets))
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
    """chardet's answer: any encoding at all when no page of ours fits, else only among ours. UTF-16 and UTF-32 were
    looked for in the whole file: among these lines, which may begin with any two bytes, it would be a mistake.
    """
    include = None if strange else list(letters.PAGES)
    answer = chardet.detect(lines, include_encodings=include)
    name = answer["encoding"]
    if not name or name == "ascii":
        return None
    try:
        found = codecs.lookup(name).name
        lines[: lines.rfind(b"\n")].decode(found)
    except (LookupError, UnicodeError):
        return None
    return None if found.startswith(WIDE) else found
