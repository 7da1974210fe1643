"""Reading the two logs: who did what (the audit), and who signed in. By keyset, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from crm_app.models import AuditEntry, LoginEvent, LoginOutcome, Permission, User
from crm_app.models.base import now
from crm_app.services.actor import Actor
from crm_app.services.audit_words import ALSO

PAGE = 50
DAYS = (1, 7, 30, 90, 365)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to read. `person`: of one account, 0 = of all; `kind` one of KINDS or a LoginOutcome;
    `days`: no older, 0 = all; `before`: the id of the entry to go on from.
    """

    person: int = 0
    kind: str = ""
    days: int = 0
    before: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Entries with the name of who it was, empty for nobody known; `more` is the id to go on from, 0 at the end."""

    entries: Sequence[tuple[Any, str]]
    more: int


def audit(session: Session, actor: Actor, asked: Asked) -> Page:
    """Who did what: the actor's branches, and what no user did. Raises NotPermitted."""
    actor.require(Permission.AUDIT)
    query = select(AuditEntry, User.name).join(User, col(User.id) == AuditEntry.user_id, isouter=True)
    query = query.where(*_common(actor, asked, AuditEntry))
    if asked.kind:
        query = query.where(or_(*(_is_of(kind) for kind in (asked.kind, *ALSO.get(asked.kind, ())))))
    found = session.exec(query.order_by(col(AuditEntry.id).desc()).limit(PAGE + 1)).all()
    return _page([(entry, name or entry.actor) for entry, name in found])


def logins(session: Session, actor: Actor, asked: Asked) -> Page:
    """Who signed in or tried to, with accounts nobody has. Raises NotPermitted."""
    actor.require(Permission.AUDIT)
    query = select(LoginEvent, User.name).join(User, col(User.id) == LoginEvent.user_id, isouter=True)
    query = query.where(*_common(actor, asked, LoginEvent))
    if asked.kind in set(LoginOutcome):
        query = query.where(LoginEvent.outcome == asked.kind)
    found = session.exec(query.order_by(col(LoginEvent.id).desc()).limit(PAGE + 1)).all()
    return _page([(entry, name or "") for entry, name in found])


def people(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """The accounts whose entries the actor may read, by name. Raises NotPermitted."""
    actor.require(Permission.AUDIT)
    query = select(User.id, User.name).order_by(col(User.name), col(User.id))
    if actor.branch_ids is not None:
        query = query.where(col(User.branch_id).in_(actor.branch_ids))
    return [(user_id or 0, name) for user_id, name in session.exec(query).all()]


def _common(actor: Actor, asked: Asked, model: type[AuditEntry] | type[LoginEvent]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if actor.branch_ids is not None:
        of_branch = col(User.branch_id).in_(actor.branch_ids)
        # What nobody of the house did may be of any branch.
        conditions.append(or_(col(model.user_id).is_(None), of_branch) if actor.is_head_office else of_branch)
    if asked.person:
        conditions.append(col(model.user_id) == asked.person)
    if asked.days:
        conditions.append(col(model.at) > now() - timedelta(days=asked.days))
    if asked.before:
        conditions.append(col(model.id) < asked.before)
    return conditions


def _is_of(kind: str) -> ColumnElement[bool]:
    return or_(col(AuditEntry.action) == kind, col(AuditEntry.action).startswith(f"{kind}.", autoescape=True))


def _page(found: list[tuple[Any, str]]) -> Page:
    entries = found[:PAGE]
    return Page(entries, entries[-1][0].id or 0 if len(found) > PAGE else 0)
