"""Languages: names in English, German, Italian and Polish, and codes, become BCP 47 tags."""

import re
from functools import cache

from babel import Locale
from babel.core import get_global

from crm_app.locales import text
from crm_app.services.fields.characters import folded, one_line
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, refused

_LANGUAGES = ("en", "de", "it", "pl")
_IN_BRACKETS = re.compile(r"\s*\(.*\)\s*")
_LONGEST = 100  # characters of a name of a language
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?(?:\.[A-Za-z0-9-]+)?")
# Names in the language itself, and what people write.
_EVERYDAY = {
    "francais": "fr", "espanol": "es", "portugues": "pt", "nederlands": "nl", "cestina": "cs", "magyar": "hu",
    "svenska": "sv", "dansk": "da", "norsk": "no", "suomi": "fi", "turkce": "tr", "русскии": "ru", "українська": "uk",
    "slovencina": "sk", "hrvatski": "hr", "romana": "ro", "ger": "de", "eng": "en", "ita": "it", "pol": "pl",
    "fre": "fr", "dut": "nl", "cze": "cs", "d": "de", "e": "en", "ukrainisch": "uk", "ladin": "lld",
}  # fmt: skip


def parse_language(cell: str, context: FieldContext) -> Verdict:
    """A tag such as "de" or "pt-BR"; a word that names no language is an error."""
    word = one_line(cell)
    if not word:
        return EMPTY
    known = languages()
    without = _IN_BRACKETS.sub("", word[:_LONGEST])
    if code := known.get(folded(word)) or known.get(folded(without)):
        return Verdict(code, code.lower())
    if (found := _TAG.fullmatch(word)) and (code := known.get(found.group(1).lower())):
        tag = f"{code}-{found.group(2).upper()}" if found.group(2) else code
        return Verdict(tag, tag.lower())
    return refused(text("This language is not known; write its name or its code, such as de."))


def _names(language: str) -> dict[str, str]:
    return {str(code): str(name) for code, name in Locale(language).languages.items()}


@cache
def languages() -> dict[str, str]:
    """Folded name or code → language code."""
    names: dict[str, str] = {}
    codes = {code for code in _names("en") if code.isalpha() and len(code) in (2, 3)} - {"mul", "und", "zxx"}
    for language in _LANGUAGES:
        for code, name in _names(language).items():
            if code in codes:
                names.setdefault(folded(name), code)
    for alias, replacement in get_global("language_aliases").items():
        if len(alias) == 3 and replacement in codes:
            names.setdefault(alias, replacement)
    return names | _EVERYDAY | {code: code for code in codes}
