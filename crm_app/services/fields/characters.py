"""Characters: which cannot be stored, which nobody sees, and how words are compared."""

import re
import unicodedata

from crm_app.locales import Text, text

# Control characters (tab and line breaks apart), halves of a surrogate pair, the mark of a failed decoding.
UNUSABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffd-\uffff]")
# Zero width, soft hyphen and direction marks: copied along from web pages and address books.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Outlook and spreadsheets break lines with vertical tabs too.
_ODD_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})


def words(text: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(text.split())


def unusable(value: str) -> Text | None:
    """A message when `value` holds a character that no database or file can keep, else None."""
    found = UNUSABLE.search(value)
    if found is None:
        return None
    if found.group() == "\ufffd":
        return text("A letter was lost when the file was read; choose another encoding or type the word again.")
    return text("There is an invisible control character in the text; type it again without it.")


def visible(value: str) -> str:
    """NFC without characters nobody sees, trimmed; line breaks become `\\n`."""
    if value.isascii() and _ODD_BREAK.search(value) is None:
        return value.strip()
    value = unicodedata.normalize("NFC", _INVISIBLE.sub("", value))
    return _ODD_BREAK.sub("\n", value).strip()


def one_line(value: str) -> str:
    """`visible`, with every run of white space as one space."""
    if value.isascii() and value.isprintable():
        return value.strip() if "  " not in value else " ".join(value.split())
    return _SPACES.sub(" ", visible(value))


def folded(value: str) -> str:
    """Lower case without accents, for comparing words: `Müller` and `muller`, `Łódź` and `lodz` are equal."""
    if value.isascii():
        return value.lower()
    plain = unicodedata.normalize("NFKD", value.casefold().translate(_LETTERS))
    return "".join(char for char in plain if not unicodedata.combining(char))
