"""Spellings made comparable: umlauts, sounds, nicknames, legal forms of companies, streets. Pure functions of one text.

The sound code is of our own make, after the Kölner Phonetik (Postel 1969) with the rules cut down to what German,
English, Italian and Polish names have in common.
"""

import re
from functools import cache, lru_cache
from pathlib import Path

from crm_app.services.folding import fold_umlauts

_UMLAUTS = re.compile(r"(?<=[aou])e")
_NO_WORD = re.compile(r"[^a-z0-9]+")
_SOUNDS = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"[^a-z]", ""), (r"sch|sh|sz|cz|ch", "s"), (r"ph|v|w", "f"), (r"th|dt|d", "t"), (r"ck|c|q|g", "k"),
        (r"z|x", "s"), (r"b", "p"), (r"j", "i"), (r"(?<=.)[aeiouyh]+", ""), (r"(.)\1+", r"\1"),
    )
)  # fmt: skip
# Written without dots and blanks; the longest first, so that "gmbhcokg" goes before "kg".
_LEGAL = sorted(
    (
        "gmbh cokg|gmbhco kg|gmbh co kg|gmbh|mbh|ggmbh|ag|kg|ohg|gbr|ug|haftungsbeschrankt|ev|eg|ek|se|kgaa|inh|"
        "srl|srls|spa|snc|sas|ss|sapa|scarl|spzoo|zoo|sp|spk|spj|sa|ltd|limited|plc|llp|llc|lp|inc|incorporated|corp|"
        "corporation|co|company|sarl|eurl|bv|nv|ab|as|oy|aps|sl|lda|doo|kft|sro|and|und|the|et|cie"
    ).split("|"),
    key=len,
    reverse=True,
)
_LEGAL_WORDS = frozenset(word for form in _LEGAL for word in form.split())
_DOTTED = re.compile(r"\b((?:[a-z]\.\s?){2,}|[a-z](?:/[a-z])+)(?![a-z])")
_SPZOO = re.compile(r"\bsp\.?\s*z\.?\s*o\.?\s*o\b\.?")
_STREETS = {
    "str": "strasse", "st": "street", "ave": "avenue", "av": "avenue", "rd": "road", "dr": "drive", "pl": "place",
    "blvd": "boulevard", "ct": "court", "ln": "lane", "cres": "crescent", "cct": "circuit", "cl": "close",
    "ul": "ulica", "n": "north", "s": "south", "e": "east", "w": "west",
}  # fmt: skip
_STREET_END = re.compile(r"(?:strasse|str)$")
_HOUSE = re.compile(r"\d+")


@lru_cache(maxsize=20_000)  # names come again and again; a million addresses do not, and would stay for ever
def plain(text: str) -> str:
    """Lower case, letters and digits only, words apart by one blank; ü, ue and u are one letter."""
    if text.isascii():
        return _UMLAUTS.sub("", _NO_WORD.sub(" ", text.lower().replace("'", ""))).strip()
    return _UMLAUTS.sub("", _NO_WORD.sub(" ", fold_umlauts(text).replace("'", ""))).strip()


def sound(word: str) -> str:
    """The consonants as they sound, at most six, behind the first letter. Empty for what has no letters."""
    for pattern, by in _SOUNDS:
        word = pattern.sub(by, word)
    return word[:6]


@cache
def _nicknames() -> dict[str, str]:
    """Name → the first name of its line in `nicknames.txt`; a name on several lines belongs to the first one."""
    found: dict[str, str] = {}
    for line in Path(__file__).with_name("nicknames.txt").read_text(encoding="utf-8").splitlines():
        names = [plain(name) for name in line.split()]
        for name in names if not line.startswith("#") else ():
            found.setdefault(name, names[0])
    return found


@cache
def _forms() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, canonical_ in _nicknames().items():
        found.setdefault(canonical_, []).append(name)
    return found


def forms(name: str) -> list[str]:
    """All forms of a first name (already `plain`), itself first: bob, robert, rob …"""
    others = _forms().get(canonical(name), [])
    return [name, *(other for other in others if other != name)]


def canonical(name: str) -> str:
    """What a first name (already `plain`) is short for: bob → robert; itself when it is no known short form."""
    return _nicknames().get(name, name)


def company(text: str) -> str:
    """The name without its legal form: "Müller Sp. z o.o." and "Mueller" are the same. A mere legal form stays."""
    joined = _SPZOO.sub(" ", text.lower())
    joined = _DOTTED.sub(lambda found: re.sub(r"[./\s]", "", found[1]) + " ", joined)
    words = plain(joined.replace("&", " and ")).split()
    kept = [word for word in words if word not in _LEGAL_WORDS]
    return " ".join(kept or words)


def street(text: str) -> str:
    """Name and numbers in one spelling: "Hauptstraße 5" and "Haupt Str. 5" are the same."""
    words = []
    for word in plain(text).split():
        whole = _STREETS.get(word, word)
        ending = _STREET_END.search(whole)
        if ending and ending.start() > 1:
            words += [whole[: ending.start()], "strasse"]
        else:
            words.append(whole)
    return " ".join(words)


def house(text: str) -> str:
    """The first number in a street; empty when there is none."""
    found = _HOUSE.search(text)
    return found[0] if found else ""
