"""A chunk of a change as members of a course: enrolled and told in its transaction, noted as imports note theirs."""

from collections.abc import Sequence

from sqlalchemy import Row
from sqlmodel import Session, col, select

from crm_app.models import MADE_MEMBER, Contact, EnrolmentStatus, Offer, Outcome
from crm_app.services.bulk import among
from crm_app.services.courses import enrolling, notices
from crm_app.services.courses.enrolling import Terms
from crm_app.services.imports import course_plan, course_rows
from crm_app.services.imports.chunk import Batch
from crm_app.services.imports.columns import IntoCourse
from crm_app.services.imports.plan_file import encode


def enrol(batch: Batch, job_id: int, wanted: IntoCourse, contacts: Sequence[Row]) -> int:
    """How many were enrolled, with the rights whoever asked for it has now. Raises as `enrolling.enrol_many`."""
    session, ids = batch.session, [one.id for one in contacts]
    actor = course_rows.actor_of_job(session, job_id, batch.branch_id)
    before = course_plan.standing(session, wanted.id, ids)
    offer = session.get(Offer, wanted.offer) if wanted.offer is not None else None
    terms = Terms(EnrolmentStatus(wanted.status), wanted.begins, import_id=batch.import_id)
    found = enrolling.enrol_many(session, actor, wanted.id, [(one, offer) for one in _contacts(session, ids)], terms)
    if wanted.template is not None:
        notices.put(session, actor, found.made, wanted.template, wanted.language)
    enrolled = {one.contact_id: one.id for one in [*found.made, *found.there]}
    for one in contacts:
        if before.get(one.id, EnrolmentStatus.CANCELLED) != EnrolmentStatus.CANCELLED:
            continue  # somebody enrolled them by hand meanwhile
        changes = {MADE_MEMBER: [before.get(one.id), enrolled[one.id]]}
        batch.prove(one.number, Outcome.UPDATE, one.id, one.version, encode(changes))
    return len(batch.proofs)


def _contacts(session: Session, ids: Sequence[int]) -> list[Contact]:
    query = select(Contact).where(among(session, col(Contact.id), ids)).order_by(col(Contact.number))
    return list(session.exec(query).all())
