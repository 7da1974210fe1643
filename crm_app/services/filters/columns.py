"""Conditions on one value of a contact, by the kind of the value.

An empty value answers NULL, which counts as no; `isnt` makes it a yes. So indexes serve the plain conditions.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, not_, true
from sqlmodel import Session

from crm_app.services import database
from crm_app.services.filters import patterns, spans
from crm_app.services.filters.questions import Question


def isnt(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Not so, and that includes contacts of whom nothing is known."""
    return not_(func.coalesce(condition, false()))


def by_text(session: Session, column: Any, asked: Question) -> ColumnElement[bool]:
    """Texts, without regard to case and accents."""
    is_filled = and_(column.is_not(None), column != "")
    if asked.operator in ("empty", "filled"):
        return is_filled if asked.operator == "filled" else isnt(is_filled)
    whole = asked.operator in ("is", "is_not")
    starts = whole or asked.operator == "starts"
    matches = patterns.matches(session, column, asked.values[0], starts=starts, ends=whole)
    return isnt(matches) if asked.operator in ("lacks", "is_not") else matches


def by_number(session: Session, column: Any, asked: Question) -> ColumnElement[bool]:
    if (found := _by_presence(column, asked)) is not None:
        return found
    first, last = asked.values[0], asked.values[-1]
    if asked.operator == "is":
        return column == first
    lower = true() if asked.operator == "max" else column >= first
    upper = true() if asked.operator == "min" else column <= last
    return and_(lower, upper)


def by_day(session: Session, column: Any, asked: Question, *, is_text: bool = False) -> ColumnElement[bool]:
    """Days; `is_text`: the column holds them in ISO form, as own fields do."""
    if (found := _by_presence(column, asked)) is not None:
        return found
    if asked.operator in ("yearly_month", "yearly_days"):
        of_year = _day_of_year(session, column, is_text)
        if asked.operator == "yearly_month":
            return of_year.like(f"{asked.values[0]:02}-%")
        return of_year.in_(spans.yearly_days(asked.values[0], asked.asker.today))
    span = asked.span
    return _between(column, *[day.isoformat() if day and is_text else day for day in (span.first, span.last)])


def by_moment(session: Session, column: Any, asked: Question) -> ColumnElement[bool]:
    """Moments, asked for by days of the asker's time zone."""
    if (found := _by_presence(column, asked)) is not None:
        return found
    first, behind = asked.span.moments(asked.asker.actor.timezone)
    lower = column >= first if first is not None else true()
    upper = column < behind if behind is not None else true()
    return and_(lower, upper, column.is_not(None))


def by_choice(
    session: Session, column: Any, asked: Question, values: Sequence[Any] | None = None
) -> ColumnElement[bool]:
    """One of a list; `values` are those of the question as the column holds them."""
    if (found := _by_presence(column, asked)) is not None:
        return found
    chosen: ColumnElement[bool] = column.in_(asked.values if values is None else values)
    return isnt(chosen) if asked.operator == "none" else chosen


def by_yes_no(session: Session, column: Any, asked: Question) -> ColumnElement[bool]:
    if (found := _by_presence(column, asked)) is not None:
        return found
    return column.is_(asked.operator == "yes")


def _by_presence(column: Any, asked: Question) -> ColumnElement[bool] | None:
    if asked.operator == "empty":
        return column.is_(None)
    return column.is_not(None) if asked.operator == "filled" else None


def _between(column: Any, first: Any, last: Any) -> ColumnElement[bool]:
    lower = column >= first if first is not None else true()
    upper = column <= last if last is not None else true()
    return and_(lower, upper, column.is_not(None))


def _day_of_year(session: Session, column: Any, is_text: bool) -> Any:
    """A day as "MM-DD"."""
    if is_text or database.is_sqlite(session):
        return func.substr(column, 6, 5)  # SQLite stores days as ISO text
    return func.to_char(column, "MM-DD")
