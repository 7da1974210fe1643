"""The rows of a list's stretches. SQLite sorts all of a first key's equal values when no index serves the second one:
where many contacts share a value, other ways are shorter.
"""

from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from crm_app.models import Contact
from crm_app.services import database
from crm_app.services.bulk import among
from crm_app.services.contacts import sorting, walking
from crm_app.services.contacts.sorting import Step
from crm_app.services.contacts.walking import Stretch

PROBE = 3_000  # contacts looked at before a whole group is sorted

Conditions = list[ColumnElement[bool]]


def rows(
    session: Session, conditions: Conditions, steps: list[Step], anchor: tuple[Any, ...] | None, wanted: int
) -> list[Contact]:
    """The first contacts of the list, or those behind the anchor, `wanted` at most."""
    is_sqlite = database.is_sqlite(session)
    served = sorting.as_served(steps) if is_sqlite else steps
    is_ranked = steps[0].groups is not None and not walking.is_cut(steps[0])
    is_sorted = is_sqlite and served[1] is not steps[1] and not is_ranked
    parts = zip(walking.stretches(served, anchor), walking.stretches(steps, anchor), strict=True)
    found: list[Contact] = []
    for stretch, free in parts:
        missing = wanted - len(found)
        if not is_sorted:
            found += _all(session, conditions, stretch, missing)
        elif _goes_through(stretch, served[0]):
            found += _through_values(session, conditions, served, steps, stretch, missing)
        else:
            found += _of_one_value(session, conditions, stretch, free, missing)
        if len(found) == wanted:
            break
    return found


def _all(session: Session, conditions: Conditions, stretch: Stretch, most: int) -> list[Contact]:
    query = select(Contact).where(*conditions, *stretch.conditions).order_by(*stretch.order)
    return list(session.exec(query.limit(most)).all())


def _goes_through(stretch: Stretch, first: Step) -> bool:
    """Whether the stretch holds several values of the first key, in their order."""
    return getattr(stretch.order[0], "element", None) is first.column


def _through_values(
    session: Session, conditions: Conditions, served: list[Step], steps: list[Step], stretch: Stretch, most: int
) -> list[Contact]:
    """The first key's index says which values the page holds: only of the last one there may be more than fit."""
    key = served[0].column
    query = select(Contact.id, key).where(*conditions, *stretch.conditions).order_by(stretch.order[0])
    pairs = session.execute(query.limit(most)).all()
    values = [value for _, value in pairs]
    whole = values.index(values[-1]) if len(pairs) == most else len(pairs)
    found = _among(session, [id_ for id_, _ in pairs[:whole] if id_ is not None], stretch.order)
    if whole < len(pairs):
        is_last = key == values[-1]
        for rest, free in zip(walking.whole(served[1:]), walking.whole(steps[1:]), strict=True):
            missing = most - len(found)
            found += _of_one_value(session, conditions, rest.having(is_last), free.having(is_last), missing)
            if len(found) == most:
                break
    return found


def _of_one_value(
    session: Session, conditions: Conditions, stretch: Stretch, free: Stretch, most: int
) -> list[Contact]:
    """Contacts that share the first key, answered from those that lead by the second one, if enough of them do."""
    leading = select(Contact.id).where(*free.conditions[1:]).order_by(*free.order).limit(PROBE)
    ids = [id_ for id_ in session.execute(leading).scalars() if id_ is not None]
    found = _among(session, ids, stretch.order, *conditions, *stretch.conditions)[:most]
    return found if len(found) == most or len(ids) < PROBE else _all(session, conditions, stretch, most)


def _among(session: Session, ids: list[int], order: tuple[Any, ...], *conditions: ColumnElement[bool]) -> list[Contact]:
    query = select(Contact).where(*conditions, among(session, col(Contact.id), ids))
    return list(session.exec(query.order_by(*order)).all())
