"""Roles and ranks: who may give which role to whom, what a role may do and sees, and that somebody can administer.

The built-in roles are fixed. Nobody gives a permission they do not have, a rank at or above their own, or more to see
than they see themselves.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from crm_app.locales import Text, render, text
from crm_app.models import Permission, Role, Sight, User
from crm_app.models.permission import BUILT_IN_ROLES
from crm_app.services import audit, database, sessions
from crm_app.services.actor import SYSTEM, Actor
from crm_app.services.errors import Conflict, Invalid, NotPermitted

ADMIN = "admin"
TOP_RANK = BUILT_IN_ROLES[ADMIN][0]
NAMES: dict[str, Text] = {
    "admin": text("Administrator"),
    "manager": text("Manager"),
    "staff": text("Staff"),
    "viewer": text("Viewer"),
}
_WIDTH = {Sight.OWN: 0, Sight.TEAM: 1, Sight.ALL: 2}
_FIXED = text("The built-in roles stay as they are. Add a role of your own as a copy of one.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A role, how many accounts have it, and whether the actor may change or give it."""

    role: Role
    people: int
    is_below: bool

    @property
    def is_built_in(self) -> bool:
        return self.role.key in BUILT_IN_ROLES


def name_of(role: Role, language: str) -> str:
    """What the role is called in that language; own ones have the name they were given."""
    return role.name or render(NAMES.get(role.key, Text(role.key)), language)


def hold(session: Session) -> None:
    """Until the transaction ends nobody else changes a role, or who has which."""
    database.one_at_a_time(session, "roles")


def by_key(session: Session, key: str) -> Role:
    """The role, which nobody removes meanwhile. Raises Invalid(field="role") naming those there are."""
    hold(session)
    found = session.exec(select(Role).where(Role.key == key)).first()
    if found is None:
        known = ", ".join(session.exec(select(Role.key).order_by(col(Role.rank).desc())).all())
        raise Invalid(text("There is no role “{role}”. There are: {known}.", role=key, known=known), "role")
    return found


def listing(session: Session, actor: Actor) -> list[Entry]:
    """Every role, the highest first. Raises NotPermitted."""
    actor.require(Permission.USERS)
    people = dict(session.exec(select(User.role_id, func.count()).group_by(col(User.role_id))).all())
    found = session.exec(select(Role).order_by(col(Role.rank).desc(), col(Role.id))).all()
    return [Entry(role, people.get(role.id or 0, 0), _is_below(session, actor, role)) for role in found]


def add(session: Session, actor: Actor, name: str, *, copy_of: str) -> Role:
    """A new role that may do and sees what another does, ranked right above it, or right below the highest.

    Raises NotPermitted, Invalid, Conflict.
    """
    actor.require(Permission.USERS)
    model = by_key(session, copy_of)
    own = _own_role(session, actor)
    above = model if model.rank < _rank(own) else _highest_below(session, _rank(own))
    given = [key for key in model.permissions if actor is SYSTEM or key in actor.permissions]
    sight = own.sight if own is not None and is_narrower(own.sight, model.sight) else model.sight
    made = Role(key=f"own-{secrets.token_hex(6)}", name=_free_name(session, name), sight=sight, permissions=given)
    session.add(made)
    _rank_above(session, made, above)
    require_above(session, actor, made)
    audit.record(session, actor, "role.added", role=made.key, copy_of=copy_of)
    return made


def change(
    session: Session,
    actor: Actor,
    key: str,
    *,
    name: str,
    permissions: Collection[Permission],
    sight: Sight,
    above: str,
) -> Role:
    """What an own role is called, may do and sees, and above which other it ranks. Who loses something is signed out.

    Raises NotPermitted, Invalid, Conflict.
    """
    role = _changeable(session, actor, key)
    before, wanted = set(role.permissions), {permission.value for permission in permissions}
    if not {Permission(one) for one in wanted - before} <= actor.permissions:
        raise NotPermitted(text("You can only give permissions you have yourself."))
    own = _own_role(session, actor)
    if own is not None and is_narrower(own.sight, sight) and is_narrower(role.sight, sight):
        raise NotPermitted(text("You can only give as much to see as you see yourself."))
    role.name = _free_name(session, name, but=key)
    loses = not before <= wanted or is_narrower(sight, role.sight)
    role.permissions, role.sight = sorted(wanted), sight.value
    session.add(role)
    _rank_above(session, role, by_key(session, above))
    require_above(session, actor, role)
    ended = _sign_out(session, role) if loses else 0
    audit.record(session, actor, "role.changed", role=key, permissions=len(wanted), sight=sight.value, sessions=ended)
    return role


def remove(session: Session, actor: Actor, key: str) -> None:
    """An own role goes, if nobody has it. Raises NotPermitted, Invalid, Conflict."""
    role = _changeable(session, actor, key)
    people = session.exec(select(func.count()).where(User.role_id == role.id)).one()
    if people:
        raise Conflict(text("Somebody has this role still. Give them another one first."))
    session.delete(role)
    session.flush()
    audit.record(session, actor, "role.removed", role=key)


def grantable(session: Session, actor: Actor) -> list[Role]:
    """The roles the actor may give, the highest first. Raises NotPermitted."""
    return [entry.role for entry in listing(session, actor) if entry.is_below]


def require_above(session: Session, actor: Actor, role: Role) -> None:
    """The role must lie below the actor's own, read from the database, and give nothing the actor does not have;
    administrators and the system may do all.
    """
    if not _is_below(session, actor, role):
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


def is_narrower(sight: str, than: str) -> bool:
    """Whether one sees less than the other."""
    return _WIDTH[Sight(sight)] < _WIDTH[Sight(than)]


def _is_below(session: Session, actor: Actor, role: Role) -> bool:
    if actor is SYSTEM:
        return True
    own = _own_role(session, actor)
    if own is None or own.rank >= TOP_RANK:
        return own is not None
    is_no_wider = set(role.permissions) <= set(own.permissions) and not is_narrower(own.sight, role.sight)
    return role.rank < own.rank and is_no_wider


def _own_role(session: Session, actor: Actor) -> Role | None:
    """The actor's role as the database says; None for the system, and for an account that may nothing any more."""
    query = select(Role).join(User, col(User.role_id) == Role.id)
    return session.exec(query.where(User.id == actor.user_id, col(User.active).is_(True))).first()


def _rank(role: Role | None) -> int:
    return role.rank if role is not None else 0


def _changeable(session: Session, actor: Actor, key: str) -> Role:
    actor.require(Permission.USERS)
    role = by_key(session, key)
    if key in BUILT_IN_ROLES:
        raise Conflict(_FIXED)
    require_above(session, actor, role)
    if not actor.is_head_office:
        held = select(User.id).where(User.role_id == role.id, col(User.branch_id).not_in(actor.branch_ids or ()))
        if session.exec(held.limit(1)).first() is not None:
            raise Conflict(text("Somebody of another branch has this role. The head office changes it."))
    return role


def _highest_below(session: Session, rank: int) -> Role:
    found = session.exec(select(Role).where(Role.rank < (rank or TOP_RANK)).order_by(col(Role.rank).desc())).first()
    if found is None:
        raise NotPermitted(text("You can only give and change roles below your own."))
    return found


def _rank_above(session: Session, role: Role, other: Role) -> None:
    """Puts the role right above the other one. The own roles between two built-in ones share the room there is."""
    if other.rank >= TOP_RANK or other.key == role.key:
        raise Invalid(text("Choose a role below the administrators."), "above")
    floor = max(rank for rank, _ in BUILT_IN_ROLES.values() if rank <= other.rank)
    ceiling = min(rank for rank, _ in BUILT_IN_ROLES.values() if rank > floor)
    between = session.exec(
        select(Role).where(Role.rank > floor, Role.rank < ceiling, Role.key != role.key).order_by(col(Role.rank))
    ).all()
    place = next((n + 1 for n, one in enumerate(between) if one.key == other.key), 0)
    order = [*between[:place], role, *between[place:]]
    if len(order) >= ceiling - floor:
        raise Conflict(text("There are too many roles between these two. Place it elsewhere."))
    for n, one in enumerate(order, 1):
        one.rank = floor + n * (ceiling - floor) // (len(order) + 1)
        session.add(one)
    session.flush()


def _free_name(session: Session, name: str, *, but: str = "") -> str:
    called = " ".join(name.split())
    if not called or len(called) > 60 or not called.isprintable():
        raise Invalid(text("Please type a name of at most {maximum} characters.", maximum=60), "name")
    taken = {one.casefold() for one in session.exec(select(Role.name).where(Role.key != but)).all() if one}
    if called.casefold() in taken | {word.msgid.casefold() for word in NAMES.values()}:
        raise Conflict(text("There is a role “{name}” already.", name=called))
    return called


def _sign_out(session: Session, role: Role) -> int:
    ids = session.exec(select(User.id).where(User.role_id == role.id)).all()
    return sum(sessions.end_all(session, user_id or 0) for user_id in ids)
