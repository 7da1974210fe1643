"""What can be asked of a subject of each kind, and which values an answer takes."""

from dataclasses import dataclass
from enum import StrEnum

from crm_app.locales import Text, text


class Kind(StrEnum):
    """What a subject holds; it decides the operators."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"  # a day
    MOMENT = "moment"  # a point in time, asked for by day in the user's time zone
    ONE = "one"  # one of a list
    MANY = "many"  # some of a list
    YES_NO = "yes_no"
    ACTIVITY = "activity"
    AMONG = "among"  # one of a list, and never empty


class Takes(StrEnum):
    """What stands behind an operator."""

    NOTHING = "nothing"
    TEXT = "text"
    NUMBER = "number"
    TWO_NUMBERS = "two_numbers"
    DAY = "day"
    TWO_DAYS = "two_days"
    DAYS = "days"  # how many days
    SPAN = "span"  # day, week, month, year
    MONTH = "month"  # "this", "next", 1 … 12
    SOME = "some"  # one or more of the subject's choices


@dataclass(frozen=True, slots=True)
class Operator:
    """`label` may hold the place of its value: "in the last {value} days"; else the value stands behind it."""

    name: str
    label: Text
    takes: Takes


def _op(name: str, label: Text, takes: Takes = Takes.NOTHING) -> Operator:
    return Operator(name, label, takes)


_EMPTY = _op("empty", text("is empty"))
_FILLED = _op("filled", text("is filled"))
_ANY = _op("any", text("is any of"), Takes.SOME)
_NONE = _op("none", text("is none of"), Takes.SOME)
_SPANS = (
    _op("on", text("is on"), Takes.DAY),
    _op("from", text("is on or after"), Takes.DAY),
    _op("until", text("is on or before"), Takes.DAY),
    _op("between", text("is between"), Takes.TWO_DAYS),
    _op("this", text("is this {value}"), Takes.SPAN),
    _op("last", text("is in the last {value} days"), Takes.DAYS),
    _op("next", text("is in the next {value} days"), Takes.DAYS),
    _op("older", text("is more than {value} days ago"), Takes.DAYS),
)
_YEARLY = (
    _op("yearly_month", text("comes round in {value}"), Takes.MONTH),
    _op("yearly_days", text("comes round in the next {value} days"), Takes.DAYS),
)

OPERATORS: dict[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: (
        _op("contains", text("contains"), Takes.TEXT),
        _op("lacks", text("does not contain"), Takes.TEXT),
        _op("is", text("is"), Takes.TEXT),
        _op("is_not", text("is not"), Takes.TEXT),
        _op("starts", text("starts with"), Takes.TEXT),
        _EMPTY,
        _FILLED,
    ),
    Kind.NUMBER: (
        _op("is", text("is"), Takes.NUMBER),
        _op("min", text("is at least"), Takes.NUMBER),
        _op("max", text("is at most"), Takes.NUMBER),
        _op("between", text("is between"), Takes.TWO_NUMBERS),
        _EMPTY,
        _FILLED,
    ),
    Kind.DATE: (*_SPANS, *_YEARLY, _EMPTY, _FILLED),
    Kind.MOMENT: (*_SPANS, _EMPTY, _FILLED),
    Kind.ONE: (_ANY, _NONE, _EMPTY, _FILLED),
    Kind.MANY: (
        _op("any", text("has any of"), Takes.SOME),
        _op("all", text("has all of"), Takes.SOME),
        _op("none", text("has none of"), Takes.SOME),
        _EMPTY,
        _FILLED,
    ),
    Kind.YES_NO: (_op("yes", text("is yes")), _op("no", text("is no")), _EMPTY),
    Kind.ACTIVITY: (
        _op("idle", text("none for {value} days"), Takes.DAYS),
        _op("within", text("in the last {value} days"), Takes.DAYS),
    ),
    Kind.AMONG: (_ANY, _NONE),
}


def find(kind: Kind, name: str) -> Operator | None:
    """The operator of that name, None when the kind has none such."""
    return next((operator for operator in OPERATORS[kind] if operator.name == name), None)
