"""Texts compared without case and accents by the database itself: each letter becomes the class of its variants.

SQLite takes them as GLOB, PostgreSQL as a regular expression. Both databases fold ASCII alone, or by their own locale;
so the variants are ours: the Latin letters that `fold` reads as one.
"""

import re
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, literal
from sqlmodel import Session

from crm_app.services import database
from crm_app.services.folding import fold

_LATIN = range(0x41, 0x250)


@cache
def _variants() -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for code in _LATIN:
        letter = chr(code)
        if letter.isalpha() and len(base := fold(letter)) == 1:
            found.setdefault(base, []).append(letter)
    return {base: "".join(letters) for base, letters in found.items()}


def alike(letter: str) -> str:
    """The letters that count as this one, itself among them; each is one character."""
    variants = _variants().get(fold(letter), "")
    if letter in variants:
        return variants
    return "".join(one for one in dict.fromkeys((letter, letter.lower(), letter.upper())) if len(one) == 1)


def matches(
    session: Session, column: Any, wanted: str, *, starts: bool = False, ends: bool = False
) -> ColumnElement[bool]:
    """The column holds `wanted`; at its beginning and its end where asked for."""
    if database.is_sqlite(session):
        pattern = "".join(["" if starts else "*", *map(_glob, wanted), "" if ends else "*"])
        return column.op("GLOB", is_comparison=True)(literal(pattern))
    pattern = "".join(["^" if starts else "", *map(_regular, wanted), "$" if ends else ""])
    return column.regexp_match(pattern)


def _glob(letter: str) -> str:
    letters = alike(letter)
    return f"[{letters}]" if len(letters) > 1 or letters in "*?[" else letters


def _regular(letter: str) -> str:
    letters = alike(letter)
    return f"[{letters}]" if len(letters) > 1 else re.escape(letters)
