"""A condition understood: its subject found, its operator known, its values read. What is not understood is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import Session

from crm_app.locales import Text, text
from crm_app.models.base import now
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid
from crm_app.services.fields.registry import FieldGroup
from crm_app.services.filters import spans
from crm_app.services.filters.operators import Kind, Operator, Takes, find
from crm_app.services.filters.tree import Condition

ME = "me"  # whoever asks, in place of a colleague
_LARGEST = Decimal(10) ** 15


def is_id(value: str) -> bool:
    """Whether a text is a number that a database can hold as an id: 32 bits with a sign."""
    return value.isascii() and value.isdigit() and len(value) < 11 and int(value) < 2**31


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and what day it is there: relative dates and "me" depend on both."""

    actor: Actor
    today: date

    @classmethod
    def of(cls, actor: Actor) -> "Asker":
        return cls(actor, now().astimezone(ZoneInfo(actor.timezone)).date())


@dataclass(frozen=True, slots=True)
class Question:
    """`values` are as the operator takes them: texts, numbers (float), days, or the texts of choices."""

    operator: str
    values: tuple[Any, ...]
    asker: Asker

    @property
    def ids(self) -> list[int]:
        """Those of the values that are ids; what no database could hold as one is nobody's."""
        return [int(value) for value in self.values if is_id(value)]

    @property
    def span(self) -> spans.Span:
        """The days that a condition on a date means."""
        return spans.of(self.operator, self.values, self.asker.today)


Build = Callable[[Session, Question], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Subject:
    """Something a contact can be asked for. `build` makes the condition on `contact` for one question.

    `options` are values and what they are called, where they are known beforehand; `has_choices`: they stand in the
    database (`choices.of`).
    """

    name: str
    label: Text
    kind: Kind
    group: FieldGroup
    build: Build
    options: tuple[tuple[str, Text], ...] = ()
    has_choices: bool = False
    is_hidden: bool = False  # not offered in the panel: it comes from elsewhere
    former: tuple[tuple[str, str | None], ...] = ()  # options that are none any more, and what stands for them


def question(subject: Subject, condition: Condition, asker: Asker) -> Question:
    """The condition, understood. Raises Invalid for an unknown operator and for values it does not take."""
    operator = find(subject.kind, condition.operator)
    if operator is None:
        raise Invalid(
            text("“{field}” cannot be asked for in this way. Choose another comparison.", field=subject.label)
        )
    try:
        values = _read(operator, condition.values, asker)
    except (ValueError, InvalidOperation) as error:
        message = text(
            "The value for “{field}” is missing or is not understood. Fill it in again.", field=subject.label
        )
        raise Invalid(message) from error
    return Question(operator.name, values, asker)


def _read(operator: Operator, values: tuple[str, ...], asker: Asker) -> tuple[Any, ...]:
    """Raises ValueError or InvalidOperation."""
    if operator.takes is Takes.SOME:
        if not values or not all(map(_is_clean, values)):
            raise ValueError(values)
        return tuple(dict.fromkeys(values))
    wanted = {Takes.NOTHING: 0, Takes.TWO_NUMBERS: 2, Takes.TWO_DAYS: 2}.get(operator.takes, 1)
    if len(values) != wanted:
        raise ValueError(values)
    if operator.takes in (Takes.NUMBER, Takes.TWO_NUMBERS):
        return tuple(_number(value) for value in values)
    if operator.takes is Takes.TEXT:
        if not values[0].strip() or not _is_clean(values[0]):
            raise ValueError(values)
        return (values[0].strip(),)
    if operator.takes is Takes.MONTH:
        return (spans.month_of(values[0], asker.today),)
    if operator.name == "yearly_days":
        return (spans.days_of(values[0]),)
    if operator.takes is Takes.DAYS:
        spans.days_of(values[0])
    elif operator.takes is not Takes.NOTHING:
        spans.of(operator.name, values, asker.today)
    return values


def _is_clean(value: str) -> bool:
    return value.isprintable()


def _number(value: str) -> float:
    number = Decimal(value.strip().replace(",", "."))
    if not number.is_finite() or abs(number) > _LARGEST:
        raise ValueError(value)
    return float(number)
