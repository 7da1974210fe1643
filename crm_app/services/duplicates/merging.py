"""Contacts become one: field by field, with all that belongs to them, and so that it can be taken apart again."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Activity, ActivityKind, Channel, Contact, Merge, MergedContact, Permission, PointKind
from crm_app.models.base import now
from crm_app.services import audit, database
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.contacts import derived
from crm_app.services.contacts.visibility import in_sight, visible
from crm_app.services.custom_fields import PREFIX
from crm_app.services.duplicates import merged_consent, moving, proposal, regrouping, ruled_out
from crm_app.services.duplicates.proposal import Choice
from crm_app.services.errors import Conflict, Invalid, NotFound

CHANNELS = ((Channel.EMAIL, PointKind.EMAIL), (Channel.SMS, PointKind.PHONE), (Channel.PHONE, PointKind.PHONE))


def choices(session: Session, actor: Actor, kept: int, others: Sequence[int]) -> list[Choice]:
    """What there is to choose before a merge, with a choice to start from. Raises like `merge`."""
    contact, rest = _contacts(session, actor, kept, others)
    return proposal.proposal(session, [contact, *rest], contact)


def merge(
    session: Session,
    actor: Actor,
    kept: int,
    others: Sequence[int],
    wishes: Mapping[str, int] | None = None,
    *,
    versions: Mapping[int, int] | None = None,
) -> Merge:
    """Makes the others part of the kept contact; their numbers lead to it from now on.

    `wishes` say for fields of `choices` from which number the value is taken; what they leave out is as proposed.
    With `versions` the contacts must still be as they were looked at. Consent only ever goes down.
    Raises NotPermitted; NotFound for a contact that is missing or foreign; Invalid for the same contact twice, contacts
    of two branches or a wish that is no choice; Conflict when one of them changed, or without the right secret key.
    """
    database.one_at_a_time(session, "merge")
    contact, rest = _contacts(session, actor, kept, others)
    _check_versions([contact, *rest], versions or {})
    everyone = [contact, *rest]
    values = proposal.chosen(proposal.proposal(session, everyone, contact), wishes or {}, contact)
    made = Merge(kept_id=contact.id or 0, user_id=actor.user_id)
    session.add(made)
    session.flush()
    before = moving.points(session, made.kept_id)
    privacy = _privacy(everyone)
    ids = [one.id or 0 for one in rest]
    regrouping.without(session, [made.kept_id, *ids])
    relations = moving.take_relations(session, made.kept_id, ids)
    pictures = {one.number: moving.take(session, made.kept_id, one.id or 0) for one in rest}
    session.add_all(
        MergedContact(merge_id=made.id or 0, number=number, image=image) for number, image in pictures.items()
    )
    session.flush()
    for one in rest:
        session.expire(one)
        session.delete(one)
    session.flush()
    theirs = [row for image in pictures.values() for row in image["points"]]
    made.changes = apply(contact, values | {"privacy_accepted": privacy})
    points = moving.merged_points(contact, before, theirs)
    moving.set_points(session, made.kept_id, points)
    refresh(session, contact)
    made.added = {"points_before": before, "points_after": moving.points(session, made.kept_id)}
    made.added["relations"] = relations
    session.add(made)
    ruled_out.inherit(session, actor, contact.number, list(pictures))
    lowered = _lower(session, actor, contact.number, made.id or 0, points)
    _note(session, actor, contact, made, sorted(pictures))
    audit.record(session, actor, "contact.merge", merge=made.id or 0, contacts=len(everyone), consents=lowered)
    return made


def kept_number(session: Session, actor: Actor, number: int) -> int | None:
    """The number of the contact that this one went into; None when it did not, or for another
    branch. It may be in the trash."""
    actor.require(Permission.CONTACTS_READ)
    query = (
        select(Contact.number)
        .join(Merge, col(Merge.kept_id) == col(Contact.id))
        .join(MergedContact, col(MergedContact.merge_id) == col(Merge.id))
        .where(col(MergedContact.number) == number, col(Merge.undone_at).is_(None), *in_sight(actor))
    )
    return session.exec(query).first()


def apply(contact: Contact, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Writes the values that differ; {field: [old, new]} with dates in ISO."""
    changes = {}
    for name, value in values.items():
        old = proposal.value_of(contact, name)
        if old == value:
            continue
        changes[name] = [plain(old), plain(value)]
        if name.startswith(PREFIX):
            rest = {key: one for key, one in contact.custom.items() if PREFIX + key != name}
            contact.custom = rest if value is None else {**rest, name.removeprefix(PREFIX): value}
        else:
            setattr(contact, name, value)
    return changes


def refresh(session: Session, contact: Contact) -> None:
    """Brings search text, sort key and version up to what was written."""
    rows = moving.points(session, contact.id or 0)
    rows.sort(key=lambda row: derived.place_of(row["kind"], row["label"], row["primary"]))
    values = contact.model_dump()
    contact.search_text = derived.search_text(values, [row["norm"] for row in rows if row["kind"] != PointKind.LINK])
    contact.sort_name = derived.sort_name(values)
    contact.version += 1
    contact.updated_at = now()
    session.add(contact)
    session.flush()


def _contacts(session: Session, actor: Actor, kept: int, others: Sequence[int]) -> tuple[Contact, list[Contact]]:
    actor.require(Permission.CONTACTS_EDIT)
    numbers = [kept, *others]
    if len(numbers) < 2 or len(set(numbers)) < len(numbers):
        raise Invalid(text("Choose at least two contacts."))
    query = select(Contact).where(among(session, col(Contact.number), numbers), *visible(actor))
    found = {one.number: one for one in session.exec(query.order_by(col(Contact.id)).with_for_update())}
    for number in numbers:
        if number not in found:
            raise NotFound(text("There is no contact with the number {number}.", number=number))
    if len({one.branch_id for one in found.values()}) > 1:
        raise Invalid(text("These contacts belong to different branches and stay apart."))
    return found[kept], [found[number] for number in others]


def _check_versions(contacts: Sequence[Contact], versions: Mapping[int, int]) -> None:
    for one in contacts:
        if versions.get(one.number, one.version) != one.version:
            raise Conflict(text("Somebody changed contact {number} meanwhile. Look at it again.", number=one.number))


def _privacy(contacts: Sequence[Contact]) -> bool | None:
    """A no of anyone is a no."""
    said = [one.privacy_accepted for one in contacts if one.privacy_accepted is not None]
    return all(said) if said else None


def _lower(session: Session, actor: Actor, number: int, merge_id: int, points: Sequence[dict[str, Any]]) -> int:
    lowered = 0
    for channel, kind in CHANNELS:
        addresses = [(row["value"], row["norm"]) for row in points if row["kind"] == kind]
        lowered += merged_consent.lower(session, actor, channel, addresses, number, merge_id)
    return lowered


def _note(session: Session, actor: Actor, contact: Contact, made: Merge, numbers: Sequence[int]) -> None:
    data = {"merge": made.id, "numbers": list(numbers), "changes": made.changes}
    session.add(
        Activity(
            contact_id=made.kept_id,
            kind=ActivityKind.MERGED,
            user_id=actor.user_id,
            source=f"merge:{made.id}",
            data=data,
        )
    )
    session.flush()


def plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
