"""What a field's parser answers, for form, import and API alike."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from crm_app.locales import Text


class Level(StrEnum):
    ERROR = "error"  # the value cannot be taken
    WARNING = "warning"  # it is taken; somebody should look


@dataclass(frozen=True, slots=True)
class FieldContext:
    """What a parser must know beside the text."""

    country: str = "DE"  # ISO 3166 alpha-2, the installation's: phone code, tax number in doubt
    date_format: str | None = None  # pattern of the whole column (`dates.format_of`); None = judge this value alone
    time_zone: str = "UTC"  # IANA name; moments without an offset are meant in it
    today: date | None = None  # for birth dates; None = the real day


class Verdict(NamedTuple):
    """`value` goes to the contact (None = empty or unusable); `norm` is what matching compares."""

    value: Any = None
    norm: str | None = None
    level: Level | None = None
    message: Text | None = None

    @property
    def is_error(self) -> bool:
        return self.level is Level.ERROR


EMPTY = Verdict()


def refused(message: Text) -> Verdict:
    """The value cannot be taken; the message says what is wrong and what to do."""
    return Verdict(level=Level.ERROR, message=message)


def doubtful(value: Any, norm: str | None, message: Text) -> Verdict:
    """The value is taken, and somebody should look."""
    return Verdict(value, norm, Level.WARNING, message)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, said so that it can be mended: where (row, column, value), what, and what to do."""

    level: Level
    message: Text
    row: int | None = None  # 1-based record number in the file; None = the whole file
    column: str = ""  # header text; empty = the whole row
    value: str = ""
    data: dict[str, Any] = field(default_factory=dict)
