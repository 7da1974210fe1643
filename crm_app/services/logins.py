"""Signing in with e-mail and password: throttle, log, and the same answer and work for unknown accounts.

Only failed tries count, per account and address, and per address alone (an office shares one). Guesses that run at
the same time gain nothing: the count is taken again, in the writing transaction, after the password was checked.
Where the account has a second factor, `login_codes` goes on.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import Session, col, func, select

from crm_app.models import LinkPurpose, LoginEvent, LoginOutcome, User
from crm_app.models.base import now
from crm_app.services import database, links, passwords, sessions

WINDOW = timedelta(minutes=5)
PER_ACCOUNT = 10
PER_ADDRESS = 50
_FAILED = (LoginOutcome.WRONG.value, LoginOutcome.CODE_WRONG.value)


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a try ended; `token` is the new session's cookie when it succeeded.

    `waiting` takes its place where the code of a second factor is asked next: it lets nobody in.
    """

    outcome: LoginOutcome
    token: str = ""
    language: str = ""
    waiting: str = ""


def sign_in(email: str, password: str, *, ip: str, user_agent: str = "", at: datetime | None = None) -> Attempt:
    """Tries to sign in. Opens its own transactions, so that no lock is held while Argon2 works: call it in a thread."""
    account, address = account_of(email), address_of(ip)
    with database.reading() as session:
        if is_throttled(session, account, address, at=at or now()):
            user, stored, throttled = None, None, True
        else:
            user = session.exec(select(User).where(User.email == clean(email))).first()
            stored, throttled = (user.password_hash if user else None), False
    right = not throttled and passwords.verify(stored, password)
    renewed = passwords.hash_of(password) if right and stored and passwords.is_outdated(stored) else None
    at = at or now()
    with database.transaction() as session:
        database.one_at_a_time(session, f"login from {address}")
        if throttled or is_throttled(session, account, address, at=at):
            log_throttled(session, account, address, at)
            return Attempt(LoginOutcome.THROTTLED)
        user = session.get(User, user.id) if user else None
        if user is None or not right or user.password_hash != stored:
            log(session, LoginOutcome.WRONG, account=account, ip=address, user_id=user.id if user else None, at=at)
            return Attempt(LoginOutcome.WRONG)
        if not user.active:
            log(session, LoginOutcome.DISABLED, account=account, ip=address, user_id=user.id, at=at)
            return Attempt(LoginOutcome.DISABLED)
        if renewed:
            user.password_hash = renewed
            session.add(user)
        if user.has_second_factor:
            waiting = links.make(session, LinkPurpose.SECOND_FACTOR, user_id=user.id, at=at)
            return Attempt(LoginOutcome.OK, language=user.language, waiting=waiting)
        log(session, LoginOutcome.OK, account=account, ip=address, user_id=user.id, at=at)
        token = sessions.start(session, user, ip=ip, user_agent=user_agent, at=at)
        return Attempt(LoginOutcome.OK, token, user.language)


def is_throttled(session: Session, account: str, address: str, *, at: datetime) -> bool:
    """Whether the account from this address, or the address for any account, failed too often in the last minutes."""
    wrong = select(func.count()).where(
        col(LoginEvent.outcome).in_(_FAILED), LoginEvent.ip == address, LoginEvent.at > at - WINDOW
    )
    if session.exec(wrong).one() >= PER_ADDRESS:
        return True
    return session.exec(wrong.where(LoginEvent.account == account)).one() >= PER_ACCOUNT


def is_code_throttled(session: Session, account: str, address: str, *, at: datetime) -> bool:
    """The same for codes: who is asked for one knows the password, so wrong ones count from wherever they come."""
    wrong = select(func.count()).where(
        LoginEvent.account == account,
        LoginEvent.outcome == LoginOutcome.CODE_WRONG.value,
        LoginEvent.at > at - WINDOW,
    )
    return session.exec(wrong).one() >= PER_ACCOUNT or is_throttled(session, account, address, at=at)


def log(
    session: Session,
    outcome: LoginOutcome,
    *,
    account: str,
    ip: str,
    user_id: int | None = None,
    at: datetime | None = None,
) -> None:
    """Writes one line of the login log."""
    session.add(LoginEvent(at=at or now(), account=account, user_id=user_id, ip=address_of(ip), outcome=outcome.value))
    session.flush()


def clean(email: str) -> str:
    """An address as accounts store it; cut where none can be valid."""
    return email.replace("\0", "").strip().lower()[:255].encode("utf-8", "replace").decode()


def account_of(email: str) -> str:
    """What the log keeps of an address: its SHA-256, because an unknown one may be somebody's typo."""
    return sha256(clean(email).encode()).hexdigest()


def address_of(ip: str) -> str:
    """The address as the throttle counts it: IPv4 as it is, IPv6 by its /64, which one customer owns whole."""
    try:
        found = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return ip[:60]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def log_throttled(session: Session, account: str, address: str, at: datetime) -> None:
    """One line a minute and address at most: a machine that goes on trying must not fill the disk."""
    recent = select(func.count()).where(
        LoginEvent.outcome == LoginOutcome.THROTTLED.value,
        LoginEvent.ip == address,
        LoginEvent.at > at - timedelta(minutes=1),
    )
    if session.exec(recent).one() == 0:
        log(session, LoginOutcome.THROTTLED, account=account, ip=address, at=at)
