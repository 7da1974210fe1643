"""Segments: filters of the contact list kept under a name, for oneself, for some colleagues or for the branch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import ConsentState, Course, Lifecycle, Permission, Segment, Sharing, User
from crm_app.models.base import now
from crm_app.services import audit, choosable
from crm_app.services.actor import Actor
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.visibility import of_branches
from crm_app.services.errors import Invalid, NotFound, NotPermitted
from crm_app.services.filters import compiling
from crm_app.services.filters.tree import Condition, Group
from crm_app.services.folding import fold

NAME_LENGTH = 80
MOST = 500  # of one branch


@dataclass(frozen=True, slots=True)
class Ready:
    """A segment that comes with the product."""

    key: str
    name: Text
    filter: ContactFilter


def _ready(key: str, name: Text, *conditions: Condition, **values: Any) -> Ready:
    return Ready(key, name, ContactFilter(where=Group(items=conditions), **values))


READY = (
    _ready("leads", text("Leads"), lifecycle=Lifecycle.LEAD),
    _ready("customers", text("Customers"), lifecycle=Lifecycle.CUSTOMER),
    _ready("new", text("New this week"), Condition("created_at", "this", ("week",))),
    _ready("idle", text("No activity for 90 days"), Condition("activity", "idle", ("90",))),
    _ready("no_email", text("Without e-mail"), Condition("email", "empty")),
    _ready("no_opt_in", text("Without opt-in"), Condition("consent_email", "none", (ConsentState.CONFIRMED.value,))),
    _ready("inactive", text("Inactive"), Condition("active", "no")),
)
# Where there are courses.
_OF_COURSES = (
    _ready("unpaid", text("Filled in a form, paid nothing"), Condition("form", "filled"), Condition("has_paid", "no")),
    _ready("overdue", text("Payment overdue"), Condition("overdue", "yes")),
    _ready("course_ends", text("Course ends within 14 days"), Condition("course_ends", "next", ("14",))),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A saved segment as lists show it; `who` made it, empty for a colleague who is gone."""

    segment: Segment
    who: str
    is_own: bool
    is_changeable: bool


def ready(session: Session, actor: Actor) -> list[Ready]:
    """Those that come with the product, as far as there is anything they could find."""
    query = select(Course.id).where(*of_branches(actor, Course.branch_id), col(Course.removed_at).is_(None))
    return [*READY, *(_OF_COURSES if session.exec(query.limit(1)).first() is not None else ())]


def listing(session: Session, actor: Actor) -> list[Entry]:
    """Every segment the actor sees: own ones first, each by name. Raises NotPermitted."""
    actor.require(Permission.CONTACTS_READ)
    query = select(Segment, User.name).join(User, col(Segment.user_id) == col(User.id), isouter=True)
    found = [
        Entry(segment, who or "", _is_own(actor, segment), _may_change(actor, segment))
        for segment, who in session.exec(query.where(*_of_branch(actor))).all()
        if _sees(actor, segment)
    ]
    return sorted(found, key=lambda entry: (not entry.is_own, fold(entry.segment.name), entry.segment.id))


def get(session: Session, actor: Actor, segment_id: int) -> Segment:
    """The segment. Raises NotFound for a missing one and one the actor does not see alike."""
    actor.require(Permission.CONTACTS_READ)
    found = session.exec(select(Segment).where(Segment.id == segment_id, *_of_branch(actor))).first()
    if found is None or not _sees(actor, found):
        raise NotFound(text("There is no such segment."))
    return found


def named(session: Session, actor: Actor, segment_id: int) -> tuple[str, bool]:
    """What the segment is called, and whether the actor may change it. Raises NotFound like `get`."""
    found = get(session, actor, segment_id)
    return found.name, _may_change(actor, found)


def resolved(session: Session, actor: Actor, wanted: ContactFilter) -> ContactFilter:
    """The filter with what its segment says, and without the segment: own conditions stand in for the segment's, the
    rest comes on top. Whoever narrows a filter further begins here, or the segment's conditions are lost.

    Raises NotFound like `get`, and ValueError when the segment was saved by a newer release.
    """
    if wanted.segment_id is None:
        return wanted
    base = ContactFilter.from_params(get(session, actor, wanted.segment_id).filter)
    return replace(
        wanted,
        query=" ".join(filter(None, (base.query, wanted.query))),
        lifecycle=wanted.lifecycle or base.lifecycle,
        inactive=wanted.inactive or base.inactive,
        import_id=wanted.import_id or base.import_id,
        membership=wanted.membership or base.membership,
        where=wanted.where or base.where,
        segment_id=None,
    )


def save(
    session: Session,
    actor: Actor,
    name: str,
    wanted: ContactFilter,
    sharing: Sharing = Sharing.ME,
    shared_with: Sequence[int] = (),
) -> Segment:
    """A new segment. Sharing takes the right to edit contacts.

    Raises NotPermitted; NotFound; Invalid ("name") for a name that is empty, too long or the actor's already, and for
    conditions that are not understood.
    """
    made = Segment(name="", branch_id=actor.branch_id, user_id=actor.user_id)
    session.add(_changed(session, actor, made, name, wanted, sharing, shared_with))
    session.flush()
    audit.record(session, actor, "segment.add", segment=made.id or 0, sharing=sharing.value)
    return made


def change(
    session: Session,
    actor: Actor,
    segment_id: int,
    name: str,
    wanted: ContactFilter,
    sharing: Sharing,
    shared_with: Sequence[int] = (),
) -> Segment:
    """Another name, filter or audience, by its maker or an administrator. Raises like `save`."""
    found = changeable(session, actor, segment_id)
    session.add(_changed(session, actor, found, name, wanted, sharing, shared_with))
    session.flush()
    audit.record(session, actor, "segment.change", segment=segment_id, sharing=sharing.value)
    return found


def remove(session: Session, actor: Actor, segment_id: int) -> None:
    """Removes the segment; its contacts stay. Raises NotFound, NotPermitted."""
    found = changeable(session, actor, segment_id)
    session.delete(found)
    session.flush()
    audit.record(session, actor, "segment.remove", segment=segment_id)


def changeable(session: Session, actor: Actor, segment_id: int) -> Segment:
    """The segment, to be changed. Raises NotFound, NotPermitted."""
    found = get(session, actor, segment_id)
    if not _may_change(actor, found):
        raise NotPermitted(text("This segment belongs to a colleague. Only its maker or an administrator changes it."))
    return found


def _changed(
    session: Session,
    actor: Actor,
    segment: Segment,
    name: str,
    wanted: ContactFilter,
    sharing: Sharing,
    shared_with: Sequence[int],
) -> Segment:
    actor.require(Permission.CONTACTS_READ)
    if sharing is not Sharing.ME:
        actor.require(Permission.CONTACTS_EDIT)
    segment.name = _checked_name(session, actor, segment, name)
    if not segment.is_picked:  # its members are asked for, whatever the list shows besides
        wanted = resolved(session, actor, wanted)
        compiling.check(session, actor, wanted.where)
        segment.filter = wanted.to_params()
    colleagues = {user.id for user in choosable.colleagues(session, actor)}
    segment.sharing = sharing
    segment.shared_with = sorted(colleagues.intersection(shared_with)) if sharing is Sharing.CHOSEN else []
    segment.changed_at = now()
    return segment


def _checked_name(session: Session, actor: Actor, segment: Segment, name: str) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > NAME_LENGTH or not clean.isprintable():
        raise Invalid(text("A segment has a name of 1 to {most} characters.", most=NAME_LENGTH), "name")
    others = [entry.segment for entry in listing(session, actor) if entry.segment.id != segment.id]
    if any(fold(other.name) == fold(clean) for other in others):
        raise Invalid(text("There is a segment “{name}” already. Choose another name.", name=clean), "name")
    if segment.id is None and len(others) >= MOST:
        raise Invalid(text("There are {most} segments, and that is the limit. Remove one first.", most=MOST), "name")
    return clean


def _of_branch(actor: Actor) -> list[ColumnElement[bool]]:
    return [] if actor.branch_ids is None else [col(Segment.branch_id).in_(actor.branch_ids)]


def _sees(actor: Actor, segment: Segment) -> bool:
    if actor.user_id is None or _is_own(actor, segment) or segment.sharing == Sharing.ALL:
        return True
    return segment.sharing == Sharing.CHOSEN and actor.user_id in segment.shared_with


def _is_own(actor: Actor, segment: Segment) -> bool:
    return segment.user_id is not None and segment.user_id == actor.user_id


def _may_change(actor: Actor, segment: Segment) -> bool:
    return _is_own(actor, segment) or actor.may(Permission.SETTINGS)
