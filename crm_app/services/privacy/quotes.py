"""Addresses of a person in texts and JSON of rows that are about somebody else or nobody: found, and taken out."""

import json
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, Table, cast, delete, func, insert, or_, select, update
from sqlmodel import Session, SQLModel

from crm_app.services.privacy.holdings import QUOTING
from crm_app.services.privacy.persons import Needles

GONE = "…"  # stands where an address stood
_APPEND_ONLY = ("activity",)  # a row that may not change is written anew

Found = dict[str, list[tuple[Any, ...]]]  # place → keys of the rows


def find(session: Session, needles: Needles) -> Found:
    """The rows that quote an address, by place. Reads every text once: not for a request."""
    found: Found = {}
    for place in QUOTING if needles.words else ():
        name, _, column = place.partition(".")
        table = SQLModel.metadata.tables[name]
        keys = list(session.execute(select(*table.primary_key.columns).where(_holds(table, column, needles))).all())
        if keys:
            found[place] = [tuple(key) for key in keys]
    return found


def take_out(session: Session, needles: Needles, found: Found) -> int:
    """Takes the addresses out of these rows; in how many there were still some."""
    changed = 0
    pattern = re.compile("|".join(re.escape(word) for word in sorted(needles.words, key=len, reverse=True)), re.I)
    for place, keys in found.items():
        name, _, column = place.partition(".")
        table = SQLModel.metadata.tables[name]
        for key in keys:
            at = _at(table, key)
            row = session.execute(select(table).where(*at)).mappings().first()
            if row is None:
                continue
            new = _without(row[column], pattern)
            if new == row[column]:
                continue
            changed += 1
            if name in _APPEND_ONLY:
                session.execute(delete(table).where(*at))
                values = {one: value for one, value in row.items() if one not in table.primary_key.columns}
                session.execute(insert(table).values({**values, column: new}))
            else:
                session.execute(update(table).where(*at).values({column: new}))
    session.expire_all()
    return changed


def _holds(table: Table, column: str, needles: Needles) -> ColumnElement[bool]:
    written = func.lower(cast(table.c[column], String))
    spelled = set(_spelled(needles, is_json=isinstance(table.c[column].type, JSON)))
    return or_(*[written.contains(word, autoescape=True) for word in sorted(spelled)])


def _spelled(needles: Needles, *, is_json: bool) -> Iterator[str]:
    for word in needles.words:
        yield word
        if is_json:
            yield json.dumps(word)[1:-1]


def _at(table: Table, key: tuple[Any, ...]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in zip(table.primary_key.columns, key, strict=True)]


def _without(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(GONE, value)
    if isinstance(value, list):
        return [_without(one, pattern) for one in value]
    if isinstance(value, dict):
        return {pattern.sub(GONE, key): _without(one, pattern) for key, one in value.items()}
    return value
