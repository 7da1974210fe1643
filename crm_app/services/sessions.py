"""Signed-in browsers. The cookie holds 256 random bits; the database holds their SHA-256 only."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import Session, col, delete, select, update

from crm_app import settings
from crm_app.locales import text
from crm_app.models import MAIN_BRANCH, Branch, Permission, Role, Sight, User, UserSession
from crm_app.models.base import now
from crm_app.services import database
from crm_app.services.actor import Actor

TOUCH_EVERY = timedelta(minutes=1)
SIGNED_OUT = text("You are signed out. Please sign in again.")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who stands behind a cookie, as the database says at this moment."""

    user: User
    role: Role
    actor: Actor
    session_id: int
    seen_at: datetime

    def is_touch_due(self, at: datetime | None = None) -> bool:
        """Whether `touch` should run: the last one is more than a minute ago."""
        return (at or now()) - self.seen_at > TOUCH_EVERY


def hash_of(token: str) -> str:
    """What the database knows of a token."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def start(session: Session, user: User, *, ip: str = "", user_agent: str = "", at: datetime | None = None) -> str:
    """Starts a session for the user and returns the cookie's value, which is stored nowhere."""
    at = at or now()
    token = secrets.token_urlsafe(32)
    assert user.id is not None
    session.execute(delete(UserSession).where(col(UserSession.expires_at) < at))
    session.add(
        UserSession(
            token_hash=hash_of(token),
            user_id=user.id,
            created_at=at,
            seen_at=at,
            expires_at=at + timedelta(days=settings.get().session_days),
            ip=ip[:60],
            user_agent=user_agent[:300],
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, *, at: datetime | None = None) -> SignedIn | None:
    """Who the cookie belongs to; None when it is unknown, expired, idle too long or the user is disabled."""
    at = at or now()
    row = session.exec(_living(at).where(UserSession.token_hash == hash_of(token))).first()
    return _signed_in(session, *row) if row else None


def living(session: Session, session_ids: Collection[int], *, at: datetime | None = None) -> dict[int, SignedIn]:
    """Those of the sessions that still stand, by id."""
    rows = session.exec(_living(at or now()).where(col(UserSession.id).in_(session_ids))).all()
    return {signed_in.session_id: signed_in for signed_in in (_signed_in(session, *row) for row in rows)}


def of_user(session: Session, user_id: int, *, at: datetime | None = None) -> list[UserSession]:
    """The user's sessions that still stand, the last used first."""
    rows = session.exec(_living(at or now()).where(UserSession.user_id == user_id)).all()
    return sorted((row[0] for row in rows), key=lambda one: one.seen_at, reverse=True)


def touch(session: Session, session_id: int, *, at: datetime | None = None) -> None:
    """Notes that the session is in use. The caller opens a small transaction of its own for it."""
    session.execute(update(UserSession).where(col(UserSession.id) == session_id).values(seen_at=at or now()))


def end(session: Session, token: str) -> int | None:
    """Ends one session. Returns its id, None when there was none."""
    found = session.exec(select(UserSession).where(UserSession.token_hash == hash_of(token))).first()
    if found is None:
        return None
    session.delete(found)
    session.flush()
    return found.id


def end_all(session: Session, user_id: int, *, but: int | None = None) -> int:
    """Ends every session of the user, except the one with the id `but`. Returns how many."""
    ended = session.execute(
        delete(UserSession).where(col(UserSession.user_id) == user_id, col(UserSession.id) != (but or 0))
    )
    return int(ended.rowcount)  # type: ignore[attr-defined]


def actor_of(session: Session, user: User, role: Role) -> Actor:
    """The actor a user is: permissions from the role's data; names this program does not know grant nothing.

    The head office sees every branch, a branch itself alone.
    """
    return Actor(
        user_id=user.id,
        name=user.name,
        permissions=frozenset(p for p in Permission if p.value in role.permissions),
        branch_ids=_branches(session, user),
        branch_id=user.branch_id or MAIN_BRANCH,
        owner_ids=_owners(session, user, role),
        language=user.language,
        timezone=user.timezone,
    )


def owners_seen(session: Session, user_id: int | None) -> frozenset[int] | None:
    """The owners whose contacts a user sees; None = whoever the owner is, as for the system and a user who is gone."""
    query = select(User, Role).where(User.id == user_id, User.role_id == Role.id)
    found = session.exec(query).first()
    return _owners(session, *found) if found is not None else None


def look_up(token: str) -> SignedIn | None:
    """`find` in a reading session of its own, for the gate and the guard, which call it in a thread."""
    if not token:
        return None
    with database.reading() as session:
        return find(session, token)


def _living(at: datetime):  # type: ignore[no-untyped-def]  # three-table select: its type says nothing more
    idle_since = at - timedelta(hours=settings.get().session_idle_hours)
    return (
        select(UserSession, User, Role)
        .join(User, col(User.id) == UserSession.user_id)
        .join(Role, col(Role.id) == User.role_id)
        .where(UserSession.expires_at > at, UserSession.seen_at > idle_since, col(User.active).is_(True))
    )


def _signed_in(session: Session, found: UserSession, user: User, role: Role) -> SignedIn:
    assert found.id is not None
    actor = actor_of(session, user, role)
    return SignedIn(user=user, role=role, actor=actor, session_id=found.id, seen_at=found.seen_at)


def _branches(session: Session, user: User) -> frozenset[int]:
    if user.branch_id != MAIN_BRANCH:
        return frozenset({user.branch_id})
    return frozenset(id_ or 0 for id_ in session.exec(select(Branch.id)))


def _owners(session: Session, user: User, role: Role) -> frozenset[int] | None:
    """Whose contacts the user sees; None = whoever the owner is. What a colleague who left had stays the team's."""
    if role.sight == Sight.ALL:
        return None
    found = {user.id or 0}
    if role.sight == Sight.TEAM and user.team_id is not None:
        found.update(id_ or 0 for id_ in session.exec(select(User.id).where(User.team_id == user.team_id)))
    return frozenset(found)
