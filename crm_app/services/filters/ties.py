"""Contacts that rows of another table lead to: tags, imports, choices, activities."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, literal, or_
from sqlmodel import Session, col, select

from crm_app.locales import Text, text
from crm_app.models import (
    Activity,
    Contact,
    ContactTag,
    ImportRow,
    Tag,
)
from crm_app.services import gone
from crm_app.services.contacts import own_values
from crm_app.services.errors import Invalid
from crm_app.services.fields.registry import Field
from crm_app.services.filters import spans
from crm_app.services.filters.questions import Question

RARE = 5_000  # rows up to which their contacts are listed at once instead of asking contact by contact


def by_tags(session: Session, asked: Question) -> ColumnElement[bool]:
    """Tags by id."""
    if asked.operator in ("empty", "filled"):
        has_any = exists().where(col(ContactTag.contact_id) == col(Contact.id))
        return has_any if asked.operator == "filled" else ~has_any
    meant = standing(session, Tag, asked)
    if asked.operator == "all":
        return and_(*[_tagged(session, group) for group in meant.groups])
    found = _tagged(session, meant.ids)
    return ~found if asked.operator == "none" else found


def standing(session: Session, model: gone.Model, asked: Question) -> gone.Meant:
    """The statuses or tags a question names, those that stand for merged ones among them.

    Raises Invalid when what is gone would change whom the question means: it never becomes "everybody".
    """
    meant = gone.meant(session, model, asked.ids)
    if len(asked.ids) < len(asked.values):
        meant.gone.append("")
    if meant.gone and (asked.operator != "any" or not meant.groups):
        raise Invalid(_said_gone(meant.gone))
    return meant


def _said_gone(names: Sequence[str]) -> Text:
    known = [name for name in names if name]
    if not known:
        return text("This filter asks for something that was removed. Change or remove that condition.")
    return text(
        "This filter asks for “{names}”, which was removed. Change or remove that condition.", names=", ".join(known)
    )


def still_options(asked: Question, former: Mapping[str, str | None]) -> list[list[str]]:
    """The choices of an own field a question names, each with former ones it stands for. Raises Invalid as above."""
    ends = {old: _end(former, old) for old in former}
    groups: dict[str, list[str]] = {}
    lost = []
    for value in asked.values:
        end = ends.get(value, value)
        if end is None:
            lost.append(value)
        else:
            groups[end] = [end, *(old for old, at in ends.items() if at == end)]
    if lost and (asked.operator != "any" or not groups):
        raise Invalid(_said_gone(lost))
    return list(groups.values())


def _end(former: Mapping[str, str | None], value: str) -> str | None:
    seen: set[str] = set()
    at: str | None = value
    while at is not None and at in former:
        if at in seen:
            return None
        seen.add(at)
        at = former[at]
    return at


def _tagged(session: Session, ids: Sequence[int]) -> ColumnElement[bool]:
    return _linked(session, ContactTag.contact_id, col(ContactTag.tag_id).in_(ids))


def by_imports(session: Session, asked: Question) -> ColumnElement[bool]:
    """Imports by id: they made or met the contact."""
    found = _linked(session, ImportRow.contact_id, col(ImportRow.import_id).in_(asked.ids))
    return ~found if asked.operator == "none" else found


def by_choices(session: Session, field: Field, asked: Question) -> ColumnElement[bool]:
    """An own field that holds several choices, as a JSON list."""
    if asked.operator in ("empty", "filled"):
        is_filled = own_values.as_text(session, field.name).is_not(None)
        return is_filled if asked.operator == "filled" else ~is_filled
    groups = still_options(asked, dict(field.former))
    if asked.operator == "all":
        return and_(*[own_values.lists_any(session, field.name, group) for group in groups])
    found = own_values.lists_any(session, field.name, [one for group in groups for one in group])
    return ~found if asked.operator == "none" else found


def by_activity(session: Session, asked: Question) -> ColumnElement[bool]:
    """Something happened in the last days: an entry of the timeline, or a change that an import made."""
    first, _ = spans.of("last", asked.values, asked.asker.today).moments(asked.asker.actor.timezone)
    happened = exists().where(col(Activity.contact_id) == col(Contact.id), col(Activity.at) >= first)
    if asked.operator == "idle":
        return and_(col(Contact.updated_at) < first, ~happened)  # so that an index serves it
    return or_(col(Contact.updated_at) >= first, happened)


def _linked(session: Session, contact_id: Any, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Contacts with such a row. Few rows are listed first, many are looked for while the contacts go by."""
    if are_few(session, condition):
        return col(Contact.id).in_(select(contact_id).where(condition))
    return exists().where(contact_id == col(Contact.id), condition)


def are_few(session: Session, condition: ColumnElement[bool]) -> bool:
    """Whether at most RARE rows meet the condition."""
    return session.execute(select(literal(1)).where(condition).limit(RARE + 1).offset(RARE)).first() is None
