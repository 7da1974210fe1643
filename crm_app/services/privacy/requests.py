"""What people ask about their data: noted when it comes in, answered within a month, kept as proof that it was."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, case, exists, or_
from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import Contact, Permission, PrivacyRequest, RequestKind, RequestState, User
from crm_app.models.base import now
from crm_app.services import audit, installation
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import in_sight, of_branches
from crm_app.services.errors import Invalid, NotFound
from crm_app.services.local_time import today

MONTHS = 1  # Art. 12 (3) GDPR
LONGEST_MONTHS = 3  # with the extension the same article allows
ASKED_LENGTH, NOTE_LENGTH, PAGE = 300, 5_000, 200
KINDS: dict[RequestKind, Text] = {
    RequestKind.ACCESS: text("Access"),
    RequestKind.ERASURE: text("Erasure"),
    RequestKind.CORRECTION: text("Correction"),
    RequestKind.OBJECTION: text("Objection"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """`name` is the contact's, empty where there is none (any more); `answered_by` the user's."""

    request: PrivacyRequest
    name: str
    answered_by: str
    is_overdue: bool


def due(received: date, months: int = MONTHS) -> date:
    """The same day so many months later; the last day of that month where it has no such day."""
    month = received.month - 1 + months
    year, month = received.year + month // 12, month % 12 + 1
    return date(year, month, min(received.day, monthrange(year, month)[1]))


def add(
    session: Session,
    actor: Actor,
    kind: str,
    *,
    number: int | None = None,
    asked_by: str = "",
    received_on: date | None = None,
    note: str = "",
) -> PrivacyRequest:
    """Notes a request; it is due a month after it came in.

    Raises NotPermitted; NotFound for a contact that is missing or foreign; Invalid ("kind", "asked_by",
    "received_on", "note").
    """
    actor.require(Permission.CONSENT)
    if kind not in set(RequestKind):
        raise Invalid(text("Choose what was asked for."), "kind")
    this_day = today(installation.current(session).timezone)
    received = received_on or this_day
    if received > this_day:
        raise Invalid(text("This day lies in the future."), "received_on")
    who = _clean(asked_by, ASKED_LENGTH, "asked_by")
    branch_id = actor.branch_id
    if number is not None:
        branch_id = _contact(session, actor, number).branch_id
    elif not who:
        raise Invalid(text("Say who asked, or of which contact."), "asked_by")
    made = PrivacyRequest(
        kind=kind,
        contact_number=number,
        asked_by=who,
        received_on=received,
        due_on=due(received),
        note=_clean(note, NOTE_LENGTH, "note", lines=True),
        branch_id=branch_id,
        created_by_id=actor.user_id,
    )
    session.add(made)
    session.flush()
    audit.record(session, actor, "request.add", request=made.id or 0, kind=kind)
    return made


def get(session: Session, actor: Actor, request_id: int) -> PrivacyRequest:
    """Raises NotPermitted; NotFound for a missing one and one of another branch alike."""
    actor.require(Permission.CONSENT)
    query = select(PrivacyRequest).where(PrivacyRequest.id == request_id, *_seen(actor))
    found = session.exec(query).first()
    if found is None:
        raise NotFound(text("There is no such request."))
    return found


def listing(session: Session, actor: Actor, *, number: int | None = None, limit: int = PAGE) -> list[Entry]:
    """Open ones by the day they are due, then the others, the last answered first; of one contact, or of all.

    Raises NotPermitted.
    """
    actor.require(Permission.CONSENT)
    is_open = case((col(PrivacyRequest.state) == RequestState.OPEN, 0), else_=1)
    query = (
        select(PrivacyRequest, Contact, User.name)
        .join(Contact, and_(col(Contact.number) == col(PrivacyRequest.contact_number), *in_sight(actor)), isouter=True)
        .join(User, col(User.id) == col(PrivacyRequest.answered_by_id), isouter=True)
        .where(*_seen(actor))
        .order_by(is_open, case((is_open == 0, col(PrivacyRequest.due_on))), col(PrivacyRequest.answered_at).desc())
        .order_by(col(PrivacyRequest.id))
        .limit(limit)
    )
    if number is not None:
        query = query.where(PrivacyRequest.contact_number == number)
    this_day = today(installation.current(session).timezone)
    return [
        Entry(one, contact.display_name if contact is not None else "", who or "", one.is_overdue(this_day))
        for one, contact, who in session.exec(query).all()
    ]


def overdue(entries: Sequence[Entry]) -> int:
    return sum(one.is_overdue for one in entries)


def change(
    session: Session,
    actor: Actor,
    request_id: int,
    *,
    state: str,
    note: str,
    extended: bool = False,
) -> PrivacyRequest:
    """Writes what became of it; the same again changes nothing. `extended` gives it the two months more that the law
    allows where the person was told why: the note has to say so.

    Raises NotPermitted, NotFound; Invalid ("state", "note") for a refusal or an extension without a note.
    """
    found = get(session, actor, request_id)
    if state not in set(RequestState):
        raise Invalid(text("Choose what became of it."), "state")
    clean = _clean(note, NOTE_LENGTH, "note", lines=True)
    if not clean and (state == RequestState.REFUSED or extended):
        raise Invalid(text("Please note why, as the person was told."), "note")
    due_on = due(found.received_on, LONGEST_MONTHS if extended else MONTHS)
    changed = [
        name for name, value in (("state", state), ("note", clean), ("due_on", due_on)) if getattr(found, name) != value
    ]
    if not changed:
        return found
    if found.state != state:
        is_open = state == RequestState.OPEN
        found.answered_at = None if is_open else now()
        found.answered_by_id = None if is_open else actor.user_id
    found.state, found.note, found.due_on = state, clean, due_on
    session.add(found)
    session.flush()
    audit.record(session, actor, "request.change", request=request_id, state=state, changed=",".join(changed))
    return found


def _seen(actor: Actor) -> list[ColumnElement[bool]]:
    """Of the actor's branches; who sees only some owners' contacts sees what is about these, and what it noted."""
    found = of_branches(actor, col(PrivacyRequest.branch_id))
    if actor.owner_ids is not None:
        number = col(PrivacyRequest.contact_number)
        about = exists().where(col(Contact.number) == number, *in_sight(actor)).correlate_except(Contact)
        found.append(or_(about, col(PrivacyRequest.created_by_id) == actor.user_id))
    return found


def _contact(session: Session, actor: Actor, number: int) -> Contact:
    found = session.exec(select(Contact).where(Contact.number == number, *in_sight(actor))).first()
    if found is None:
        raise NotFound(text("There is no contact with the number {number}.", number=number))
    return found


def _clean(written: str, most: int, name: str, *, lines: bool = False) -> str:
    kept = "".join(sign if sign.isprintable() or (lines and sign == "\n") else " " for sign in written.strip())
    if len(kept) > most:
        raise Invalid(text("At most {most} characters, please.", most=most), name)
    return kept
