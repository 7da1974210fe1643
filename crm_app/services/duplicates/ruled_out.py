"""Contacts somebody said are not one. Kept by number, so that it outlives every search, merge and import."""

from collections.abc import Sequence
from itertools import combinations

from sqlalchemy import delete
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Contact, NotDuplicate, Permission
from crm_app.services import audit
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.contacts.visibility import visible_of_few
from crm_app.services.duplicates import regrouping
from crm_app.services.errors import Invalid, NotFound


def rule_out(session: Session, actor: Actor, numbers: Sequence[int]) -> None:
    """None of these contacts is one with another of them, now and in every later search. Again: nothing.

    Raises NotPermitted, NotFound, Invalid with fewer than two.
    """
    ids = _visible(session, actor, numbers)
    known = _known(session, sorted(ids))
    fresh = [pair for pair in combinations(sorted(ids), 2) if pair not in known]
    session.add_all(NotDuplicate(low_number=low, high_number=high, user_id=actor.user_id) for low, high in fresh)
    session.flush()
    if fresh:
        regrouping.regroup(session, sorted(ids.values()), among_ids(session, sorted(ids)))
        audit.record(session, actor, "duplicates.rule_out", contacts=len(ids))


def take_back(session: Session, actor: Actor, numbers: Sequence[int]) -> None:
    """They may be one after all; the next search says so. Raises like `rule_out`."""
    low_high = sorted(_visible(session, actor, numbers))
    gone = delete(NotDuplicate).where(
        among(session, col(NotDuplicate.low_number), low_high), among(session, col(NotDuplicate.high_number), low_high)
    )
    session.execute(gone)
    session.flush()


def among_ids(session: Session, numbers: Sequence[int] | None = None) -> set[tuple[int, int]]:
    """Pairs of contact ids that are ruled out, the lower id first; of these numbers, or all."""
    low, high = aliased(Contact), aliased(Contact)
    query = (
        select(low.id, high.id)
        .select_from(NotDuplicate)
        .join(low, low.number == NotDuplicate.low_number)  # type: ignore[arg-type]
        .join(high, high.number == NotDuplicate.high_number)  # type: ignore[arg-type]
    )
    if numbers is not None:
        query = query.where(among(session, col(NotDuplicate.low_number), list(numbers)))
    return {(min(a, b), max(a, b)) for a, b in session.execute(query) if a is not None and b is not None}


def inherit(session: Session, actor: Actor, kept: int, others: Sequence[int]) -> None:
    """What was ruled out for a contact that goes into the kept one holds for that one too."""
    theirs = select(NotDuplicate).where(
        among(session, col(NotDuplicate.low_number), others) | among(session, col(NotDuplicate.high_number), others)
    )
    family = {kept, *others}
    for row in session.exec(theirs).all():
        stranger = ({row.low_number, row.high_number} - family) or None
        if stranger:
            low, high = sorted((kept, stranger.pop()))
            if session.get(NotDuplicate, (low, high)) is None:
                session.add(NotDuplicate(low_number=low, high_number=high, user_id=actor.user_id))
    session.flush()


def _visible(session: Session, actor: Actor, numbers: Sequence[int]) -> dict[int, int]:
    """Ids by number, of contacts the actor may change."""
    actor.require(Permission.CONTACTS_EDIT)
    wanted = sorted(set(numbers))
    if len(wanted) < 2:
        raise Invalid(text("Choose at least two contacts."))
    rows = session.exec(
        select(Contact.number, Contact.id).where(among(session, col(Contact.number), wanted), *visible_of_few(actor))
    ).all()
    found = {number: id_ for number, id_ in rows if id_ is not None}
    for number in wanted:
        if number not in found:
            raise NotFound(text("There is no contact with the number {number}.", number=number))
    return found


def _known(session: Session, numbers: Sequence[int]) -> set[tuple[int, int]]:
    query = select(NotDuplicate.low_number, NotDuplicate.high_number)
    return set(session.exec(query.where(among(session, col(NotDuplicate.low_number), numbers))).all())
