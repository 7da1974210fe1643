"""Integrations: each has a token of its own with scopes, made by somebody who may change settings, shown once.

A token is 256 random bits, stored as SHA-256. The secret that signs its hooks is made of its key and the key outside
the database, so it is stored nowhere.
"""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import Session, col, select, update

from crm_app.locales import Text, text
from crm_app.models import ApiScope, ApiToken, Permission, User
from crm_app.models.base import now
from crm_app.services import audit, secret_key
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid, NotFound
from crm_app.services.sessions import hash_of

PREFIX = "crm_"  # so that a scanner of secrets knows one when it sees it
NAME_LENGTH = 100
TOUCH_EVERY = timedelta(minutes=1)
SCOPES: dict[ApiScope, Text] = {
    ApiScope.CONTACTS_READ: text("Read contacts, their orders and visits"),
    ApiScope.CONTACTS_WRITE: text("Create and change contacts"),
    ApiScope.INTERACTIONS_WRITE: text("Record orders, visits and calls"),
    ApiScope.TAGS_READ: text("Read tags"),
    ApiScope.TAGS_WRITE: text("Give and take tags"),
    ApiScope.CONSENT_WRITE: text("Record withdrawals, and consents with proof"),
}
_PERMISSIONS: dict[ApiScope, frozenset[Permission]] = {
    ApiScope.CONTACTS_READ: frozenset({Permission.CONTACTS_READ}),
    ApiScope.CONTACTS_WRITE: frozenset({Permission.CONTACTS_READ, Permission.CONTACTS_EDIT}),
    ApiScope.INTERACTIONS_WRITE: frozenset({Permission.CONTACTS_READ, Permission.CONTACTS_EDIT}),
    ApiScope.TAGS_READ: frozenset({Permission.CONTACTS_READ}),
    ApiScope.TAGS_WRITE: frozenset({Permission.CONTACTS_READ, Permission.CONTACTS_EDIT}),
    ApiScope.CONSENT_WRITE: frozenset({Permission.CONTACTS_READ, Permission.CONTACTS_EDIT}),
}


@dataclass(frozen=True, slots=True)
class Made:
    """A new integration with its secrets, which are known at this moment only."""

    token: ApiToken
    secret: str
    signing_secret: str


def make(session: Session, actor: Actor, name: str, scopes: Iterable[str]) -> Made:
    """Raises NotPermitted; Invalid ("name", "scopes"); Conflict without the right secret key."""
    actor.require(Permission.SETTINGS)
    clean = " ".join(name.split())
    if not clean or len(clean) > NAME_LENGTH:
        raise Invalid(text("Give a name of at most {most} characters.", most=NAME_LENGTH), "name")
    asked = set(scopes)
    wanted = [scope.value for scope in ApiScope if scope in asked]
    if not wanted or len(wanted) < len(asked):
        raise Invalid(text("Choose at least one thing it may do."), "scopes")
    secret = PREFIX + secrets.token_urlsafe(32)
    made = ApiToken(
        key=secrets.token_hex(12),
        name=clean,
        token_hash=hash_of(secret),
        scopes=wanted,
        branch_id=actor.branch_id,
        created_by_id=actor.user_id,
    )
    session.add(made)
    session.flush()
    audit.record(session, actor, "api_token.made", token=made.id or 0, scopes=",".join(wanted))
    return Made(made, secret, signing_secret(session, made.key))


def listing(session: Session, actor: Actor) -> list[tuple[ApiToken, str]]:
    """Those of the actor's branches that work, the newest first, with who made them. Raises NotPermitted."""
    actor.require(Permission.SETTINGS)
    query = (
        select(ApiToken, User.name)
        .join(User, col(ApiToken.created_by_id) == col(User.id), isouter=True)
        .where(col(ApiToken.revoked_at).is_(None))
        .order_by(col(ApiToken.id).desc())
    )
    if actor.branch_ids is not None:
        query = query.where(col(ApiToken.branch_id).in_(actor.branch_ids))
    return [(token, name or "") for token, name in session.exec(query)]


def revoke(session: Session, actor: Actor, token_id: int) -> ApiToken:
    """It does not work from the next request on; there is no way back. Raises NotPermitted, NotFound."""
    actor.require(Permission.SETTINGS)
    found = session.get(ApiToken, token_id)
    if found is None or (actor.branch_ids is not None and found.branch_id not in actor.branch_ids):
        raise NotFound(text("There is no such integration."))
    if found.revoked_at is None:
        found.revoked_at = now()
        session.add(found)
        session.flush()
        audit.record(session, actor, "api_token.revoked", token=token_id)
    return found


def find(session: Session, secret: str) -> ApiToken | None:
    """The integration of a token; None for an unknown or revoked one."""
    return _working(session, ApiToken.token_hash == hash_of(secret)) if secret.startswith(PREFIX) else None


def by_key(session: Session, key: str) -> ApiToken | None:
    """The integration a hook's address names; None for an unknown or revoked one."""
    return _working(session, ApiToken.key == key)


def touch(session: Session, token_id: int, at: datetime | None = None) -> None:
    """Notes that it is in use. The caller opens a small transaction of its own for it."""
    session.execute(update(ApiToken).where(col(ApiToken.id) == token_id).values(last_used_at=at or now()))


def is_touch_due(token: ApiToken) -> bool:
    return token.last_used_at is None or now() - token.last_used_at > TOUCH_EVERY


def actor_of(token: ApiToken, scope: ApiScope) -> Actor:
    """Who acts where a request asks for this scope: with what it allows, in the branch of who made the token."""
    return Actor(
        user_id=None,
        name=f"API: {token.name}",
        permissions=_PERMISSIONS[scope],
        branch_ids=frozenset({token.branch_id}),
        branch_id=token.branch_id,
        via=token.name,
    )


def signing_secret(session: Session, key: str) -> str:
    """What signs the hooks of this key. Raises Conflict without the right secret key."""
    return hmac.digest(secret_key.ensured(session), f"hook\0{key}".encode(), sha256).hex()


def _working(session: Session, condition: bool) -> ApiToken | None:
    return session.exec(select(ApiToken).where(condition, col(ApiToken.revoked_at).is_(None))).first()
