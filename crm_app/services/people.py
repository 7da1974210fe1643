"""The list of accounts: who works here, as what, and when they were here last."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from crm_app.models import Branch, LoginEvent, LoginOutcome, Role, Team, User
from crm_app.services import roles, users
from crm_app.services.actor import Actor

_SIGNED_IN = (LoginOutcome.OK.value, LoginOutcome.LINK.value)


@dataclass(frozen=True, slots=True)
class Person:
    """An account with what it belongs to; `branch` is empty where there is only one."""

    user: User
    role: Role
    team: str
    branch: str
    last_at: datetime | None
    is_below: bool  # the actor may change it


def listing(session: Session, actor: Actor) -> list[Person]:
    """Every account the actor sees, the active ones first, by name. Raises NotPermitted."""
    found = users.list_all(session, actor)
    below = {entry.role.id for entry in roles.listing(session, actor) if entry.is_below}
    teams = dict(session.exec(select(Team.id, Team.name)).all())
    branches = dict(session.exec(select(Branch.id, Branch.name)).all())
    last = dict(
        session.exec(
            select(LoginEvent.user_id, func.max(LoginEvent.at))
            .where(col(LoginEvent.outcome).in_(_SIGNED_IN))
            .group_by(col(LoginEvent.user_id))
        ).all()
    )
    people = [
        Person(
            user,
            role,
            teams.get(user.team_id, "") if user.team_id else "",
            branches.get(user.branch_id, "") if len(branches) > 1 else "",
            last.get(user.id),
            role.id in below,
        )
        for user, role in found
    ]
    return sorted(people, key=lambda one: not one.user.active)
