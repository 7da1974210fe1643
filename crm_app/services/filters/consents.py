"""Contacts by what their main addresses agreed to: `consent.standing`, said in SQL, and who may be written to."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_
from sqlmodel import Session, col, select

from crm_app.models import Channel, Consent, ConsentState, Contact, ContactPoint, Suppression
from crm_app.services import secret_key
from crm_app.services.consent import ledger, suppression
from crm_app.services.consent.addresses import POINT_OF
from crm_app.services.errors import Conflict, Invalid
from crm_app.services.filters.columns import isnt
from crm_app.services.filters.questions import Question
from crm_app.services.filters.ties import are_few

_Last = dict[ConsentState, Any]  # the id of the last entry of each state


def by_consent(session: Session, channel: Channel, asked: Question, group_id: int | None = None) -> ColumnElement[bool]:
    """Where one of the contact's main addresses of the channel stands, for everything or for a group.

    An entry "revoked" counts until a confirmation follows it; else the highest entry counts.
    """
    wanted = {ConsentState(value) for value in asked.values if value in set(ConsentState)}
    if asked.operator == "none":
        wanted = set(ConsentState) - wanted
    known = [state for state in ConsentState if state in wanted and state is not ConsentState.NONE]
    if ConsentState.NONE not in wanted:
        return _standing(session, channel, known, group_id)
    others = [state for state in ConsentState if state not in wanted]
    return isnt(_standing(session, channel, others, group_id)) if others else literal(True)


def by_mailable(session: Session, asked: Question) -> ColumnElement[bool]:
    """A main address of one of the channels may be written to, as `ledger.is_mailable` says.

    Raises Invalid without the right secret key: nobody is to be taken for not suppressed because of it.
    """
    channels = [Channel(value) for value in asked.values if value in set(Channel)]
    found = or_(*[_mailable(session, channel) for channel in channels]) if channels else literal(False)
    return isnt(found) if asked.operator == "none" else found


def _standing(
    session: Session, channel: Channel, states: Sequence[ConsentState], group_id: int | None
) -> ColumnElement[bool]:
    """A main address stands at one of these states, none of them NONE."""
    if not states:
        return literal(False)
    last = _last()
    return _entries_hold(session, channel, group_id, or_(*[_stands_at(last, state) for state in states]))


def _mailable(session: Session, channel: Channel) -> ColumnElement[bool]:
    last = _last()
    agreed = _stands_at(last, ConsentState.CONFIRMED)
    if ledger.is_imported_mailable(session):
        agreed = or_(agreed, and_(last[ConsentState.REVOKED].is_(None), last[ConsentState.IMPORTED].is_not(None)))
    return _entries_hold(session, channel, None, agreed, *_not_suppressed(session, channel))


def _entries_hold(
    session: Session, channel: Channel, group_id: int | None, holds: ColumnElement[bool], *points: ColumnElement[bool]
) -> ColumnElement[bool]:
    """The entries of a main address hold. Few entries are read first, many while the contacts go by."""
    of_group: ColumnElement[bool] = col(Consent.group_id).is_(None)
    if group_id is not None:
        of_group = or_(of_group, col(Consent.group_id) == group_id)
    of_channel = and_(col(Consent.channel) == channel, of_group)
    main = and_(col(ContactPoint.kind) == POINT_OF[channel], col(ContactPoint.primary).is_(True))
    if are_few(session, of_channel):
        norms = select(Consent.norm).where(of_channel).group_by(col(Consent.norm)).having(holds)
        found = select(ContactPoint.contact_id).where(main, col(ContactPoint.norm).in_(norms), *points)
        return col(Contact.id).in_(found)
    entries = (
        select(literal(1))
        .where(of_channel, col(Consent.norm) == col(ContactPoint.norm))
        .group_by(col(Consent.norm))
        .having(holds)
        .correlate(ContactPoint)
    )
    return exists().where(col(ContactPoint.contact_id) == col(Contact.id), main, entries.exists(), *points)


def _not_suppressed(session: Session, channel: Channel) -> list[ColumnElement[bool]]:
    if not suppression.is_any(session):
        return []
    try:
        key = secret_key.existing(session)
    except Conflict as error:
        raise Invalid(error.message) from error
    hashed = suppression.hash_in_sql(session, key, channel, col(ContactPoint.norm))
    return [~exists().where(col(Suppression.hash) == hashed)]


def _last() -> _Last:
    return {one: func.max(col(Consent.id)).filter(col(Consent.state) == one) for one in ConsentState}


def _stands_at(last: _Last, state: ConsentState) -> ColumnElement[bool]:
    revoked, confirmed = last[ConsentState.REVOKED], last[ConsentState.CONFIRMED]
    if state is ConsentState.REVOKED:
        return and_(revoked.is_not(None), revoked > func.coalesce(confirmed, 0))
    if state is ConsentState.CONFIRMED:
        return and_(confirmed.is_not(None), confirmed > func.coalesce(revoked, 0))
    lower = [revoked.is_(None), confirmed.is_(None)]
    if state is ConsentState.IMPORTED:
        lower.append(last[ConsentState.SENT].is_(None))
    return and_(*lower, last[state].is_not(None))
