"""Working through the contacts of a filter one by one, newest first: each is met once, and by one person at a time.

They are walked by number, like changes of many: what is done to a contact on the way may take it out of the filter
without moving the place.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, func, literal, select

from crm_app.locales import text
from crm_app.models import Contact, Permission, ReviewHold, ReviewPlace, User
from crm_app.models.base import now
from crm_app.services.actor import Actor
from crm_app.services.contacts import audience
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.listing import COUNT_LIMIT
from crm_app.services.contacts.visibility import visible
from crm_app.services.errors import NotPermitted

HOLD = timedelta(minutes=5)
LONGEST_TRAIL = 200
LOOKS = ("sort", "view")  # parameters that say nothing of who is meant


@dataclass(frozen=True, slots=True)
class Step:
    """`contact` is before the user, None when all are through. `left` are still to come, COUNT_LIMIT + 1 at most.

    `others` are the names of colleagues whose contacts were passed over on the way.
    """

    contact: Contact | None
    seen: int
    left: int
    has_back: bool
    others: tuple[str, ...] = ()


def current(session: Session, actor: Actor, wanted: ContactFilter, *, at: datetime | None = None) -> Step:
    """Where the actor left off, or the newest contact. Raises NotPermitted, and like `audience.conditions`."""
    place, at = _place(session, actor, wanted), at or now()
    if place.number is not None:
        here = select(Contact).where(col(Contact.number) == place.number, *visible(actor))
        found = session.exec(here).first()
        if found is not None and _hold(session, actor, found, at):
            return _step(session, actor, wanted, place, found)
    return _go_on(session, actor, wanted, place, at)


def advance(session: Session, actor: Actor, wanted: ContactFilter, number: int, *, at: datetime | None = None) -> Step:
    """On to the next one, from the contact with that number; from any other the place stays. Raises like `current`."""
    place, at = _place(session, actor, wanted), at or now()
    if place.number != number:
        return current(session, actor, wanted, at=at)
    if place.low is None or number <= place.low:
        place.seen += 1
    place.trail = [*place.trail, number][-LONGEST_TRAIL:]
    return _go_on(session, actor, wanted, place, at)


def back(session: Session, actor: Actor, wanted: ContactFilter, *, at: datetime | None = None) -> Step:
    """To the one before, whatever became of it; contacts that are gone are passed over. Raises like `current`."""
    place, at = _place(session, actor, wanted), at or now()
    trail = list(place.trail)
    while trail:
        number = trail.pop()
        found = session.exec(select(Contact).where(col(Contact.number) == number, *visible(actor))).first()
        if found is not None and _hold(session, actor, found, at):
            place.trail, place.number = trail, number
            return _step(session, actor, wanted, place, found)
    place.trail = []
    return current(session, actor, wanted, at=at)


def restart(session: Session, actor: Actor, wanted: ContactFilter, *, at: datetime | None = None) -> Step:
    """From the newest contact again. Raises like `current`."""
    place = _place(session, actor, wanted)
    place.number, place.low, place.trail, place.seen = None, None, [], 0
    return _go_on(session, actor, wanted, place, at or now())


def leave(session: Session, actor: Actor) -> None:
    """Gives free whom the actor looked at."""
    session.execute(delete(ReviewHold).where(col(ReviewHold.user_id) == actor.user_id))


def _go_on(session: Session, actor: Actor, wanted: ContactFilter, place: ReviewPlace, at: datetime) -> Step:
    """The next contact that nobody else has before them."""
    others: dict[int, str] = {}
    below = place.low if place.number is None else place.number
    while True:
        query = select(Contact).where(*_conditions(session, actor, wanted, below))
        found = session.exec(query.order_by(col(Contact.number).desc()).limit(1)).first()
        if found is None or _hold(session, actor, found, at):
            break
        others |= _holder(session, found)
        below = found.number
    place.number = found.number if found else None
    reached = found.number if found else below
    if reached is not None:
        place.low = reached if place.low is None else min(place.low, reached)
    if found is None:
        leave(session, actor)
    return replace(_step(session, actor, wanted, place, found), others=tuple(sorted(others.values())))


def _step(session: Session, actor: Actor, wanted: ContactFilter, place: ReviewPlace, contact: Contact | None) -> Step:
    place.changed_at = now()
    session.add(place)
    session.flush()
    inner = select(literal(1)).select_from(Contact).where(*_conditions(session, actor, wanted, place.low))
    left = session.execute(select(func.count()).select_from(inner.limit(COUNT_LIMIT + 1).subquery())).scalar_one()
    return Step(contact, place.seen, int(left), bool(place.trail))


def _conditions(session: Session, actor: Actor, wanted: ContactFilter, below: int | None) -> list[ColumnElement[bool]]:
    found = audience.conditions(session, actor, wanted)
    return found if below is None else [*found, col(Contact.number) < below]


def _place(session: Session, actor: Actor, wanted: ContactFilter) -> ReviewPlace:
    actor.require(Permission.CONTACTS_EDIT)
    if actor.user_id is None:
        raise NotPermitted(text("Only a user works through contacts."))
    params = {name: value for name, value in wanted.to_params().items() if name not in LOOKS}
    key = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()
    query = select(ReviewPlace).where(ReviewPlace.user_id == actor.user_id, ReviewPlace.key == key)
    return session.exec(query).first() or ReviewPlace(user_id=actor.user_id, key=key)


def _hold(session: Session, actor: Actor, contact: Contact, at: datetime) -> bool:
    """Takes the contact and gives free the one before; False while a colleague has it."""
    assert contact.id is not None and actor.user_id is not None
    held = session.get(ReviewHold, contact.id, populate_existing=True)
    if held is not None and held.user_id != actor.user_id and held.until > at:
        return False
    mine = delete(ReviewHold).where(col(ReviewHold.user_id) == actor.user_id)
    session.execute(mine.where(col(ReviewHold.contact_id) != contact.id))
    if held is not None:
        held.user_id, held.until = actor.user_id, at + HOLD
        session.add(held)
        session.flush()
        return True
    try:
        with session.begin_nested():
            session.add(ReviewHold(contact_id=contact.id, user_id=actor.user_id, until=at + HOLD))
    except IntegrityError:  # a colleague took it in this moment
        return False
    return True


def _holder(session: Session, contact: Contact) -> dict[int, str]:
    query = select(User.id, User.name).join(ReviewHold, col(ReviewHold.user_id) == col(User.id))
    return {id_ or 0: name for id_, name in session.exec(query.where(ReviewHold.contact_id == contact.id))}
