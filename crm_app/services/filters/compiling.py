"""The tree of conditions as SQL, whole or not at all: what is not understood never widens a list."""

from dataclasses import replace

from sqlalchemy import ColumnElement, and_, or_, true
from sqlmodel import Session

from crm_app.locales import text
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid
from crm_app.services.filters import subjects
from crm_app.services.filters.columns import isnt
from crm_app.services.filters.questions import Asker, Subject, question
from crm_app.services.filters.tree import Condition, Group, Match


def compiled(session: Session, actor: Actor, group: Group) -> ColumnElement[bool]:
    """The condition on `contact`. Raises Invalid, naming the field, for anything unknown in it."""
    if not group:
        return true()
    return _group(session, Asker.of(actor), subjects.known(session), group)


def check(session: Session, actor: Actor, group: Group) -> None:
    """Raises Invalid like `compiled`."""
    compiled(session, actor, group)


def understood(session: Session, actor: Actor, group: Group) -> Group:
    """The tree without conditions that are not complete yet, to count by while it is being built."""
    asker, known = Asker.of(actor), subjects.known(session)

    def kept(item: Condition | Group) -> bool:
        if isinstance(item, Group):
            return bool(item)
        try:
            _condition(session, asker, known, item)
        except Invalid:
            return False
        return True

    items = [understood(session, actor, item) if isinstance(item, Group) else item for item in group.items]
    return replace(group, items=tuple(item for item in items if kept(item)))


def _group(session: Session, asker: Asker, known: dict[str, Subject], group: Group) -> ColumnElement[bool]:
    found = [
        _group(session, asker, known, item) if isinstance(item, Group) else _condition(session, asker, known, item)
        for item in group.items
    ]
    if not found:
        return true()
    if group.match is Match.ALL:
        return and_(*found)
    return or_(*found) if group.match is Match.ANY else isnt(or_(*found))


def _condition(session: Session, asker: Asker, known: dict[str, Subject], item: Condition) -> ColumnElement[bool]:
    subject = known.get(item.subject)
    if subject is None:
        raise Invalid(text("This filter asks for a field that is not there any more. Remove that condition."))
    return subject.build(session, question(subject, item, asker))
