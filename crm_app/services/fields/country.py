"""Countries: names in twenty European languages, and codes, become ISO 3166 alpha-2."""

import re
from functools import cache

from babel import Locale
from babel.core import get_global

from crm_app.locales import text
from crm_app.services.fields.characters import folded, one_line
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, refused

_LANGUAGES = ("en", "de", "it", "pl")
_MORE_LANGUAGES = ("fr", "es", "pt", "nl", "cs", "sk", "hu", "hr", "sl", "ro", "sv", "da", "nb", "fi", "tr", "ru", "uk")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_NOT_LETTERS = re.compile(r"[\W_]+")
_NO_COUNTRIES = {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}  # codes of Unicode for what is no country
# Vehicle codes on envelopes ("D-80331") and everyday names that Unicode's list does not have.
_EVERYDAY: dict[str, str] = {
    "a": "AT", "b": "BE", "d": "DE", "e": "ES", "f": "FR", "h": "HU", "i": "IT", "l": "LU", "p": "PT", "s": "SE",
    "slo": "SI", "uk": "GB", "england": "GB", "inghilterra": "GB", "anglia": "GB", "scotland": "GB", "schottland": "GB",
    "great britain": "GB", "grossbritannien": "GB", "gran bretagna": "GB", "wielka brytania": "GB",
    "united states of america": "US", "usa": "US", "stany zjednoczone ameryki": "US", "stati uniti d america": "US",
    "vereinigte staaten von amerika": "US", "amerika": "US", "america": "US",
    "bundesrepublik deutschland": "DE", "brd": "DE", "republik osterreich": "AT", "die schweiz": "CH", "suisse": "CH",
    "svizzera italiana": "CH", "tschechische republik": "CZ", "czech republic": "CZ", "repubblica ceca": "CZ",
    "republika czeska": "CZ", "holland": "NL", "holandia": "NL", "olanda": "NL", "the netherlands": "NL",
    "sudtirol": "IT", "rzeczpospolita polska": "PL", "turkey": "TR", "turkei": "TR", "russland": "RU",
    "osterreich": "AT", "france": "FR", "espana": "ES", "italia": "IT", "polska": "PL",
}  # fmt: skip


def parse_country(cell: str, context: FieldContext) -> Verdict:
    """An ISO 3166 alpha-2 code such as "DE"; a word that names no country is an error."""
    word = one_line(cell)
    if not word:
        return EMPTY
    key = _key(word)
    code = countries().get(key) or _foreign_names().get(key)
    if code is None:
        return refused(text("This country is not known; write its name or its two-letter code, such as DE."))
    return Verdict(code, code)


def _key(word: str) -> str:
    return _NOT_LETTERS.sub(" ", folded(word)).strip()


def _territories(language: str) -> dict[str, str]:
    return {str(code): str(name) for code, name in Locale(language).territories.items()}


@cache
def countries() -> dict[str, str]:
    """Folded name or code → alpha-2 code."""
    names: dict[str, str] = {}
    codes = {code for code in _territories("en") if len(code) == 2 and code.isalpha()} - _NO_COUNTRIES
    for language in _LANGUAGES:
        for code, name in _territories(language).items():
            if code in codes:
                names.setdefault(_key(name), code)
                names.setdefault(_key(name.lower().translate(_UMLAUTS)), code)
    for alias, replacements in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and replacements[0] in codes:
            names.setdefault(alias.lower(), replacements[0])
    return names | _EVERYDAY | {code.lower(): code for code in codes} | {"uk": "GB"}


@cache
def _foreign_names() -> dict[str, str]:
    """Names in further languages; only asked for words that the first four do not know."""
    known = set(countries().values())
    names: dict[str, str] = {}
    for language in _MORE_LANGUAGES:
        for code, name in _territories(language).items():
            if code in known:
                names.setdefault(_key(name), code)
    return names
