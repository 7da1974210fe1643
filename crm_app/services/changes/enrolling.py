"""A chunk of a change as members of a course: enrolled and told in its transaction, noted as imports note theirs."""

from collections.abc import Sequence

from sqlalchemy import Row
from sqlmodel import Session, col, select

from crm_app.models import Contact, Offer, Outcome
from crm_app.services.bulk import among
from crm_app.services.imports import course_rows
from crm_app.services.imports.chunk import Batch
from crm_app.services.imports.columns import IntoCourse
from crm_app.services.imports.course_plan import Place
from crm_app.services.imports.plan_file import encode


def enrol(batch: Batch, job_id: int, wanted: IntoCourse, contacts: Sequence[Row]) -> int:
    """How many were enrolled, with the rights whoever asked for it has now. Raises as `enrolling.enrol_many`.

    Whom somebody enrolled by hand meanwhile is passed over.
    """
    session = batch.session
    actor = course_rows.actor_of_job(session, job_id, batch.branch_id)
    offer = session.get(Offer, wanted.offer) if wanted.offer is not None else None
    people = [(one, offer) for one in _contacts(session, [one.id for one in contacts])]
    joined = course_rows.join(session, actor, wanted, people, import_id=batch.import_id)
    for one in contacts:
        if joined[one.id].place is not Place.THERE:
            batch.prove(one.number, Outcome.UPDATE, one.id, one.version, encode(joined[one.id].change))
    return len(batch.proofs)


def _contacts(session: Session, ids: Sequence[int]) -> list[Contact]:
    query = select(Contact).where(among(session, col(Contact.id), ids)).order_by(col(Contact.number))
    return list(session.exec(query).all())
