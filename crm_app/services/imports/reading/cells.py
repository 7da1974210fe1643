"""What a cell looks like: its kind, from its text alone.

Used to judge dialects (a right split gives cells of known kinds) and to find the header (names above values).
Kinds are those of van den Burg et al. (2019) and García (2024), plus what contact lists hold.
"""

import re
from enum import IntEnum
from functools import lru_cache


class Kind(IntEnum):
    EMPTY = 0
    NUMBER = 1
    DATE = 2
    TIME = 3
    EMAIL = 4
    URL = 5
    PHONE = 6
    MONEY = 7  # and percentages
    CODE = 8  # letters and digits without spaces: ids, postcodes, IBANs
    WORD = 9  # one word
    WORDS = 10  # a few words: names, titles
    TEXT = 11  # sentences, addresses
    ODD = 12  # nothing a cell usually is


VALUES = frozenset({Kind.NUMBER, Kind.DATE, Kind.TIME, Kind.EMAIL, Kind.URL, Kind.PHONE, Kind.MONEY})

_BLANKS = frozenset(
    {"na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", "---", ".", "..", "?", "\\n", "k.a.", "–"}
)
_MONTH = (
    r"(?:jan|feb|m[aäá]r|apr|ma[iyj]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|gen|mag|giu|lug|ago|set|ott|dic|ene|abr|avr"
    r"|f[ée]v|sty|lut|kwi|cze|lip|sie|wrz|pa[zź]|lis|gru)[a-zûéäź]*"
)
_DATES = (
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}",
    r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})\.?",
    r"\d{1,2}\.\s?\d{1,2}\.\s?\d{4}",
    rf"\d{{1,2}}[-. ]{{1,2}}{_MONTH}\.?[-, ]{{1,2}}(?:\d{{4}}|\d{{2}})",
    rf"{_MONTH}\.? \d{{1,2}},? \d{{4}}",
    rf"{_MONTH}[-. ]\d{{2,4}}",
    r"\d{4}[-/]\d{2}",
    rf"\d{{1,2}}-{_MONTH}",
    r"\d{4}-q[1-4]",
    r"\d{4}年\d{1,2}月(?:\d{1,2}日)?",
)
_DATE = f"(?:{'|'.join(_DATES)})"
_TIME = r"(?:\d{1,3}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?)?)"
_ZONE = r"(?: ?(?:z|utc|gmt|[a-z]{3,4}|[+-]\d{2}:?\d{2}))?"
_CURRENCY = r"[$€£¥]|eur|usd|gbp|chf|pln|zł|kč|us\$"
_DOMAINS = "com|org|net|de|it|pl|edu|gov|fr|es|uk|eu|info|io|ch|at"

# The first that fits counts. Each is linear: no repetition inside a repetition of the same characters.
_SHAPES: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (
        Kind.NUMBER,
        (
            r"[+-]? ?(?:\d+(?:[.,]\d+)?|[.,]\d+|\d+[.,])(?:e[+-]?\d+)?",
            r"[+-]?\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?:[.,]\d+)?",
            r"\(\d[\d.,]*\)|[+-]?inf",
        ),
    ),
    (Kind.DATE, (rf"(?:[a-z]{{2,9}}\.?,? )?{_DATE}(?:(?:,? |t){_TIME}{_ZONE})?", r"\d{8}t\d{4,6}z?")),
    (Kind.TIME, (_TIME + _ZONE,)),
    (Kind.EMAIL, (r"(?:mailto:)?[^@\s,;<>\"|]{1,64}@[^@\s,;<>\"|:]+\.[^@\s,;<>\"|:.]{2,24}",)),
    (
        Kind.URL,
        (
            r"(?:https?|ftp|file)://[^\s\"<>]+|www\.[^\s\"<>]+\.[a-z]{2,}[^\s\"<>]*",
            rf"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:{_DOMAINS})(?:/[^\s\"<>,;]*)?",
        ),
    ),
    (
        Kind.PHONE,
        (
            r"(?=(?:\D*\d){6,17}\D*$)(?:tel\.? ?)?(?:\+|00|0|\()\(?\d[\d ()/.\u2011-]*\d(?: ?(?:x|ext\.?) ?\d+)?",
            r"\d{3}[-. ]\d{3}[-. ]\d{3,4}",
        ),
    ),
    (
        Kind.MONEY,
        (
            rf"[+-]?\(?(?:{_CURRENCY}) ?[+-]?\d[\d.,' \u00a0]*\)?",
            rf"[+-]?\d[\d.,' \u00a0]* ?(?:[%‰]|{_CURRENCY}|ft|lei)",
        ),
    ),
    (
        Kind.CODE,
        (
            r"(?=[^\d]*\d)[a-z]{0,12}[-_./:#]?[a-z0-9]+(?:[-_./:#][a-z0-9]+){0,7}",
            r"\d{2,3}[- ]\d{2,3}|[<>~≤≥] ?\d[\d.,]*",
            r"[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){3,7} ?[a-z0-9]{0,4}",
        ),
    ),
    (Kind.WORD, (r"[^\W\d_](?:[^\W\d]|[-'’.])*+", r"[^\W\d_]++\([^\W\d_]*\)")),
    (Kind.WORDS, (r"[^\W\d_](?:[\w'’.&/()-]|[ \u00a0](?=\S)){1,80}+",)),
)
_PATTERNS = tuple((found, re.compile("|".join(f"(?:{shape})" for shape in shapes))) for found, shapes in _SHAPES)
_TEXT = re.compile(r"[\w\"'(„“¿¡«+*@#§$€£-][^\x00-\x08\t]*", re.DOTALL)


@lru_cache(maxsize=50_000)
def kind(cell: str) -> Kind:
    """The kind of one cell; blanks around it do not count. At most 200 characters are looked at."""
    text = cell.strip()
    if not text:
        return Kind.EMPTY
    if len(text) > 200:
        return Kind.TEXT if _TEXT.match(text) else Kind.ODD
    text = text.lower()
    if text in _BLANKS:
        return Kind.EMPTY
    for found, pattern in _PATTERNS:
        if pattern.fullmatch(text):
            return found
    if _TEXT.fullmatch(text) and _balanced(text):
        return Kind.TEXT
    return Kind.ODD


def _balanced(text: str) -> bool:
    """Split in the wrong place, a text keeps an opening bracket or quote whose partner went to the neighbour."""
    return text.count("(") == text.count(")") and text.count("[") == text.count("]") and text.count('"') % 2 == 0
