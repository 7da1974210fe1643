"""Who takes part in a course: a filter of its enrolments, and through them of contacts."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists
from sqlmodel import col, select

from crm_app.models import Charge, Contact, Enrolment, EnrolmentStatus
from crm_app.services import local_time
from crm_app.services.actor import Actor
from crm_app.services.contacts.visibility import of_branches
from crm_app.services.filters.questions import is_id


@dataclass(frozen=True, slots=True)
class Membership:
    """Without a status all that are not cancelled; with `overdue` those who have not paid what is due."""

    course_id: int
    status: EnrolmentStatus | None = None
    offer_id: int | None = None
    overdue: bool = False

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "Membership | None":
        """Reads the URL; None where it names no course. Raises ValueError for what would else mean more people."""
        course, status, offer, overdue = (params.get(name, "") for name in ("course", "status", "offer", "overdue"))
        if not (course or status or offer or overdue):
            return None
        if not is_id(course) or (offer and not is_id(offer)) or overdue not in ("", "1"):
            raise ValueError(course, offer, overdue)
        return cls(
            int(course), EnrolmentStatus(status) if status else None, int(offer) if offer else None, bool(overdue)
        )

    def to_params(self) -> dict[str, str]:
        """The URL's parameters, empty ones among them."""
        return {
            "course": str(self.course_id),
            "status": self.status or "",
            "offer": "" if self.offer_id is None else str(self.offer_id),
            "overdue": "1" if self.overdue else "",
        }


def conditions(actor: Actor, wanted: Membership) -> list[ColumnElement[bool]]:
    """Conditions on `enrolment`: all that is wanted but the status."""
    found = [col(Enrolment.course_id) == wanted.course_id, *of_branches(actor, Enrolment.branch_id)]
    if wanted.offer_id is not None:
        found.append(col(Enrolment.offer_id) == wanted.offer_id)
    if wanted.overdue:
        late = exists().where(
            col(Charge.enrolment_id) == col(Enrolment.id),
            col(Charge.cancelled_at).is_(None),
            col(Charge.due_on) < local_time.today(actor.timezone),
            col(Charge.settled) < col(Charge.amount),
        )
        found.append(late)
    return found


def of_status(status: EnrolmentStatus | None) -> ColumnElement[bool]:
    if status is None:
        return col(Enrolment.status) != EnrolmentStatus.CANCELLED
    return col(Enrolment.status) == status


def of_contacts(actor: Actor, wanted: Membership) -> ColumnElement[bool]:
    """The condition on `contact`."""
    members = select(Enrolment.contact_id).where(*conditions(actor, wanted), of_status(wanted.status))
    return col(Contact.id).in_(members)
