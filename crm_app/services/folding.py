"""Text as it is compared, searched and sorted: without case and accents, the same on SQLite and PostgreSQL."""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})
_MARKS = {"Mn", "Me"}
_NO_DIGIT = re.compile(r"[^0-9]+")
_NO_ASCII_DIGIT = dict.fromkeys(code for code in range(128) if not chr(code).isdigit())


def fold(text: str) -> str:
    """Lower case, accents off (ä → a, ł → l, ß → ss), white space collapsed."""
    return " ".join(text.lower().split()) if text.isascii() else _folded(text)


@lru_cache(maxsize=10_000)  # names and places with accents come again and again, and each takes ten times an ASCII word
def _folded(text: str) -> str:
    lowered = text.casefold().translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", lowered)
    return " ".join("".join(c for c in decomposed if unicodedata.category(c) not in _MARKS).split())


@lru_cache(maxsize=10_000)
def fold_umlauts(text: str) -> str:
    """Like `fold`, but as Germans write without umlauts: ä → ae, so that "Mueller" and "Müller" meet."""
    if text.isascii():
        return fold(text)
    return fold(unicodedata.normalize("NFC", text).casefold().translate(_UMLAUTS))


def digits(text: str) -> str:
    """Only the digits, for comparing phone numbers."""
    return text.translate(_NO_ASCII_DIGIT) if text.isascii() else _NO_DIGIT.sub("", text)
