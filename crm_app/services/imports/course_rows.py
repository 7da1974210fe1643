"""The rows of a chunk as members of a course: enrolled, and told, in the transaction that writes their contacts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import Connection
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import MADE_MEMBER, Contact, Enrolment, EnrolmentStatus, Import, Job, Offer, Outcome, Role, User
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.bulk import among
from crm_app.services.courses import enrolling, notices
from crm_app.services.courses.enrolling import Terms
from crm_app.services.imports import course_plan, into_course
from crm_app.services.imports.columns import IntoCourse, Options
from crm_app.services.imports.course_plan import Place
from crm_app.services.imports.matching import Decision
from crm_app.services.imports.plan_file import encode
from crm_app.services.sessions import actor_of

if TYPE_CHECKING:
    from crm_app.services.imports.chunk import Batch

OFFER_GONE = text("The offer of this row was removed since the check.")
_ENROLS = (Outcome.CREATE, Outcome.UPDATE, Outcome.UNCHANGED)
_ROW, _CONTACT, _CHANGES = 1, 3, 5  # places in a proof: chunk.ROW_COLUMNS


def of(found: Import) -> Members | None:
    """What enrols the rows of an import; None where its file goes into no course."""
    wanted = Options.from_json(found.options).course
    return Members(found, wanted) if wanted is not None else None


class Members:
    """Enrols the contacts of one import, chunk by chunk."""

    def __init__(self, found: Import, wanted: IntoCourse) -> None:
        self._wanted, self._branch_id = wanted, found.branch_id
        self._import_id = found.continues_id or found.id  # the import whose rows these are
        self._source = found.name or found.file_name

    def lock(self, session: Session) -> None:
        """As `enrolling.lock`."""
        enrolling.lock(session, self._wanted.id)

    def actor(self, session: Session, job_id: int) -> Actor:
        """Whoever asked for the commit, with the rights of now."""
        return actor_of_job(session, job_id, self._branch_id)

    def refuse_gone_offers(
        self, session: Session, plan: Connection, rows: Sequence[int], decisions: list[Decision]
    ) -> None:
        """Rows whose offer was removed since the check wait: nobody is enrolled at another price than was shown."""
        offers = course_plan.offers_of(plan, rows)
        there = select(Offer.id).where(Offer.course_id == self._wanted.id, col(Offer.removed_at).is_(None))
        valid = {None, *session.exec(there).all()}
        for place, row in enumerate(rows):
            if decisions[place].outcome in _ENROLS and offers.get(row) not in valid:
                decisions[place] = Decision(Outcome.INVALID, reason=OFFER_GONE)

    def enrol(self, batch: Batch, plan: Connection, actor: Actor) -> None:
        """Enrols whom the chunk has written, and puts the notices of new members into the outbox.

        The proofs of the chunk say which enrolment is theirs. Raises as `enrolling.enrol_many`, and NotFound or Invalid
        when the template of the notice is gone.
        """
        contacts = {proof[_ROW]: proof[_CONTACT] for proof in sorted(batch.proofs, key=lambda proof: proof[_ROW])}
        if not contacts:
            return
        people = self._people(batch.session, plan, contacts)
        joined = join(batch.session, actor, self._wanted, people, source=self._source, import_id=self._import_id)
        course_plan.note(plan, {row: joined[id_].place for row, id_ in contacts.items()})
        batch.proofs = [self._proved(proof, joined[proof[_CONTACT]]) for proof in batch.proofs]

    def _people(
        self, session: Session, plan: Connection, contacts: Mapping[int, int]
    ) -> list[tuple[Contact, Offer | None]]:
        by_id = {
            one.id: one
            for one in session.exec(select(Contact).where(among(session, col(Contact.id), list(contacts.values()))))
        }
        known = {one.id: one for one in session.exec(select(Offer).where(Offer.course_id == self._wanted.id))}
        offers = course_plan.offers_of(plan, list(contacts))
        return [(by_id[id_], known.get(offers.get(row))) for row, id_ in contacts.items()]

    @staticmethod
    def _proved(proof: tuple[Any, ...], joined: Joined) -> tuple[Any, ...]:
        if joined.place is Place.THERE:
            return proof
        changes = json.loads(proof[_CHANGES]) if proof[_CHANGES] else {}
        return (*proof[:_CHANGES], encode(changes | joined.change), *proof[_CHANGES + 1 :])


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody in the course: the status before (None = was not in it), and the enrolment."""

    before: str | None
    enrolment: Enrolment

    @property
    def place(self) -> Place:
        if self.before is not None and self.before != EnrolmentStatus.CANCELLED:
            return Place.THERE
        if self.enrolment.status == EnrolmentStatus.WAITING:
            return Place.WAITING
        return Place.ENROLLED if self.before is None else Place.BACK

    @property
    def change(self) -> dict[str, Any]:
        """What the row notes, for the undo."""
        return {MADE_MEMBER: [self.before, self.enrolment.id]}


def join(
    session: Session,
    actor: Actor,
    wanted: IntoCourse,
    people: Sequence[tuple[Contact, Offer | None]],
    *,
    source: str = "",
    import_id: int | None,
) -> dict[int, Joined]:
    """Enrols them, and tells new members where a notice is wanted; by contact. Raises as `enrolling.enrol_many`."""
    before = course_plan.standing(session, wanted.id, [one.id or 0 for one, _ in people])
    terms = Terms(EnrolmentStatus(wanted.status), wanted.begins, source=source, import_id=import_id)
    found = enrolling.enrol_many(session, actor, wanted.id, people, terms)
    if wanted.template is not None:
        notices.put(session, actor, found.made, wanted.template, wanted.language)
    enrolled = [*found.made, *found.there]
    return {one.contact_id or 0: Joined(before.get(one.contact_id), one) for one in enrolled}


def actor_of_job(session: Session, job_id: int, branch_id: int) -> Actor:
    """Whoever asked for the job, with the rights of now, in that branch."""
    query = select(User, Role).join(Job, col(Job.user_id) == col(User.id)).where(User.role_id == Role.id)
    found = session.exec(query.where(Job.id == job_id, col(User.active))).first()
    return into_course.within(actor_of(session, *found) if found is not None else SYSTEM, branch_id)
