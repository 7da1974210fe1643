"""The groups the last search found, as a list shows them: the surest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import Contact, DuplicateGroup, DuplicateMember, DuplicatePair, Permission
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.contacts.visibility import of_branches, visible
from crm_app.services.duplicates import reasons, running
from crm_app.services.errors import NotFound

PAGE = 25


@dataclass(frozen=True, slots=True)
class Group:
    """Contacts that are probably one, the oldest first. `score` is 50 to 100."""

    id: int
    score: int
    is_certain: bool
    contacts: list[Contact]
    reasons: list[Text]


@dataclass(frozen=True, slots=True)
class GroupPage:
    """`after` is what to page on with, None at the end; `total` counts all groups the actor may see."""

    groups: list[Group]
    after: int | None
    total: int


def page(
    session: Session, actor: Actor, *, certain: bool | None = None, after: int | None = None, limit: int = PAGE
) -> GroupPage:
    """Groups behind the one with the id `after`, by falling score; `certain` narrows to those, or to the others.

    Raises NotPermitted. A group that is gone gives the first page.
    """
    conditions = _conditions(session, actor)
    if certain is not None:
        conditions.append(col(DuplicateGroup.certain).is_(certain))
    query = select(DuplicateGroup).where(*conditions)
    anchor = session.exec(select(DuplicateGroup).where(col(DuplicateGroup.id) == after, *conditions)).first()
    if after is not None and anchor is not None:
        lower = col(DuplicateGroup.score) < anchor.score
        query = query.where(or_(lower, and_(col(DuplicateGroup.score) == anchor.score, col(DuplicateGroup.id) > after)))
    order = (col(DuplicateGroup.score).desc(), col(DuplicateGroup.id))
    rows = list(session.exec(query.order_by(*order).limit(limit + 1)).all())
    total = session.execute(select(func.count()).select_from(DuplicateGroup).where(*conditions)).scalar_one()
    shown = rows[:limit]
    return GroupPage(filled(session, actor, shown), shown[-1].id if len(rows) > limit else None, int(total))


def get(session: Session, actor: Actor, group_id: int) -> Group:
    """One group. Raises NotFound when it is gone or belongs to another branch, NotPermitted."""
    query = select(DuplicateGroup).where(col(DuplicateGroup.id) == group_id, *_conditions(session, actor))
    found = filled(session, actor, session.exec(query).all())
    if not found:
        raise NotFound(text("This group of duplicates is not there any more."))
    return found[0]


def filled(session: Session, actor: Actor, rows: Sequence[DuplicateGroup]) -> list[Group]:
    """The groups with their contacts and reasons; one whose contacts went meanwhile is left out."""
    ids = [row.id for row in rows if row.id is not None]
    members = session.exec(
        select(DuplicateMember.group_id, Contact)
        .where(DuplicateMember.contact_id == Contact.id, among(session, col(DuplicateMember.group_id), ids))
        .where(*visible(actor))
        .order_by(col(Contact.number))
    ).all()
    contacts: dict[int, list[Contact]] = {}
    for group_id, contact in members:
        contacts.setdefault(group_id, []).append(contact)
    everyone = [contact.id for _, contact in members if contact.id is not None]
    pairs = session.exec(
        select(DuplicatePair).where(
            col(DuplicatePair.search_id).in_({row.search_id for row in rows}),
            among(session, col(DuplicatePair.low_id), everyone),
            among(session, col(DuplicatePair.high_id), everyone),
        )
    ).all()
    why = {(pair.low_id, pair.high_id): pair.reasons for pair in pairs}
    return [
        Group(row.id, row.score, row.certain, contacts[row.id], reasons.texts(_common(contacts[row.id], why)))
        for row in rows
        if row.id is not None and len(contacts.get(row.id, ())) > 1
    ]


def _common(contacts: Sequence[Contact], why: dict[tuple[int, int], list[reasons.Reason]]) -> list[reasons.Reason]:
    """What at least half of the pairs have in common, as the first of them orders it."""
    ids = sorted(contact.id for contact in contacts if contact.id is not None)
    lists = [why[low, high] for place, low in enumerate(ids) for high in ids[place + 1 :] if (low, high) in why]
    counted: dict[tuple[str, ...], int] = {}
    for reason in (tuple(reason) for listed in lists for reason in listed):
        counted[reason] = counted.get(reason, 0) + 1
    return [list(reason) for reason, count in counted.items() if 2 * count >= len(lists)]


def _conditions(session: Session, actor: Actor) -> list[ColumnElement[bool]]:
    actor.require(Permission.CONTACTS_READ)
    search = running.latest(session)
    found: list[ColumnElement[bool]] = [col(DuplicateGroup.search_id) == (search.id if search else 0)]
    found += of_branches(actor, col(DuplicateGroup.branch_id))
    if actor.owner_ids is not None:
        found.append(col(DuplicateGroup.id).in_(with_several(actor)))
    return found


def with_several(actor: Actor) -> Any:
    """Selects the ids of the groups of which the actor sees at least two contacts."""
    query = select(DuplicateMember.group_id).join(Contact, col(Contact.id) == col(DuplicateMember.contact_id))
    return query.where(*visible(actor)).group_by(col(DuplicateMember.group_id)).having(func.count() > 1)
