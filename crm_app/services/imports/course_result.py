"""What an import came to in its course: who is enrolled, who waits, who was told, and who could not be."""

from dataclasses import dataclass, field

from sqlmodel import Session, col, func, select

from crm_app.models import HALTED, Contact, Course, Enrolment, Import, LeftOut, Message, MessageState
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import visible
from crm_app.services.courses.notices import UNSENT
from crm_app.services.imports import course_plan, uploads
from crm_app.services.imports.columns import Options
from crm_app.services.imports.course_plan import Place

LISTED = 50  # of those who got no notice


@dataclass(slots=True)
class CourseResult:
    """`course` with rows by what became of them there. Notices: waiting, sent, and by why there is none."""

    course: Course
    places: dict[Place, int]
    queued: int = 0
    sent: int = 0
    left_out: dict[LeftOut, int] = field(default_factory=dict)
    untold: list[tuple[Contact, LeftOut]] = field(default_factory=list)


def of(session: Session, actor: Actor, found: Import) -> CourseResult | None:
    """None where the file goes into no course. Of an import the actor was given."""
    wanted = Options.from_json(found.options).course
    course = session.get(Course, wanted.id) if wanted is not None else None
    if course is None:
        return None
    result = CourseResult(course, _places(session, found))
    if found.committed_row and found.id is not None:
        _notices(session, actor, found.id, result)
    return result


def enrolled(session: Session, import_id: int) -> int:
    """How many enrolments there are that the import made."""
    return int(session.exec(select(func.count()).where(Enrolment.import_id == import_id)).one())


def _places(session: Session, found: Import) -> dict[Place, int]:
    """As the plan has it; where its file is given up, as far as the enrolments tell."""
    if found.purged_at is None:
        upto = found.committed_row if found.state in HALTED else None
        return course_plan.counts(uploads.place_of(found), upto)
    counted = select(Enrolment.status, func.count()).where(Enrolment.import_id == found.id)
    by_status = dict(session.exec(counted.group_by(col(Enrolment.status))).all())
    waiting = by_status.pop(Place.WAITING.value, 0)
    return {**dict.fromkeys(Place, 0), Place.ENROLLED: sum(by_status.values()), Place.WAITING: waiting}


def _notices(session: Session, actor: Actor, import_id: int, result: CourseResult) -> None:
    own = select(Enrolment.notice_id).where(Enrolment.import_id == import_id, col(Enrolment.notice_id).is_not(None))
    query = select(Message.state, Message.reason, func.count()).where(col(Message.id).in_(own))
    for state, reason, count in session.exec(query.group_by(col(Message.state), col(Message.reason))):
        if state == MessageState.LEFT_OUT:
            result.left_out[LeftOut(reason)] = result.left_out.get(LeftOut(reason), 0) + count
        elif state not in UNSENT:
            result.sent += count
        elif state == MessageState.QUEUED:
            result.queued += count
    if result.left_out:
        untold = (
            select(Contact, Message.reason)
            .join(Message, col(Message.contact_id) == col(Contact.id))
            .where(col(Message.id).in_(own), Message.state == MessageState.LEFT_OUT, *visible(actor))
            .order_by(col(Message.id))
            .limit(LISTED)
        )
        result.untold = [(contact, LeftOut(reason)) for contact, reason in session.exec(untold)]
