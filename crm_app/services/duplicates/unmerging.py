"""A merge taken back: the others are there again, and what somebody did since stays with the kept contact."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Activity, ActivityKind, Branch, Contact, LeadStatus, Merge, MergedContact, Permission, User
from crm_app.models.base import now
from crm_app.services import audit, database
from crm_app.services.actor import Actor
from crm_app.services.contacts import derived, search
from crm_app.services.contacts.visibility import visible
from crm_app.services.duplicates import images, merging, moving, proposal, regrouping
from crm_app.services.errors import Conflict, NotFound

_REFERENCES: dict[str, type[Any]] = {"status_id": LeadStatus, "owner_id": User, "branch_id": Branch}


def merges(session: Session, actor: Actor, number: int) -> list[Merge]:
    """The merges of a contact that can be taken back, the newest first. An unknown or foreign one has none."""
    actor.require(Permission.CONTACTS_READ)
    query = (
        select(Merge)
        .join(Contact, col(Merge.kept_id) == col(Contact.id))
        .where(col(Contact.number) == number, col(Merge.undone_at).is_(None), *visible(actor))
    )
    return list(session.exec(query.order_by(col(Merge.id).desc())).all())


@dataclass(frozen=True, slots=True)
class Preview:
    """What taking a merge back would do: contacts that are there again by number, and of the kept contact the fields
    that go back, {field: [now, then]}, and those that stay because somebody edited them since."""

    merge_id: int
    contacts: dict[int, str]
    back: dict[str, list[Any]]
    stays: list[str]


def preview(session: Session, actor: Actor, merge_id: int) -> Preview:
    """Without changing anything. Raises like `unmerge`."""
    actor.require(Permission.CONTACTS_EDIT)
    made, kept = _get(session, actor, merge_id)
    back = _back(made, kept)
    names = {one.number: _name(one.image["contact"]) for one in _pictures(session, merge_id)}
    changes = {name: [made.changes[name][1], old] for name, old in back.items()}
    return Preview(merge_id, names, changes, [name for name in made.changes if name not in back])


def unmerge(session: Session, actor: Actor, merge_id: int) -> list[Contact]:
    """Takes the merge back and returns the contacts that are there again, with their old numbers.

    A field of the kept contact goes back to its value of before unless somebody edited it since. Consent stays
    lowered. Raises NotPermitted; NotFound for a merge that is missing or foreign; Conflict when it was taken back
    already, or a later merge of this contact has to be taken back first.
    """
    actor.require(Permission.CONTACTS_EDIT)
    database.one_at_a_time(session, "merge")
    made, kept = _get(session, actor, merge_id)
    pictures = _pictures(session, merge_id)
    regrouping.without(session, [made.kept_id])
    restored, ids = [], {}
    for picture in pictures:
        id_ = ids[picture.image["contact"]["id"]] = _insert(session, picture.image["contact"])
        moving.give_back(session, made.kept_id, id_, picture.image)
        restored.append(session.get_one(Contact, id_))
    moving.give_back_relations(session, made.added["relations"], ids)
    _restore_kept(session, made, kept)
    made.undone_at = now()
    session.add(made)
    for contact, numbers in ((kept, [one.number for one in restored]), *((one, [kept.number]) for one in restored)):
        data = {"merge": merge_id, "numbers": numbers}
        session.add(
            Activity(
                contact_id=contact.id or 0,
                kind=ActivityKind.UNMERGED,
                user_id=actor.user_id,
                source=f"merge:{merge_id}",
                data=data,
            )
        )
    audit.record(session, actor, "contact.unmerge", merge=merge_id, contacts=len(restored))
    return restored


def _get(session: Session, actor: Actor, merge_id: int) -> tuple[Merge, Contact]:
    query = (
        select(Merge, Contact)
        .where(col(Merge.kept_id) == col(Contact.id), col(Merge.id) == merge_id, *visible(actor))
        .with_for_update()
    )
    found = session.exec(query).first()
    if found is None:
        raise NotFound(text("There is no such merge."))
    made, kept = found
    if made.undone_at is not None:
        raise Conflict(text("This merge was taken back already."))
    later = select(Merge.id).where(Merge.kept_id == kept.id, col(Merge.id) > merge_id, col(Merge.undone_at).is_(None))
    if session.exec(later).first() is not None:
        raise Conflict(text("This contact was merged again later. Take that merge back first."))
    return made, kept


def _pictures(session: Session, merge_id: int) -> Sequence[MergedContact]:
    query = select(MergedContact).where(MergedContact.merge_id == merge_id)
    return session.exec(query.order_by(col(MergedContact.number))).all()


def _name(row: dict[str, Any]) -> str:
    """What a contact in a picture was called."""
    return Contact(**images.typed("contact", row)).display_name


def _back(made: Merge, kept: Contact) -> dict[str, Any]:
    """Fields of the kept contact with their values of before, as far as nobody edited them since."""
    present = {name: merging.plain(proposal.value_of(kept, name)) for name in made.changes}
    return {name: old for name, (old, new) in made.changes.items() if present[name] == new}


def _insert(session: Session, row: dict[str, Any]) -> int:
    """The contact's row again, under its old key where that is free; statuses and users that went are left empty."""
    values = images.typed("contact", row)
    for name, model in _REFERENCES.items():
        there = session.get(model, values[name]) if values[name] is not None else None
        if there is None or getattr(there, "removed_at", None) is not None:
            values[name] = None
    if session.get(Contact, values["id"]) is not None:
        values["id"] = search.last_id(session) + 1
    session.execute(insert(images.table("contact")).values(**values))
    search.add(session, values["id"])
    return int(values["id"])


def _restore_kept(session: Session, made: Merge, kept: Contact) -> None:
    """Fields and points of the kept contact, as far as nobody edited them since."""
    back = _back(made, kept)
    values = images.typed("contact", {name: old for name, old in back.items() if "." not in name})
    own = {name: old for name, old in back.items() if "." in name}
    merging.apply(kept, values | own)
    after = {moving.key_of(row) for row in made.added["points_after"]}
    now_ = moving.points(session, made.kept_id)
    there = {moving.key_of(row) for row in now_}
    was = [row for row in made.added["points_before"] if _stays(row, kept, after - there)]
    added = [row for row in now_ if moving.key_of(row) not in after]
    taken = {(row["kind"], row["label"]) for row in added if row["primary"]}
    was = [row for row in was if not (row["primary"] and (row["kind"], row["label"]) in taken)]
    moving.set_points(session, made.kept_id, [*was, *added])
    merging.refresh(session, kept)


def _stays(row: dict[str, Any], kept: Contact, removed: set[moving.Key]) -> bool:
    """Whether a point of before is one again: not when somebody removed it since, or emptied its field."""
    if row["primary"]:
        names = [name for name, point in derived.POINT_FIELDS.items() if point == (row["kind"], row["label"])]
        return any(getattr(kept, name) == row["value"] for name in names)
    return (row["kind"], row["norm"]) not in {(kind, norm) for kind, _, norm, _ in removed}
