"""Who has access to a course: enrolled one by one or many at once, paused, finished, cancelled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import (
    Contact,
    Course,
    Enrolment,
    EnrolmentStatus,
    EntryKind,
    Offer,
    Permission,
    WebhookEvent,
)
from crm_app.services import audit, database, local_time, webhooks
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import of_branches, visible
from crm_app.services.courses import billing, catalogue, history, settling
from crm_app.services.courses.catalogue import TAKING
from crm_app.services.errors import Conflict, Invalid, NotFound

STATUSES: dict[EnrolmentStatus, Text] = {
    EnrolmentStatus.WAITING: text("On the waiting list"),
    EnrolmentStatus.INVITED: text("Invited"),
    EnrolmentStatus.ACTIVE: text("Has access"),
    EnrolmentStatus.PAUSED: text("Paused"),
    EnrolmentStatus.FINISHED: text("Finished"),
    EnrolmentStatus.CANCELLED: text("Cancelled"),
}
SOURCE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Terms:
    """How people are enrolled. `status` is who has a place from now on; where there is none left they wait."""

    status: EnrolmentStatus = EnrolmentStatus.ACTIVE
    from_on: date | None = None
    to_on: date | None = None
    source: str = ""
    import_id: int | None = None


@dataclass(slots=True)
class Enrolled:
    """`made` are the new enrolments, `waiting` those among them for whom there was no place, `there` who was in it."""

    made: list[Enrolment] = field(default_factory=list)
    waiting: int = 0
    there: list[Enrolment] = field(default_factory=list)


def enrol(
    session: Session, actor: Actor, course_id: int, contact: Contact, offer: Offer | None, terms: Terms
) -> Enrolled:
    """One contact, fetched through `cards.get`. Raises as `enrol_many`."""
    return enrol_many(session, actor, course_id, [(contact, offer)], terms)


def enrol_many(
    session: Session, actor: Actor, course_id: int, people: Sequence[tuple[Contact, Offer | None]], terms: Terms
) -> Enrolled:
    """Contacts that the actor may see, each with its offer: a new enrolment for who has none in the course.

    Who is in it stays as they are; who had left it comes back. What the offer asks is charged, but of who waits.
    Raises NotPermitted, NotFound; Conflict for a course that is over or of another branch; Invalid("to_on").
    """
    actor.require(Permission.CONTACTS_EDIT)
    lock(session, course_id)
    course = catalogue.get(session, actor, course_id)
    require_open(course)
    if any(contact.branch_id != course.branch_id for contact, _ in people):
        raise Conflict(text("This course belongs to another branch than the contact."))
    if terms.from_on and terms.to_on and terms.to_on < terms.from_on:
        raise Invalid(text("The end lies before the beginning."), "to_on")
    there, free = _there(session, course, [one.id or 0 for one, _ in people]), catalogue.free_places(session, course)
    found, begun, back = Enrolled(), [], []
    today = local_time.today(actor.timezone)
    for contact, offer in people:
        known = there.get(contact.id or 0)
        if known is not None and known.status != EnrolmentStatus.CANCELLED:
            found.there.append(known)
            continue
        status = terms.status
        if status in TAKING and free is not None:
            status = status if free > 0 else EnrolmentStatus.WAITING
            free -= status in TAKING
        if known is not None:
            _come_back(session, actor, known, status, terms)
            found.there.append(known)
            back.append((contact.number, known))
            continue
        made = Enrolment(
            contact_id=contact.id,
            course_id=course.id or 0,
            offer_id=offer.id if offer else None,
            branch_id=course.branch_id,
            status=status,
            from_on=terms.from_on,
            to_on=terms.to_on,
            source=terms.source[:SOURCE_LENGTH],
            import_id=terms.import_id,
            created_by_id=actor.user_id,
        )
        there[contact.id or 0] = made  # the same contact twice is one enrolment
        found.made.append(made)
        found.waiting += status == EnrolmentStatus.WAITING
        if offer is not None and status != EnrolmentStatus.WAITING:
            begun.append((made, offer, max(terms.from_on or today, today)))
    session.add_all(found.made)
    session.flush()
    entries = [(made, {"status": made.status, "offer": made.offer_id}) for made in found.made]
    history.note_many(session, actor, EntryKind.ENROLLED, entries)
    billing.begin(session, actor, begun)
    _tell(session, course, found.made, people)
    told = [(number, about(one)) for number, one in back]
    webhooks.emit_many(session, course.branch_id, WebhookEvent.ENROLMENT_CHANGED, told)
    return found


def lock(session: Session, course_id: int) -> None:
    """Until the transaction ends nobody else enrols in the course. Taken before contacts are locked, not behind."""
    database.one_at_a_time(session, f"course {course_id}")


def get(session: Session, actor: Actor, enrolment_id: int) -> Enrolment:
    """An enrolment in a course the actor sees, of a contact the actor sees. Raises NotPermitted, NotFound."""
    actor.require(Permission.CONTACTS_READ)
    query = (
        select(Enrolment)
        .join(Contact, col(Contact.id) == col(Enrolment.contact_id))
        .where(Enrolment.id == enrolment_id, *of_branches(actor, Enrolment.branch_id), *visible(actor))
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFound(text("There is no such enrolment."))
    return found


def set_status(session: Session, actor: Actor, enrolment_id: int, status: EnrolmentStatus) -> Enrolment:
    """Who waited and gets a place owes what the offer asks; who is cancelled owes nothing that is not yet due, and owes
    it again when they come back.

    The same again changes nothing. Raises NotPermitted, NotFound; Conflict when there is no place.
    """
    actor.require(Permission.CONTACTS_EDIT)
    found = _locked(session, actor, enrolment_id)
    if found.status == status:
        return found
    before, course = found.status, catalogue.get(session, actor, found.course_id)
    if status in TAKING and before not in TAKING:
        require_open(course)
        if catalogue.free_places(session, course) == 0:
            raise Conflict(text("This course is full. Somebody has to leave it first, or it needs more places."))
    _change_status(session, actor, found, status)
    settling.settle(session, found)
    audit.record(session, actor, "enrolment.status", enrolment=enrolment_id, old=before, new=status)
    tell_changed(session, found)
    return found


def set_access(
    session: Session, actor: Actor, enrolment_id: int, *, from_on: date | None, to_on: date | None
) -> Enrolment:
    """Other days of access; the same again changes nothing. Raises NotPermitted, NotFound, Invalid("to_on")."""
    actor.require(Permission.CONTACTS_EDIT)
    found = _locked(session, actor, enrolment_id)
    if from_on and to_on and to_on < from_on:
        raise Invalid(text("The end lies before the beginning."), "to_on")
    if (found.from_on, found.to_on) == (from_on, to_on):
        return found
    before = _days(found)
    found.from_on, found.to_on = from_on, to_on
    session.add(found)
    history.note(session, actor, found, EntryKind.ACCESS, before=before, after=_days(found))
    session.flush()
    audit.record(session, actor, "enrolment.access", enrolment=enrolment_id)
    tell_changed(session, found)
    return found


def require_open(course: Course) -> None:
    """Raises Conflict for a course that is over."""
    if course.status in catalogue.OVER:
        raise Conflict(text("This course is over: nobody is enrolled in it any more."))


def _locked(session: Session, actor: Actor, enrolment_id: int) -> Enrolment:
    """Fetched when nobody else changes it, or who has a place in its course. Raises as `get`."""
    found = get(session, actor, enrolment_id)
    lock(session, found.course_id)
    database.one_at_a_time(session, f"enrolment {enrolment_id}")
    session.refresh(found)
    return found


def _there(session: Session, course: Course, contact_ids: Iterable[int]) -> dict[int, Enrolment]:
    """By contact; of two after a merge the one that was not left."""
    query = select(Enrolment).where(Enrolment.course_id == course.id, col(Enrolment.contact_id).in_(contact_ids))
    found = sorted(session.exec(query).all(), key=lambda one: (one.status != EnrolmentStatus.CANCELLED, one.id))
    return {one.contact_id or 0: one for one in found}


def _come_back(session: Session, actor: Actor, known: Enrolment, status: EnrolmentStatus, terms: Terms) -> None:
    """Who had left the course: their offer stays what it was."""
    known.from_on, known.to_on = terms.from_on or known.from_on, terms.to_on or known.to_on
    _change_status(session, actor, known, status)
    settling.settle(session, known)


def _change_status(session: Session, actor: Actor, found: Enrolment, status: EnrolmentStatus) -> None:
    """With what is owed by it."""
    before, found.status, gone = found.status, status, []
    today = local_time.today(actor.timezone)
    if status in (EnrolmentStatus.CANCELLED, EnrolmentStatus.WAITING):
        found.billed_to = None
        gone = [one for one in settling.living(session, found) if one.due_on > today and one.settled == 0]
        billing.cancel(session, actor, gone)
    session.add(found)
    history.note(
        session, actor, found, EntryKind.STATUS, before=before, after=status, uncharged=[one.id for one in gone]
    )
    session.flush()
    if status in billing.BILLED and before not in billing.BILLED:
        billing.resume(session, actor, found, today)


def _days(found: Enrolment) -> list[str | None]:
    return [one.isoformat() if one else None for one in (found.from_on, found.to_on)]


def _tell(
    session: Session, course: Course, made: Sequence[Enrolment], people: Sequence[tuple[Contact, Offer | None]]
) -> None:
    numbers = {contact.id: contact.number for contact, _ in people}
    happened = [(numbers[one.contact_id], about(one)) for one in made]
    webhooks.emit_many(session, course.branch_id, WebhookEvent.ENROLMENT_CREATED, happened)


def tell_changed(session: Session, found: Enrolment) -> None:
    """Other systems give access by what they are told."""
    contact = session.get_one(Contact, found.contact_id)
    webhooks.emit(session, found.branch_id, WebhookEvent.ENROLMENT_CHANGED, contact.number, **about(found))


def about(found: Enrolment) -> Mapping[str, Any]:
    """What other systems are told of an enrolment: no name, only what gives or ends access."""
    from_on, to_on = _days(found)
    return {
        "enrolment": found.id,
        "course": found.course_id,
        "offer": found.offer_id,
        "status": str(found.status),
        "from": from_on,
        "to": to_on,
    }
