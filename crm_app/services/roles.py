"""Ranks: who may give which role to whom, and that somebody can always administer."""

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import Role, User
from crm_app.models.permission import BUILT_IN_ROLES
from crm_app.services import database
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.errors import Conflict, Invalid, NotPermitted

ADMIN = "admin"
TOP_RANK = BUILT_IN_ROLES[ADMIN][0]


def by_key(session: Session, key: str) -> Role:
    """The role. Raises Invalid(field="role") naming those there are."""
    found = session.exec(select(Role).where(Role.key == key)).first()
    if found is None:
        known = ", ".join(session.exec(select(Role.key).order_by(col(Role.rank).desc())).all())
        raise Invalid(text("There is no role “{role}”. There are: {known}.", role=key, known=known), "role")
    return found


def require_above(session: Session, actor: Actor, role: Role) -> None:
    """The role must lie below the actor's own, read from the database; administrators and the system may do all."""
    if actor is SYSTEM:
        return
    user = session.get(User, actor.user_id) if actor.user_id else None
    rank = session.get_one(Role, user.role_id).rank if user is not None and user.active else 0
    if rank < TOP_RANK and role.rank >= rank:
        raise NotPermitted(text("You can only give and change roles below your own."))


def require_another_admin(session: Session, user: User, *, branch_id: int | None = None) -> None:
    """Somebody else must be able to administer, in that branch if one is given.

    Two removals at once run one after the other, so not both pass.
    """
    database.one_at_a_time(session, "administrators")
    query = select(User).join(Role, col(Role.id) == User.role_id)
    query = query.where(Role.key == ADMIN, col(User.active).is_(True))
    if branch_id is not None:
        query = query.where(User.branch_id == branch_id)
    admins = session.exec(query.order_by(col(User.id))).all()
    if [admin.id for admin in admins] == [user.id]:
        raise Conflict(text("This is the last active administrator. Make somebody else an administrator first."))
