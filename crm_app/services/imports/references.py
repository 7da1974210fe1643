"""What the database knows that cells may name: statuses, responsible users, tags, and the installation's own fields."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import LeadStatus, Offer, User
from crm_app.services import custom_fields
from crm_app.services.actor import Actor
from crm_app.services.fields.registry import Field, parse
from crm_app.services.fields.verdict import EMPTY, FieldContext, Verdict, refused
from crm_app.services.fields.vocabulary import split_tags
from crm_app.services.folding import fold
from crm_app.services.imports import google_groups

TAG_LENGTH = 100


@dataclass(slots=True)
class References:
    """The vocabularies as they stand: folded word → id; an id of 0 means that several share the word."""

    statuses: dict[str, int] = field(default_factory=dict)
    owners: dict[str, int] = field(default_factory=dict)
    offers: dict[str, int] = field(default_factory=dict)  # of the course the file goes into
    names: dict[str, dict[str, str]] = field(default_factory=dict)  # attribute → id → name, for showing
    custom: dict[str, Field] = field(default_factory=dict)  # the own fields by key


def load(session: Session, actor: Actor, course_id: int | None = None) -> References:
    """Statuses, own fields, the active users of the branches, but only those whose contacts the actor sees, and the
    offers of a course.
    """
    found = References(names={"status_id": {}, "owner_id": {}}, custom=custom_fields.all_of(session))
    for status in session.exec(select(LeadStatus)).all():
        assert status.id is not None
        if status.removed_at is None:
            found.statuses[status.folded] = status.id
        found.names["status_id"][str(status.id)] = status.name
    for user in session.exec(select(User).order_by(col(User.id))).all():
        assert user.id is not None
        found.names["owner_id"][str(user.id)] = user.name
        if not user.active or (actor.branch_ids is not None and user.branch_id not in actor.branch_ids):
            continue
        if actor.owner_ids is not None and user.id not in actor.owner_ids:
            continue
        found.owners[user.email.lower()] = user.id
        name = fold(user.name)
        found.owners[name] = user.id if found.owners.get(name, user.id) == user.id else 0
    if course_id is not None:
        of_course = select(Offer).where(Offer.course_id == course_id, col(Offer.removed_at).is_(None))
        offers = session.exec(of_course.order_by(col(Offer.folded))).all()
        found.offers = {offer.folded: offer.id or 0 for offer in offers}
        found.names["offer_id"] = {str(offer.id): offer.name for offer in offers}
    return found


def status_parser(references: References, context: FieldContext) -> Callable[[str], Verdict]:
    """Text → verdict whose value is the status's id."""

    def judge(cell: str) -> Verdict:
        verdict = parse("status", cell, context)
        if verdict.value is None:
            return verdict
        if found := references.statuses.get(fold(verdict.value)):
            return Verdict(found)
        return refused(
            text("There is no status “{value}”. Add it in the settings, or change the cell.", value=verdict.value)
        )

    return judge


def owner_parser(references: References, context: FieldContext) -> Callable[[str], Verdict]:
    """Text → verdict whose value is the user's id; e-mail address or name."""

    def judge(cell: str) -> Verdict:
        verdict = parse("owner", cell, context)
        if verdict.value is None:
            return verdict
        word = verdict.value.lower()
        found = references.owners.get(word, references.owners.get(fold(verdict.value)))
        if found:
            return Verdict(found)
        if found == 0:
            return refused(text("Several users are called “{value}”. Write the e-mail address.", value=verdict.value))
        return refused(text("There is no user “{value}” here. Write the e-mail address of one.", value=verdict.value))

    return judge


def offer_parser(references: References) -> Callable[[str], Verdict]:
    """Text → verdict whose value is the offer's id."""

    def judge(cell: str) -> Verdict:
        if not cell.strip():
            return EMPTY
        if found := references.offers.get(fold(cell)):
            return Verdict(found)
        return refused(
            text(
                "The course has no offer “{value}”. Say what it means, or change the cell.",
                value=" ".join(cell.split()),
            )
        )

    return judge


def tags_parser(separator: str, context: FieldContext) -> Callable[[str], Verdict]:
    """Text → verdict whose value is a list of tag names."""

    def judge(cell: str) -> Verdict:
        verdict = parse("tags", cell, context)
        if verdict.value is None:
            return verdict
        names = [name for name in split_tags(verdict.value, separator) if fold(name)]
        if separator == google_groups.SEPARATOR:
            names = google_groups.as_tags(names)
        if any(len(name) > TAG_LENGTH for name in names):
            return refused(text("A tag has at most {most} characters. Check the separator.", most=TAG_LENGTH))
        return Verdict(names or None, None, verdict.level, verdict.message)

    return judge
