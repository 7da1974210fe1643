"""A stored value of an own field taken over into another type, or why it would not survive.

It survives when nothing that somebody wrote gets lost: "12,50" may become a number, "007" and "12 €" may not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm_app.locales import Text, text
from crm_app.models import FieldType
from crm_app.services import custom_fields
from crm_app.services.fields.amounts import amount_text
from crm_app.services.fields.choices import SEPARATORS
from crm_app.services.fields.verdict import FieldContext

_TEXTS = (FieldType.TEXT, FieldType.LONG_TEXT)
_NUMBERS = (FieldType.NUMBER, FieldType.MONEY)
_LISTS = (FieldType.CHOICES,)
_PLAIN_NUMBER = re.compile(r"[-−]?[0-9.,'’ \u00a0\u202f]+")
_ZERO_BEFORE = re.compile(r"[-−]?0[0-9]")

SEVERAL = text("These are several choices.")
LOSES_SPELLING = text("It would be written in another way.")
LOSES_MORE = text("More stands there than the new type can keep.")
IS_A_CODE = text("The zeros before it would get lost: this is a code, no number.")


@dataclass(frozen=True, slots=True)
class Converted:
    """`problem` says why the value cannot be taken over; then `value` is the old one."""

    value: Any
    problem: Text | None = None


@dataclass(frozen=True, slots=True)
class Conversion:
    """From one type to another; `options` are those of the new one, `country` says how numbers and days are written."""

    old: FieldType
    new: FieldType
    options: tuple[str, ...] = ()
    country: str = "DE"

    def to_json(self) -> dict[str, Any]:
        return {"old": self.old.value, "new": self.new.value, "options": list(self.options), "country": self.country}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Conversion":
        return cls(FieldType(data["old"]), FieldType(data["new"]), tuple(data["options"]), data["country"])

    @property
    def keeps_values(self) -> bool:
        """Whether every value stays exactly as it is stored."""
        return self.old == self.new or {self.old, self.new} <= set(_NUMBERS) or (self.old, self.new) == _TEXTS

    def of(self, value: Any) -> Converted:
        """One stored value. What is of the new type already stays: it was written since."""
        if self.keeps_values or not _is_of(self.old, value):
            return Converted(value)
        if isinstance(value, list) and self.new is FieldType.CHOICE and len(value) > 1:
            return Converted(value, SEVERAL)
        if isinstance(value, list) and len(value) > 1 and any(";" in str(one) for one in value):
            return Converted(value, LOSES_MORE)  # nobody could tell the choices apart
        written = as_text(value)
        field = custom_fields.shape(self.new, self.options)
        verdict = custom_fields.parser(field)(written, FieldContext(country=self.country))
        if verdict.value is None or verdict.is_error or (verdict.level is not None and self.new not in _TEXTS):
            return Converted(value, verdict.message or LOSES_MORE)
        problem = self._loss(written, verdict.value)
        return Converted(value, problem) if problem else Converted(verdict.value)

    def _loss(self, written: str, value: Any) -> Text | None:
        """What a reader of the new value could not tell any more."""
        if self.new in (*_TEXTS, FieldType.CHOICE):
            return None if value == written else LOSES_SPELLING
        if self.new in _NUMBERS:
            if not _PLAIN_NUMBER.fullmatch(written.strip()):
                return LOSES_MORE
            return IS_A_CODE if _ZERO_BEFORE.match(written.strip()) else None
        if self.new is FieldType.CHOICES:
            return None if sorted(as_text(value).split(SEPARATORS[0])) == sorted(_parts(written)) else LOSES_SPELLING
        return LOSES_MORE if self.new is FieldType.DATE and ":" in written else None


def as_text(value: Any) -> str:
    """A stored value as its input takes it: yes and no, choices by semicolon, numbers with a point."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return SEPARATORS[0].join(map(str, value))
    if isinstance(value, int | float):
        return amount_text(value)
    return "" if value is None else str(value)


def _parts(written: str) -> list[str]:
    return [part.strip() for part in written.split(";") if part.strip()]


def _is_of(kind: FieldType, value: Any) -> bool:
    """Whether JSON stores values of the type so."""
    if kind is FieldType.YES_NO:
        return isinstance(value, bool)
    if kind in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, list) if kind in _LISTS else isinstance(value, str)
