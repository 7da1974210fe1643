"""Contacts that rows of another table lead to: tags, imports, choices, activities, consents."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_
from sqlmodel import Session, col, select

from crm_app.models import (
    Activity,
    Channel,
    Consent,
    ConsentState,
    Contact,
    ContactPoint,
    ContactTag,
    ImportRow,
    PointKind,
)
from crm_app.services import database
from crm_app.services.filters import spans
from crm_app.services.filters.columns import isnt
from crm_app.services.filters.questions import Question

RARE = 5_000  # rows up to which their contacts are listed at once instead of asking contact by contact

_POINTS = {Channel.EMAIL: (PointKind.EMAIL,), Channel.SMS: (PointKind.PHONE,), Channel.PHONE: (PointKind.PHONE,)}


def by_tags(session: Session, asked: Question) -> ColumnElement[bool]:
    """Tags by id."""
    if asked.operator in ("empty", "filled"):
        has_any = exists().where(col(ContactTag.contact_id) == col(Contact.id))
        return has_any if asked.operator == "filled" else ~has_any
    ids = asked.ids
    if asked.operator == "all":
        return and_(*[_tagged(session, [id_]) for id_ in ids]) if len(ids) == len(asked.values) else literal(False)
    found = _tagged(session, ids)
    return ~found if asked.operator == "none" else found


def _tagged(session: Session, ids: Sequence[int]) -> ColumnElement[bool]:
    return _linked(session, ContactTag.contact_id, col(ContactTag.tag_id).in_(ids))


def by_imports(session: Session, asked: Question) -> ColumnElement[bool]:
    """Imports by id: they made or met the contact."""
    found = _linked(session, ImportRow.contact_id, col(ImportRow.import_id).in_(asked.ids))
    return ~found if asked.operator == "none" else found


def by_choices(session: Session, key: str, asked: Question) -> ColumnElement[bool]:
    """An own field that holds several choices, as a JSON list."""
    column: Any = Contact.custom[key]
    if asked.operator in ("empty", "filled"):
        is_filled = column.as_string().is_not(None)
        return is_filled if asked.operator == "filled" else ~is_filled
    if database.is_sqlite(session):
        listed = func.json_each(Contact.custom, f'$."{key}"').table_valued("value")
    else:
        listed = func.json_array_elements_text(column).table_valued("value")
    if asked.operator == "all":
        return and_(
            *[exists(select(literal(1)).select_from(listed).where(listed.c.value == one)) for one in asked.values]
        )
    found = exists(select(literal(1)).select_from(listed).where(listed.c.value.in_(asked.values)))
    return ~found if asked.operator == "none" else found


def by_activity(session: Session, asked: Question) -> ColumnElement[bool]:
    """Something happened in the last days: an entry of the timeline, or a change that an import made."""
    first, _ = spans.of("last", asked.values, asked.asker.today).moments(asked.asker.actor.timezone)
    happened = exists().where(col(Activity.contact_id) == col(Contact.id), col(Activity.at) >= first)
    is_recent = or_(col(Contact.updated_at) >= first, happened)
    return ~is_recent if asked.operator == "idle" else is_recent


def by_consent(session: Session, channel: Channel, asked: Question) -> ColumnElement[bool]:
    """Where one of the contact's main addresses of the channel stands: `consent.standing`, said in SQL.

    An entry "revoked" counts until a confirmation follows it; else the highest entry counts.
    """
    wanted = {ConsentState(value) for value in asked.values if value in set(ConsentState)}
    if asked.operator == "none":
        wanted = set(ConsentState) - wanted
    known = _standing(channel, [state for state in ConsentState if state in wanted and state is not ConsentState.NONE])
    if ConsentState.NONE not in wanted:
        return known
    others = [state for state in ConsentState if state not in wanted]
    return isnt(_standing(channel, others)) if others else literal(True)


def _standing(channel: Channel, states: Sequence[ConsentState]) -> ColumnElement[bool]:
    """A main address stands at one of these states, none of them NONE."""
    if not states:
        return literal(False)
    norms = (
        select(Consent.norm)
        .where(col(Consent.channel) == channel, col(Consent.group_id).is_(None))
        .group_by(col(Consent.norm))
        .having(or_(*[_stands_at(state) for state in states]))
    )
    points = select(ContactPoint.contact_id).where(
        col(ContactPoint.kind).in_(_POINTS[channel]),
        col(ContactPoint.primary).is_(True),
        col(ContactPoint.norm).in_(norms),
    )
    return col(Contact.id).in_(points)


def _stands_at(state: ConsentState) -> ColumnElement[bool]:
    last = {one: func.max(col(Consent.id)).filter(col(Consent.state) == one) for one in ConsentState}
    revoked, confirmed = last[ConsentState.REVOKED], last[ConsentState.CONFIRMED]
    if state is ConsentState.REVOKED:
        return and_(revoked.is_not(None), revoked > func.coalesce(confirmed, 0))
    if state is ConsentState.CONFIRMED:
        return and_(confirmed.is_not(None), confirmed > func.coalesce(revoked, 0))
    lower = [revoked.is_(None), confirmed.is_(None)]
    if state is ConsentState.IMPORTED:
        lower.append(last[ConsentState.SENT].is_(None))
    return and_(*lower, last[state].is_not(None))


def _linked(session: Session, contact_id: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Contacts with such a row. Few rows are listed first, many are looked for while the contacts go by."""
    few = session.execute(select(literal(1)).where(condition).limit(RARE + 1).offset(RARE)).first() is None
    if few:
        return col(Contact.id).in_(select(contact_id).where(condition))
    return exists().where(contact_id == col(Contact.id), condition)
