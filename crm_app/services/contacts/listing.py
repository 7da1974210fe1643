"""The contact list: one page at a time by keyset, so that a deep page costs what the first one costs."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal
from sqlmodel import Session, col, select

from crm_app.locales import Text
from crm_app.models import Contact, Import
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.contacts import audience, fetching, sorting
from crm_app.services.contacts.filter import ContactFilter
from crm_app.services.contacts.sorting import Step
from crm_app.services.contacts.visibility import visible
from crm_app.services.imports import access

PAGE = 50
COUNT_LIMIT = 10_000
_LED = ("name", "created")  # orders whose index begins with the branch


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
    conditions = audience.conditions(session, actor, wanted, leads=_leads(session, actor, wanted))
    steps = sorting.steps(session, wanted.order)
    anchor = _anchor(session, actor, steps, after if after is not None else before)
    backwards = before is not None and after is None and anchor is not None
    if backwards:
        steps = [step.reversed for step in steps]
    rows = fetching.rows(session, conditions, steps, anchor, limit + 1)
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


def neighbours(session: Session, actor: Actor, wanted: ContactFilter, number: int) -> tuple[int | None, int | None]:
    """The numbers of the contacts before and behind that one in the list, None at its ends.

    The contact need not match the filter any more: its place is where it would stand. (None, None) for one that is
    missing or foreign. Raises like `audience.conditions`.
    """
    conditions = audience.conditions(session, actor, wanted, leads=_leads(session, actor, wanted))
    steps = sorting.steps(session, wanted.order)
    anchor = _anchor(session, actor, steps, number)
    if anchor is None:
        return None, None
    before = fetching.rows(session, conditions, [step.reversed for step in steps], anchor, 1)
    after = fetching.rows(session, conditions, steps, anchor, 1)
    return (before[0].number if before else None), (after[0].number if after else None)


def count(session: Session, actor: Actor, wanted: ContactFilter, limit: int = COUNT_LIMIT) -> int:
    """How many contacts, counted no further than `limit` + 1. Raises like `audience.conditions`."""
    inner = select(literal(1)).select_from(Contact).where(*audience.conditions(session, actor, wanted))
    return int(session.execute(select(func.count()).select_from(inner.limit(limit + 1).subquery())).scalar_one())


def _leads(session: Session, actor: Actor, wanted: ContactFilter) -> bool:
    """Whether the branch may lead to an index: only one branch has the order of its index."""
    is_one = actor.branch_ids is not None and len(actor.branch_ids) == 1
    return (is_one and wanted.order[0].key in _LED) or not database.is_sqlite(session)


def _anchor(session: Session, actor: Actor, steps: list[Step], number: int | None) -> tuple[Any, ...] | None:
    """What the contact has for each step."""
    if number is None:
        return None
    columns = [step.column.label(f"key_{place}") for place, step in enumerate(steps)]
    found = session.execute(select(*columns).where(col(Contact.number) == number, *visible(actor))).first()
    return tuple(found) if found else None


def import_name(session: Session, actor: Actor, import_id: int) -> Text | None:
    """What the import is called that the list is narrowed to; None for a missing or foreign one."""
    found = session.exec(select(Import).where(Import.id == import_id, *access.visible_imports(actor))).first()
    return found.called if found is not None else None
