"""Links that work once: the first set-up, and what an account is reached by without a password.

Stored as SHA-256 only.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from crm_app import settings
from crm_app.locales import text
from crm_app.models import LinkPurpose, OneTimeLink
from crm_app.models.base import now
from crm_app.services import installation
from crm_app.services.errors import Conflict, NotFound
from crm_app.services.sessions import hash_of

LIFETIME = {
    LinkPurpose.SETUP: timedelta(days=1),
    LinkPurpose.SIGN_IN: timedelta(days=2),
    LinkPurpose.INVITE: timedelta(days=7),
    LinkPurpose.RESET: timedelta(days=1),
    LinkPurpose.SECOND_FACTOR: timedelta(minutes=5),  # no link: what the cookie of the code's page holds
}
DEAD = text("This link was used already or has expired. Ask for a new one.")
OF_ACCOUNTS = (LinkPurpose.SIGN_IN, LinkPurpose.INVITE, LinkPurpose.RESET)
_PATHS = {LinkPurpose.SETUP: "/setup", **dict.fromkeys(OF_ACCOUNTS, "/link")}


def setup_link(session: Session, *, at: datetime | None = None) -> str:
    """The token of a new set-up link; earlier ones stop working. Raises Conflict once there is a user."""
    if installation.is_set_up(session):
        raise Conflict(text("This CRM is set up already. Please sign in."))
    _kill(session, (LinkPurpose.SETUP,), None, at or now())
    return make(session, LinkPurpose.SETUP, at=at)


def sign_in_link(session: Session, user_id: int, *, at: datetime | None = None) -> str:
    """The token of a new link that signs this user in once; the user's earlier links stop working."""
    return of_account(session, user_id, LinkPurpose.SIGN_IN, at=at)


def of_account(session: Session, user_id: int, purpose: LinkPurpose, *, at: datetime | None = None) -> str:
    """The token of a new link of the account; its earlier ones stop working, whatever they were for."""
    end_all(session, user_id, at=at)
    return make(session, purpose, user_id=user_id, at=at)


def end_all(session: Session, user_id: int, *, at: datetime | None = None) -> None:
    """No link of the account works any more, and no sign-in that waits for its code goes on."""
    _kill(session, (*OF_ACCOUNTS, LinkPurpose.SECOND_FACTOR), user_id, at or now())


def make(session: Session, purpose: LinkPurpose, *, user_id: int | None = None, at: datetime | None = None) -> str:
    """A new link's token (256 random bits)."""
    at = at or now()
    token = secrets.token_urlsafe(32)
    session.add(
        OneTimeLink(
            token_hash=hash_of(token),
            purpose=purpose.value,
            user_id=user_id,
            created_at=at,
            expires_at=at + LIFETIME[purpose],
        )
    )
    session.flush()
    return token


def peek(session: Session, token: str, *purposes: LinkPurpose, at: datetime | None = None) -> OneTimeLink | None:
    """The link if it would work now for one of the purposes; uses nothing up."""
    return session.exec(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == hash_of(token),
            col(OneTimeLink.purpose).in_([purpose.value for purpose in purposes]),
            col(OneTimeLink.used_at).is_(None),
            OneTimeLink.expires_at > (at or now()),
        )
    ).first()


def use(session: Session, token: str, *purposes: LinkPurpose, at: datetime | None = None) -> OneTimeLink:
    """Uses the link up, by compare-and-set: of any number at once, one succeeds. Raises NotFound for the others."""
    at = at or now()
    found = peek(session, token, *purposes, at=at)
    if found is not None:
        marked = session.execute(
            update(OneTimeLink)
            .where(col(OneTimeLink.id) == found.id, col(OneTimeLink.used_at).is_(None))
            .values(used_at=at)
        )
        if marked.rowcount == 1:  # type: ignore[attr-defined]
            return found
    raise NotFound(DEAD)


def url_of(token: str, purpose: LinkPurpose) -> str:
    """The address to print or send: built from the settings, never from what a request says."""
    return f"{base_url()}{_PATHS[purpose]}/{token}"


def base_url() -> str:
    """Where this CRM is reached: `CRM_PUBLIC_URL`, else the address it listens on."""
    current = settings.get()
    if current.public_url:
        return current.public_url.rstrip("/")
    host = "127.0.0.1" if current.host in ("0.0.0.0", "::", "") else current.host  # noqa: S104  # compared, not bound
    return f"http://[{host}]:{current.port}" if ":" in host else f"http://{host}:{current.port}"


def _kill(session: Session, purposes: Collection[LinkPurpose], user_id: int | None, at: datetime) -> None:
    statement = update(OneTimeLink).where(
        col(OneTimeLink.purpose).in_([purpose.value for purpose in purposes]),
        col(OneTimeLink.used_at).is_(None),
        col(OneTimeLink.user_id) == user_id,
    )
    session.execute(statement.values(used_at=at))
