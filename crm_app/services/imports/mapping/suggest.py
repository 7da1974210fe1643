"""Suggested targets for the columns of a file: better none than a wrong one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crm_app.locales import Text, text

MATCH_KEYS: tuple[str, ...] = ("number", "external_id", "email")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`target` is a field name or None (leave unmapped); `confidence` is 0 to 1, how sure we are of the target."""

    target: str | None
    confidence: float
    reason: Text


def suggest(headers: Sequence[str], columns: Sequence[Sequence[str]]) -> list[Suggestion]:
    """One suggestion per column; a field is suggested at most once.

    `columns` holds sample cells per column, in the order of `headers`; lists may be empty.
    """
    return [Suggestion(None, 0.0, text("The header is not known.")) for _ in headers]


def suggest_match_key(targets: Iterable[str | None]) -> str | None:
    """The field by which rows find contacts: the first mapped one of `MATCH_KEYS`."""
    mapped = set(targets)
    return next((key for key in MATCH_KEYS if key in mapped), None)
