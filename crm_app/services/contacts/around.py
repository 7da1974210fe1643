"""What the rows of a page show beside their own columns: a query a kind for the whole page, only for what is shown."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, func, select

from crm_app.models import (
    Channel,
    Charge,
    Consent,
    ConsentState,
    Contact,
    ContactPoint,
    ContactSource,
    ContactTag,
    Course,
    Enrolment,
    EnrolmentStatus,
    LeadStatus,
    PointKind,
    Tag,
    User,
)
from crm_app.services import branches
from crm_app.services.actor import Actor
from crm_app.services.consent.standing import folded
from crm_app.services.contacts.columns import BRANCH, CONSENT, COURSES, OPEN, SOURCES
from crm_app.services.contacts.visibility import of_branches


@dataclass(frozen=True, slots=True)
class Surroundings:
    """By the contact's id; statuses, owners and branches by their own."""

    statuses: dict[int, LeadStatus]
    owners: dict[int, str]
    tags: dict[int, list[Tag]]
    sources: dict[int, list[str]] = field(default_factory=dict)
    confirmed: dict[int, datetime] = field(default_factory=dict)  # when the consent to e-mails was confirmed, if it is
    branches: dict[int, str] = field(default_factory=dict)
    courses: dict[int, list[tuple[str, EnrolmentStatus]]] = field(default_factory=dict)
    open: dict[int, list[tuple[int, str]]] = field(default_factory=dict)  # what is still to pay, with its currency


def of(session: Session, actor: Actor, contacts: list[Contact], columns: Collection[str] = ()) -> Surroundings:
    """Statuses, owners and tags of these contacts; of `columns` what else they need."""
    ids = [contact.id for contact in contacts if contact.id is not None]
    owners = {contact.owner_id for contact in contacts if contact.owner_id}
    return Surroundings(
        statuses={status.id: status for status in session.exec(select(LeadStatus)).all() if status.id},
        owners={user.id: user.name for user in session.exec(select(User).where(col(User.id).in_(owners))) if user.id},
        tags=_tags(session, ids),
        sources=_sources(session, ids) if SOURCES in columns else {},
        confirmed=_confirmed(session, ids) if CONSENT in columns else {},
        branches=branches.seen(session, actor) if BRANCH in columns else {},
        courses=_courses(session, actor, ids) if COURSES in columns else {},
        open=_open(session, actor, ids) if OPEN in columns else {},
    )


def _tags(session: Session, ids: list[int]) -> dict[int, list[Tag]]:
    pairs = session.exec(
        select(ContactTag.contact_id, Tag).where(col(ContactTag.tag_id) == Tag.id, col(ContactTag.contact_id).in_(ids))
    ).all()
    found: dict[int, list[Tag]] = {}
    for contact_id, tag in sorted(pairs, key=lambda pair: pair[1].folded):
        found.setdefault(contact_id, []).append(tag)
    return found


def _sources(session: Session, ids: list[int]) -> dict[int, list[str]]:
    """Each source once, in the order they were first seen."""
    query = select(ContactSource).where(col(ContactSource.contact_id).in_(ids)).order_by(col(ContactSource.id))
    found: dict[int, dict[str, None]] = {}
    for one in session.exec(query).all():
        found.setdefault(one.contact_id, {})[one.source] = None
    return {id_: list(sources) for id_, sources in found.items()}


def _courses(session: Session, actor: Actor, ids: list[int]) -> dict[int, list[tuple[str, EnrolmentStatus]]]:
    """The newest first; those that somebody left are left out."""
    query = (
        select(Enrolment.contact_id, Course.name, Enrolment.status)
        .join(Course, col(Course.id) == col(Enrolment.course_id))
        .where(col(Enrolment.contact_id).in_(ids), col(Enrolment.status) != EnrolmentStatus.CANCELLED)
        .where(*of_branches(actor, Enrolment.branch_id))
        .order_by(col(Enrolment.id).desc())
    )
    found: dict[int, list[tuple[str, EnrolmentStatus]]] = {}
    for contact_id, name, status in session.exec(query).all():
        found.setdefault(contact_id or 0, []).append((name, EnrolmentStatus(status)))
    return found


def _open(session: Session, actor: Actor, ids: list[int]) -> dict[int, list[tuple[int, str]]]:
    query = (
        select(Enrolment.contact_id, Charge.currency, func.sum(Charge.amount - Charge.settled))
        .join(Enrolment, col(Enrolment.id) == col(Charge.enrolment_id))
        .where(col(Enrolment.contact_id).in_(ids), col(Charge.cancelled_at).is_(None))
        .where(*of_branches(actor, Enrolment.branch_id))
        .group_by(col(Enrolment.contact_id), col(Charge.currency))
        .order_by(col(Charge.currency))
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for contact_id, currency, amount in session.exec(query).all():
        if amount:
            found.setdefault(contact_id or 0, []).append((int(amount), currency))
    return found


def _confirmed(session: Session, ids: list[int]) -> dict[int, datetime]:
    query = (
        select(ContactPoint.contact_id, Consent.state, Consent.at)
        .join(Consent, col(Consent.norm) == col(ContactPoint.norm))
        .where(
            col(ContactPoint.contact_id).in_(ids),
            ContactPoint.kind == PointKind.EMAIL,
            col(ContactPoint.primary).is_(True),
            Consent.channel == Channel.EMAIL,
            col(Consent.group_id).is_(None),
        )
        .order_by(col(Consent.id))
    )
    events: dict[int, list[tuple[ConsentState, datetime]]] = {}
    for contact_id, state, at in session.exec(query).all():
        events.setdefault(contact_id, []).append((ConsentState(state), at))
    return {
        id_: [at for state, at in entries if state is ConsentState.CONFIRMED][-1]
        for id_, entries in events.items()
        if folded(state for state, _ in entries).state is ConsentState.CONFIRMED
    }
