"""Accounts: adding, disabling, roles and passwords. Every change writes an audit entry in the same transaction.

Nobody grants or touches a rank at or above their own, except administrators; the last active administrator stays.
A change that lowers rights or may follow a theft ends the user's sessions.
"""

from sqlmodel import Session, col, select

from crm_app.locales import LANGUAGES, text
from crm_app.models import MAIN_BRANCH, Permission, Role, Sight, Team, User
from crm_app.services import audit, branches, installation, links, passwords, roles, sessions, teams
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid, NotFound
from crm_app.services.logins import clean


def get(session: Session, actor: Actor, user_id: int) -> User:
    """The account. Raises NotPermitted, NotFound."""
    actor.require(Permission.USERS)
    found = session.get(User, user_id)
    if found is None or not _sees(actor, found):
        raise NotFound(text("There is no such account."))
    return found


def by_email(session: Session, actor: Actor, email: str) -> User:
    """The account with that address, in whatever case. Raises NotPermitted, NotFound."""
    actor.require(Permission.USERS)
    found = session.exec(select(User).where(User.email == clean(email))).first()
    if found is None or not _sees(actor, found):
        raise NotFound(text("There is no account with the address {email}.", email=clean(email)))
    return found


def list_all(session: Session, actor: Actor) -> list[tuple[User, Role]]:
    """Every account of the actor's branches with its role, by name. Raises NotPermitted."""
    actor.require(Permission.USERS)
    statement = select(User, Role).join(Role, col(Role.id) == User.role_id).order_by(col(User.name), col(User.id))
    return [(user, role) for user, role in session.exec(statement).all() if _sees(actor, user)]


def add(
    session: Session,
    actor: Actor,
    *,
    email: str,
    name: str,
    role: str,
    language: str = "",
    timezone: str = "",
    ip: str = "",
) -> User:
    """A new account without a password: its owner chooses one behind a one-time link.

    Language and time zone are the installation's unless given.
    Raises NotPermitted, Invalid (field), Conflict when the address has an account.
    """
    actor.require(Permission.USERS)
    address, called = check_email(email), check_name(name)
    found = roles.by_key(session, role)
    roles.require_above(session, actor, found)
    if session.exec(select(User.id).where(User.email == address)).first() is not None:
        raise Conflict(text("There is an account with the address {email} already.", email=address))
    here = installation.current(session)
    user = User(
        email=address,
        name=called,
        role_id=_id(found),
        branch_id=actor.branch_id,
        language=check_language(language or here.language),
        timezone=timezone or here.timezone,
    )
    session.add(user)
    session.flush()
    audit.record(session, actor, "user.added", ip=ip, user=_id(user), role=found.key)
    return user


def rename(session: Session, actor: Actor, user_id: int, name: str) -> User:
    """Gives the account another name. Raises NotPermitted, Invalid("name")."""
    user, called = own_or_touchable(session, actor, user_id), check_name(name)
    if user.name != called:
        user.name = called
        session.add(user)
        audit.record(session, actor, "user.renamed", user=user_id)
    return user


def disable(session: Session, actor: Actor, user_id: int, *, ip: str = "") -> User:
    """Nobody signs in with this account any more; its sessions and links end. Idempotent.

    Raises NotPermitted, Conflict.
    """
    user = touchable(session, actor, user_id)
    if not user.active:
        return user
    _keep_an_admin(session, user)
    user.active = False
    session.add(user)
    ended = sessions.end_all(session, _id(user))
    links.end_all(session, _id(user))
    audit.record(session, actor, "user.disabled", ip=ip, user=_id(user), sessions=ended)
    return user


def enable(session: Session, actor: Actor, user_id: int, *, ip: str = "") -> User:
    """The account may be used again. Idempotent. Raises NotPermitted."""
    user = touchable(session, actor, user_id)
    if user.active:
        return user
    user.active = True
    session.add(user)
    audit.record(session, actor, "user.enabled", ip=ip, user=_id(user))
    return user


def change_role(session: Session, actor: Actor, user_id: int, *, to: str, ip: str = "") -> User:
    """Gives the account another role; lower rights end its sessions. Idempotent. Raises NotPermitted, Conflict."""
    user = touchable(session, actor, user_id)
    new = roles.by_key(session, to)
    roles.require_above(session, actor, new)
    old = session.get_one(Role, user.role_id)
    if old.id == new.id:
        return user
    if old.key == roles.ADMIN:
        _keep_an_admin(session, user)
    user.role_id = _id(new)
    session.add(user)
    is_lower = not set(old.permissions) <= set(new.permissions) or roles.is_narrower(new.sight, old.sight)
    ended = sessions.end_all(session, _id(user)) if is_lower else 0
    audit.record(session, actor, "user.role", ip=ip, user=_id(user), old=old.key, new=new.key, sessions=ended)
    return user


def move(session: Session, actor: Actor, user_id: int, branch_id: int, *, ip: str = "") -> User:
    """Gives the account to another branch; a team of the old one is left, its sessions end. Idempotent.

    Raises NotPermitted; NotFound for a branch the actor does not see; Conflict for the last administrator of the head
    office.
    """
    user = touchable(session, actor, user_id)
    branches.chosen(session, actor, branch_id)
    if user.branch_id == branch_id:
        return user
    if user.branch_id == MAIN_BRANCH:
        roles.require_another_admin(session, user, branch_id=MAIN_BRANCH)
    old, user.branch_id = user.branch_id, branch_id
    team = session.get(Team, user.team_id) if user.team_id is not None else None
    if team is not None and team.branch_id != branch_id:
        user.team_id = None
    session.add(user)
    session.flush()
    ended = sessions.end_all(session, _id(user))
    audit.record(session, actor, "user.branch", ip=ip, user=_id(user), old=old, new=branch_id, sessions=ended)
    return user


def set_team(session: Session, actor: Actor, user_id: int, team_id: int | None) -> User:
    """Puts the account into a team of its branch, or into none; whose role sees a team only is signed out.

    Idempotent. Raises NotPermitted, NotFound.
    """
    user = touchable(session, actor, user_id)
    if user.team_id == team_id:
        return user
    if team_id is not None and teams.get(session, actor, team_id).branch_id != user.branch_id:
        raise NotFound(teams.NONE)
    user.team_id = team_id
    session.add(user)
    sees_team = session.get_one(Role, user.role_id).sight == Sight.TEAM
    ended = sessions.end_all(session, user_id) if sees_team else 0
    audit.record(session, actor, "user.team", user=user_id, team=team_id or 0, sessions=ended)
    return user


def set_password(
    session: Session, actor: Actor, user_id: int, password: str, *, keep_session: int | None = None, ip: str = ""
) -> User:
    """A new password for oneself or for an account below; all sessions but `keep_session` end.

    Takes tens of milliseconds of work. Raises Invalid, NotPermitted.
    """
    user = own_or_touchable(session, actor, user_id)
    passwords.check(password, email=user.email, name=user.name)
    user.password_hash = passwords.hash_of(password)
    session.add(user)
    ended = sessions.end_all(session, _id(user), but=keep_session)
    links.end_all(session, _id(user))
    audit.record(session, actor, "user.password", ip=ip, user=_id(user), sessions=ended)
    return user


def change_own_password(
    session: Session, actor: Actor, *, current: str, new: str, keep_session: int | None = None, ip: str = ""
) -> User:
    """A new password for oneself, who must know the present one. Raises Invalid(field), NotPermitted."""
    user = session.get(User, actor.user_id) if actor.user_id else None
    if user is None or not passwords.verify(user.password_hash, current):
        raise Invalid(text("This is not your present password."), "current")
    return set_password(session, actor, _id(user), new, keep_session=keep_session, ip=ip)


def set_language(session: Session, actor: Actor, user_id: int, language: str) -> User:
    """The language the user reads, chosen by oneself or by who administers the account. Raises Invalid."""
    user = own_or_touchable(session, actor, user_id)
    user.language = check_language(language)
    session.add(user)
    audit.record(session, actor, "user.language", user=_id(user), language=language)
    return user


def set_mail_notices(session: Session, actor: Actor, user_id: int, wanted: bool) -> User:
    """Whether notices come by mail too, chosen by oneself or by who administers the account."""
    user = own_or_touchable(session, actor, user_id)
    user.mail_notices = wanted
    session.add(user)
    audit.record(session, actor, "user.mail_notices", user=_id(user), wanted=int(wanted))
    return user


def check_email(email: str) -> str:
    """The address as accounts store it. Raises Invalid(field="email")."""
    address = clean(email)
    name, _, domain = address.partition("@")
    is_plain = address.isprintable() and not any(c.isspace() or c in "<>,;\"'()" for c in address)
    if not (name and domain and "@" not in domain and is_plain and 3 <= len(address) <= 254):
        raise Invalid(text("Please type a full e-mail address, such as name@example.org."), "email")
    return address


def check_name(name: str) -> str:
    """The name without spare blanks. Raises Invalid(field="name")."""
    called = " ".join(name.split())
    if not called or len(called) > 120 or not called.isprintable():
        raise Invalid(text("Please type a name of at most {maximum} characters.", maximum=120), "name")
    return called


def check_language(language: str) -> str:
    """Raises Invalid(field="language") for a language this CRM does not speak."""
    if language not in LANGUAGES:
        raise Invalid(text("This CRM speaks: {known}.", known=", ".join(LANGUAGES)), "language")
    return language


def _keep_an_admin(session: Session, user: User) -> None:
    """Raises Conflict for the last administrator, and for the last one of the head office."""
    roles.require_another_admin(session, user)
    if user.branch_id == MAIN_BRANCH:
        roles.require_another_admin(session, user, branch_id=MAIN_BRANCH)


def touchable(session: Session, actor: Actor, user_id: int) -> User:
    """The account, whose role lies below the actor's own; nobody changes its role or that role meanwhile.

    Raises NotPermitted, NotFound.
    """
    roles.hold(session)
    user = get(session, actor, user_id)
    roles.require_above(session, actor, session.get_one(Role, user.role_id))
    return user


def own_or_touchable(session: Session, actor: Actor, user_id: int) -> User:
    """The same; one's own account is always there."""
    if actor.user_id == user_id and (own := session.get(User, user_id)) is not None:
        return own
    return touchable(session, actor, user_id)


def _sees(actor: Actor, user: User) -> bool:
    return actor.branch_ids is None or user.branch_id in actor.branch_ids or actor.user_id == user.id


def _id(row: User | Role) -> int:
    assert row.id is not None
    return row.id
