"""The contact list: one page at a time by keyset, so that a deep page costs what the first one costs."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_
from sqlmodel import Session, col, select

from crm_app.locales import Text
from crm_app.models import Contact, ContactTag, Import, LeadStatus, Tag, User
from crm_app.services.actor import Actor
from crm_app.services.contacts import audience
from crm_app.services.contacts.filter import ContactFilter, SortKey
from crm_app.services.contacts.visibility import visible

PAGE = 50
COUNT_LIMIT = 10_000

_SORT_COLUMNS: dict[SortKey, Any] = {
    SortKey.NAME: col(Contact.sort_name),
    SortKey.NUMBER: col(Contact.number),
    SortKey.CREATED: col(Contact.created_at),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of contacts in order. `before` and `after` are contact numbers to page from, None at the ends."""

    contacts: list[Contact]
    before: int | None
    after: int | None
    total: int  # counted to COUNT_LIMIT + 1 at most


def page(
    session: Session,
    actor: Actor,
    wanted: ContactFilter,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> Page:
    """The page behind (or before) the contact with that number, or the first one.

    A number that is gone gives the first page. Only contacts visible to the actor are counted or returned.
    Raises like `audience.conditions`.
    """
    conditions = audience.conditions(session, actor, wanted)
    column = _SORT_COLUMNS[wanted.sort]
    anchor = _anchor(session, actor, column, after if after is not None else before)
    backwards = before is not None and after is None and anchor is not None
    falling = wanted.descending != backwards
    query = select(Contact).where(*conditions)
    if anchor is not None:
        query = query.where(_beyond(column, anchor, falling))
    order = (column.desc(), col(Contact.id).desc()) if falling else (column, col(Contact.id))
    rows = list(session.exec(query.order_by(*order).limit(limit + 1)).all())
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        rows.reverse()
    has_before = more if backwards else anchor is not None
    has_after = anchor is not None if backwards else more
    return Page(
        contacts=rows,
        before=rows[0].number if rows and has_before else None,
        after=rows[-1].number if rows and has_after else None,
        total=count(session, actor, wanted),
    )


def count(session: Session, actor: Actor, wanted: ContactFilter, limit: int = COUNT_LIMIT) -> int:
    """How many contacts, counted no further than `limit` + 1. Raises like `audience.conditions`."""
    inner = select(literal(1)).select_from(Contact).where(*audience.conditions(session, actor, wanted))
    return int(session.execute(select(func.count()).select_from(inner.limit(limit + 1).subquery())).scalar_one())


def _anchor(session: Session, actor: Actor, column: Any, number: int | None) -> tuple[Any, int] | None:
    if number is None:
        return None
    found = session.execute(select(column, Contact.id).where(col(Contact.number) == number, *visible(actor))).first()
    return (found[0], found[1]) if found else None


def _beyond(column: Any, anchor: tuple[Any, int], falling: bool) -> ColumnElement[bool]:
    value, id_ = anchor
    if falling:
        return or_(column < value, and_(column == value, col(Contact.id) < id_))
    return or_(column > value, and_(column == value, col(Contact.id) > id_))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rows of a page show beside their own columns, fetched in three queries for the whole page."""

    statuses: dict[int, LeadStatus]
    owners: dict[int, str]
    tags: dict[int, list[Tag]]


def surroundings(session: Session, contacts: list[Contact]) -> Surroundings:
    """Statuses, owners and tags of these contacts."""
    ids = [contact.id for contact in contacts]
    owners = {contact.owner_id for contact in contacts if contact.owner_id}
    pairs = session.exec(
        select(ContactTag.contact_id, Tag).where(col(ContactTag.tag_id) == Tag.id, col(ContactTag.contact_id).in_(ids))
    ).all()
    tags: dict[int, list[Tag]] = {}
    for contact_id, tag in sorted(pairs, key=lambda pair: pair[1].folded):
        tags.setdefault(contact_id, []).append(tag)
    return Surroundings(
        statuses={status.id: status for status in session.exec(select(LeadStatus)).all() if status.id},
        owners={user.id: user.name for user in session.exec(select(User).where(col(User.id).in_(owners))) if user.id},
        tags=tags,
    )


def import_name(session: Session, actor: Actor, import_id: int) -> Text | None:
    """What the import is called that the list is narrowed to; None for a missing or foreign one."""
    found = session.get(Import, import_id)
    if found is None or (actor.branch_ids is not None and found.branch_id not in actor.branch_ids):
        return None
    return found.called
