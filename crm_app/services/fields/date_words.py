"""Dates written with words: month names in German, English, Italian and Polish, long and short."""

import re
from functools import cache

from babel import Locale

from crm_app.services.fields.characters import folded, words

_LANGUAGES = ("de", "en", "it", "pl")
_MORE_MONTHS = {
    "janner": 1, "jaenner": 1, "feber": 2, "maerz": 3, "mrz": 3, "sept": 9, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5,
    "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12, "paz": 10, "wrz": 9,
}  # fmt: skip
_FILLERS = words("of the den der dem am il lo la del di de dnia r roku st nd rd th o um kl alle ore")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")


def read_words(text: str) -> tuple[int, int, int] | None:
    """(year, month, day) of "5 March 2024", "March 5th, 2024", "Di., 5. März 2024", "5 marca 2024 r."; else None.

    The year is as written, so two digits stay below 100. Words that belong to no date make it None.
    """
    numbers: list[int] = []
    month = 0
    for token in _TOKEN.findall(folded(text)):
        if token.isdigit():
            numbers.append(int(token) if len(token) <= 4 else -1)
        elif token in month_names():
            if month:
                return None
            month = month_names()[token]
        elif token not in _FILLERS and token not in _day_names():
            return None
    if not month or len(numbers) != 2:
        return None
    day, year = numbers if numbers[0] <= 31 else reversed(numbers)
    return year, month, day


@cache
def month_names() -> dict[str, int]:
    """Folded month names → 1 to 12."""
    names = dict(_MORE_MONTHS)
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in Locale(language).months[context][width].items():
                    names.setdefault(folded(name).rstrip("."), number)
    return names


@cache
def _day_names() -> frozenset[str]:
    names = set()
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated", "short"):
            names |= {folded(name).rstrip(".") for name in Locale(language).days["format"][width].values()}
    return frozenset(names)
