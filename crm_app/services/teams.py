"""Teams: users of a branch who may see each other's contacts, where their role says so."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select, update

from crm_app.locales import text
from crm_app.models import Permission, Role, Sight, Team, User
from crm_app.services import audit, sessions
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid, NotFound

NONE = text("There is no such team.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A team and how many accounts are in it."""

    team: Team
    people: int


def get(session: Session, actor: Actor, team_id: int) -> Team:
    """A team of the actor's branches. Raises NotPermitted, NotFound."""
    actor.require(Permission.USERS)
    found = session.get(Team, team_id)
    if found is None or not _is_seen(actor, found):
        raise NotFound(NONE)
    return found


def listing(session: Session, actor: Actor) -> list[Entry]:
    """The teams of the actor's branches, by name. Raises NotPermitted."""
    actor.require(Permission.USERS)
    people = dict(session.exec(select(User.team_id, func.count()).group_by(col(User.team_id))).all())
    teams = session.exec(select(Team).order_by(func.lower(Team.name), col(Team.id))).all()
    return [Entry(team, people.get(team.id, 0)) for team in teams if _is_seen(actor, team)]


def add(session: Session, actor: Actor, name: str) -> Team:
    """A new team of the actor's branch. Raises NotPermitted, Invalid("name"), Conflict where the name is taken."""
    actor.require(Permission.USERS)
    made = Team(branch_id=actor.branch_id, name=_free_name(session, name, actor.branch_id))
    session.add(made)
    session.flush()
    audit.record(session, actor, "team.added", team=made.id or 0)
    return made


def rename(session: Session, actor: Actor, team_id: int, name: str) -> Team:
    """Raises NotPermitted, NotFound, Invalid("name"), Conflict where the name is taken."""
    found = get(session, actor, team_id)
    found.name = _free_name(session, name, found.branch_id, but=team_id)
    session.add(found)
    audit.record(session, actor, "team.renamed", team=team_id)
    return found


def remove(session: Session, actor: Actor, team_id: int) -> int:
    """Its people are in no team then; those who saw what their team sees are signed out. Returns how many were in it.

    Raises NotPermitted, NotFound.
    """
    found = get(session, actor, team_id)
    members = session.exec(select(User, Role).join(Role, col(Role.id) == User.role_id).where(User.team_id == team_id))
    people = members.all()
    for user, role in people:
        if role.sight == Sight.TEAM:
            sessions.end_all(session, user.id or 0)
    session.execute(update(User).where(col(User.team_id) == team_id).values(team_id=None))
    session.delete(found)
    session.flush()
    audit.record(session, actor, "team.removed", team=team_id, people=len(people))
    return len(people)


def _free_name(session: Session, name: str, branch_id: int, *, but: int = 0) -> str:
    called = " ".join(name.split())
    if not called or len(called) > 60 or not called.isprintable():
        raise Invalid(text("Please type a name of at most {maximum} characters.", maximum=60), "name")
    others = session.exec(select(Team.name).where(Team.branch_id == branch_id, col(Team.id) != but)).all()
    if called.casefold() in {other.casefold() for other in others}:
        raise Conflict(text("There is a team “{name}” already.", name=called))
    return called


def _is_seen(actor: Actor, team: Team) -> bool:
    return actor.branch_ids is None or team.branch_id in actor.branch_ids
