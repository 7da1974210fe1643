"""Texts in the user's language. English stands in the code; gettext catalogues (`<language>/crm.po`) hold the others.

A service never renders: it returns a `Text`, and the edge renders it in the language of whoever reads it, so a
problem found by one colleague can be read by another in hers.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

FOLDER = Path(__file__).parent
LANGUAGES = {"en": "English", "de": "Deutsch"}
PUBLIC_LANGUAGES = {**LANGUAGES, "it": "Italiano", "pl": "Polski"}  # of pages and mails for people without an account
DEFAULT = "en"
_PLACE = re.compile(r"\{(\w+)\}")
_GROUPED_FROM = 10_000  # below, a number may well be a row of a file


@dataclass(frozen=True, slots=True)
class Text:
    """An English text with `{named}` values, to be rendered later; with `plural`, the value `n` picks the form."""

    msgid: str
    params: dict[str, Any] = field(default_factory=dict)
    plural: str = ""

    def to_json(self) -> list[Any]:
        """Plain JSON; a value that is itself a Text becomes {"$text": …}, a date {"$date": …}."""
        return [self.msgid, {key: _plain(value) for key, value in self.params.items()}, self.plural]

    @classmethod
    def from_json(cls, data: list[Any]) -> "Text":
        return cls(data[0], {key: _read(value) for key, value in data[1].items()}, data[2])

    def __str__(self) -> str:
        return render(self, DEFAULT)


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return {"$text": value.to_json()}
    return {"$date": value.isoformat()} if isinstance(value, date) else value


def _read(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"$text"}:
        return Text.from_json(value["$text"])
    if isinstance(value, dict) and value.keys() == {"$date"}:
        return date.fromisoformat(value["$date"])
    return value


def text(msgid: str, **params: Any) -> Text:
    """Marks `msgid` for the catalogue (extracted by name) and carries its values."""
    return Text(msgid, params)


def ntext(singular: str, plural: str, n: int, **params: Any) -> Text:
    """Like `text`, with the form picked by `n`."""
    return Text(singular, {"n": n, **params}, plural)


@cache
def catalogue(language: str) -> Catalog | None:
    """The parsed catalogue of a language, or None for English and unknown languages."""
    path = FOLDER / language / "crm.po"
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return read_po(file, locale=language)


@cache
def _plural_index(language: str) -> Callable[[int], int]:
    from gettext import c2py

    return c2py(get_plural(language).plural_expr)


def translate(language: str, msgid: str, plural: str = "", n: int = 1) -> str:
    """The translated pattern; the English one where the catalogue has none."""
    found = catalogue(language)
    message = found.get(msgid) if found is not None else None
    if message is not None and not message.fuzzy:
        if plural and isinstance(message.string, (tuple, list)):
            form = message.string[_plural_index(language)(n)]
            if form:
                return str(form)
        elif isinstance(message.string, str) and message.string:
            return message.string
    return plural if plural and n != 1 else msgid


def render(message: Text, language: str) -> str:
    """The finished sentence in `language`. A value that is itself a Text is rendered too; dates, large numbers and
    the counter `n` are written as the language does. A value's own braces are never filled in.
    """
    pattern = translate(language, message.msgid, message.plural, int(message.params.get("n", 1)))
    return _PLACE.sub(lambda found: _shown(found, message.params, language), pattern)


def _shown(found: re.Match[str], params: dict[str, Any], language: str) -> str:
    name = found[1]
    if name not in params:
        return found[0]
    value = params[name]
    if isinstance(value, Text):
        return render(value, language)
    if isinstance(value, date):
        return str(format_date(value, format="medium", locale=language))
    if isinstance(value, int) and not isinstance(value, bool) and (name == "n" or abs(value) >= _GROUPED_FROM):
        return str(format_decimal(value, locale=language))
    return str(value)
