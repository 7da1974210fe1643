"""The courses there are: listed, added, changed, removed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case
from sqlmodel import Session, col, func, select

from crm_app.locales import Text, text
from crm_app.models import Course, CourseStatus, Enrolment, EnrolmentStatus, Permission
from crm_app.models.base import now
from crm_app.services import audit, changing
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import of_branches
from crm_app.services.errors import Invalid, NotFound
from crm_app.services.folding import fold

NAME_LENGTH, DESCRIPTION_LENGTH, MOST_PLACES = 200, 5_000, 100_000
# Who takes a place.
TAKING = (EnrolmentStatus.INVITED, EnrolmentStatus.ACTIVE, EnrolmentStatus.PAUSED)
OVER = (CourseStatus.FINISHED, CourseStatus.CANCELLED)
STATUSES: dict[CourseStatus, Text] = {
    CourseStatus.PLANNED: text("Planned"),
    CourseStatus.OPEN: text("Open for enrolment"),
    CourseStatus.RUNNING: text("Running"),
    CourseStatus.FINISHED: text("Finished"),
    CourseStatus.CANCELLED: text("Cancelled"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A course, how many have a place in it, and how many wait for one."""

    course: Course
    taken: int
    waiting: int


def listing(session: Session, actor: Actor, *, over: bool = False) -> list[Entry]:
    """Those of the actor's branches by name; `over`: those that are finished or cancelled. Raises NotPermitted."""
    actor.require(Permission.CONTACTS_READ)
    ended = col(Course.status).in_(OVER)
    query = select(Course).where(*_visible(actor), ended if over else ~ended)
    found = session.exec(query.order_by(col(Course.folded), col(Course.id))).all()
    counted = _counted(session, [one.id or 0 for one in found])
    return [Entry(one, *counted.get(one.id or 0, (0, 0))) for one in found]


def entry(session: Session, actor: Actor, course_id: int) -> Entry:
    """Raises NotPermitted, NotFound."""
    found = get(session, actor, course_id)
    return Entry(found, *_counted(session, [course_id]).get(course_id, (0, 0)))


def get(session: Session, actor: Actor, course_id: int) -> Course:
    """Raises NotPermitted; NotFound for a missing, a removed and a foreign one alike."""
    actor.require(Permission.CONTACTS_READ)
    found = session.exec(select(Course).where(Course.id == course_id, *_visible(actor))).first()
    if found is None:
        raise NotFound(text("There is no such course."))
    return found


def add(session: Session, actor: Actor, typed: Mapping[str, str]) -> Course:
    """A course of the texts of a form: name, description, starts_on, ends_on, capacity, status.

    Raises NotPermitted, Invalid(field).
    """
    actor.require(Permission.COURSES)
    values = _checked(typed)
    made = Course(branch_id=actor.branch_id, created_by_id=actor.user_id, **values)
    session.add(made)
    session.flush()
    audit.record(session, actor, "course.added", course=made.id or 0)
    return made


def change(session: Session, actor: Actor, course_id: int, typed: Mapping[str, str]) -> Course:
    """As `add`; the same again changes nothing. Raises NotFound too."""
    actor.require(Permission.COURSES)
    found, values = get(session, actor, course_id), _checked(typed)
    if changed := changing.apply(session, found, values):
        audit.record(session, actor, "course.changed", course=course_id, changed=",".join(changed))
    return found


def remove(session: Session, actor: Actor, course_id: int) -> None:
    """It stands nowhere any more; who was enrolled stays so in the history. Raises NotPermitted, NotFound, Invalid."""
    actor.require(Permission.COURSES)
    found = get(session, actor, course_id)
    if entry(session, actor, course_id).taken:
        raise Invalid(text("People are enrolled in this course. Finish or cancel it instead."))
    found.removed_at = now()
    session.add(found)
    session.flush()
    audit.record(session, actor, "course.removed", course=course_id)


def restore(session: Session, actor: Actor, course_id: int) -> None:
    """Takes a removal back. Raises NotPermitted, NotFound."""
    actor.require(Permission.COURSES)
    query = select(Course).where(Course.id == course_id, *of_branches(actor, Course.branch_id))
    found = session.exec(query).first()
    if found is None:
        raise NotFound(text("There is no such course."))
    found.removed_at = None
    session.add(found)
    session.flush()
    audit.record(session, actor, "course.restored", course=course_id)


def free_places(session: Session, course: Course) -> int | None:
    """None without a limit."""
    if course.capacity is None:
        return None
    return max(course.capacity - _counted(session, [course.id or 0]).get(course.id or 0, (0, 0))[0], 0)


def _visible(actor: Actor) -> list[ColumnElement[bool]]:
    return [*of_branches(actor, Course.branch_id), col(Course.removed_at).is_(None)]


def _counted(session: Session, course_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    if not course_ids:
        return {}
    is_named = col(Enrolment.contact_id).is_not(None)
    taken = func.sum(case((and_(col(Enrolment.status).in_(TAKING), is_named), 1), else_=0))
    waiting = func.sum(case((and_(col(Enrolment.status) == EnrolmentStatus.WAITING, is_named), 1), else_=0))
    query = select(Enrolment.course_id, taken, waiting).where(col(Enrolment.course_id).in_(course_ids))
    return {id_: (int(a or 0), int(b or 0)) for id_, a, b in session.exec(query.group_by(col(Enrolment.course_id)))}


def _checked(typed: Mapping[str, str]) -> dict[str, Any]:
    """Raises Invalid."""
    name = " ".join(typed.get("name", "").split())
    if not name or len(name) > NAME_LENGTH:
        raise Invalid(text("Please type a name of at most {maximum} characters.", maximum=NAME_LENGTH), "name")
    description = typed.get("description", "").replace("\r\n", "\n").strip()
    if len(description) > DESCRIPTION_LENGTH:
        raise Invalid(text("At most {most} characters, please.", most=DESCRIPTION_LENGTH), "description")
    starts_on, ends_on = day(typed, "starts_on"), day(typed, "ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid(text("The end lies before the beginning."), "ends_on")
    status = typed.get("status") or CourseStatus.PLANNED
    if status not in set(CourseStatus):
        raise Invalid(text("Please choose one of the list."), "status")
    return {
        "name": name,
        "folded": fold(name),
        "description": description,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "capacity": whole(typed, "capacity", 1, MOST_PLACES),
        "status": status,
    }


def day(typed: Mapping[str, str], field: str) -> date | None:
    """A day as a date input sends it, None for nothing. Raises Invalid(field)."""
    written = typed.get(field, "").strip()
    try:
        found = date.fromisoformat(written) if written else None
    except ValueError as error:
        raise Invalid(text("This is no day."), field) from error
    if found is not None and not 1900 <= found.year <= 2200:
        raise Invalid(text("This is no day."), field)
    return found


def whole(typed: Mapping[str, str], field: str, least: int, most: int) -> int | None:
    """A whole number within limits, None for nothing. Raises Invalid(field)."""
    written = typed.get(field, "").strip()
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) < 10 and least <= int(written) <= most):
        raise Invalid(text("Please type a whole number from {least} to {most}.", least=least, most=most), field)
    return int(written)
