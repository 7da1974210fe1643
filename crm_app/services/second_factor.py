"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes that stand in for one once.

The secret is sealed, recovery codes are stored as hashes. A code is good for its own half minute and the ones beside
it, and each half minute once.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import pyotp
import segno
from sqlmodel import Session, col, delete, func, select, update

from crm_app.locales import text
from crm_app.models import RecoveryCode, User
from crm_app.models.base import now
from crm_app.services import audit, database, installation, passwords, sealed, users
from crm_app.services.actor import Actor
from crm_app.services.errors import Conflict, Invalid, NotFound

CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that look like others
_LENGTH, _GROUP = 16, 4
_STEP = 30
_WRONG_PASSWORD = text("This is not your present password.")
WRONG_CODE = text("This code is not right. Each code works once, for about a minute.")


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator app needs: the secret, and the same as a picture (a `data:` address)."""

    secret: str
    picture: str


def begin(session: Session, actor: Actor, password: str) -> Setup:
    """A new secret for oneself, asked for only once `confirm` has seen a code of it.

    Takes tens of milliseconds of work. Raises Invalid("password"), Conflict where it is on already.
    """
    user = _own(session, actor)
    if user.has_second_factor:
        raise Conflict(text("The second factor is on already."))
    if not passwords.verify(user.password_hash, password):
        raise Invalid(_WRONG_PASSWORD, "password")
    secret = pyotp.random_base32()
    user.totp_secret, user.totp_step = sealed.seal(session, secret), 0
    session.add(user)
    session.flush()
    issuer = installation.current(session).name or "CRM"
    address = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=issuer)
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    return Setup(secret, picture)


def confirm(session: Session, actor: Actor, code: str, *, ip: str = "", at: datetime | None = None) -> list[str]:
    """Switches it on with a first code. Returns the recovery codes, which are shown this once.

    Raises Invalid("code"), Conflict where it was not begun or is on already.
    """
    user, at = _own(session, actor), at or now()
    if user.has_second_factor or not user.totp_secret:
        raise Conflict(text("Begin again: this set-up is over."))
    if not _takes_step(session, user, code, at):
        raise Invalid(WRONG_CODE, "code")
    user.totp_at = at
    session.add(user)
    made = _new_codes(session, user)
    audit.record(session, actor, "user.second_factor_on", ip=ip, user=user.id or 0)
    return made


def renew_codes(
    session: Session, actor: Actor, *, password: str, code: str, ip: str = "", at: datetime | None = None
) -> list[str]:
    """Ten new recovery codes in place of the old. Raises Invalid("password" or "code"), Conflict where it is off."""
    user = _asked(session, actor, password, code, at)
    made = _new_codes(session, user)
    audit.record(session, actor, "user.recovery_codes", ip=ip, user=user.id or 0)
    return made


def switch_off_own(
    session: Session, actor: Actor, *, password: str, code: str, ip: str = "", at: datetime | None = None
) -> None:
    """Off again for oneself. Takes tens of milliseconds. Raises Invalid("password" or "code"), Conflict."""
    user = _asked(session, actor, password, code, at)
    _forget(session, user)
    audit.record(session, actor, "user.second_factor_off", ip=ip, user=user.id or 0)


def switch_off(session: Session, actor: Actor, user_id: int, *, ip: str = "") -> User:
    """Off for an account below, whose owner lost the device. Idempotent. Raises NotPermitted, NotFound, Conflict."""
    user = users.touchable(session, actor, user_id)
    if actor.user_id == user_id:
        raise Conflict(text("Switch off your own second factor on the page of your account."))
    if user.has_second_factor:
        _forget(session, user)
        audit.record(session, actor, "user.second_factor_off", ip=ip, user=user_id)
    return user


def accepts(session: Session, user: User, code: str, *, at: datetime | None = None) -> bool:
    """Whether the code of the app, or a recovery code, is right; it is used up then.

    Of any number at once one succeeds. Raises Conflict where the secret cannot be read.
    """
    typed = "".join(code.split())
    if len(typed) == 6 and typed.isascii() and typed.isdigit():
        return _takes_step(session, user, typed, at or now())
    return _takes_recovery(session, user, typed, at or now())


def codes_left(session: Session, user_id: int) -> int:
    """How many recovery codes were not used."""
    query = select(func.count()).where(RecoveryCode.user_id == user_id, col(RecoveryCode.used_at).is_(None))
    return session.exec(query).one()


def _own(session: Session, actor: Actor) -> User:
    database.one_at_a_time(session, f"second factor of {actor.user_id}")
    user = session.get(User, actor.user_id, populate_existing=True) if actor.user_id else None
    if user is None:
        raise NotFound(text("There is no such account."))
    return user


def _asked(session: Session, actor: Actor, password: str, code: str, at: datetime | None) -> User:
    """The actor's account, if both are right: whoever finds an open browser changes nothing."""
    user = _own(session, actor)
    if not user.has_second_factor:
        raise Conflict(text("The second factor is off."))
    if not passwords.verify(user.password_hash, password):
        raise Invalid(_WRONG_PASSWORD, "password")
    if not accepts(session, user, code, at=at):
        raise Invalid(WRONG_CODE, "code")
    return user


def _takes_step(session: Session, user: User, code: str, at: datetime) -> bool:
    """Marks the half minute of a right code by compare-and-set: it is not taken a second time."""
    totp = pyotp.TOTP(sealed.unseal(session, user.totp_secret))
    present = int(at.timestamp()) // _STEP
    typed = "".join(code.split())
    right = [
        step
        for step in (present - 1, present, present + 1)
        if hmac.compare_digest(totp.at(step * _STEP).encode(), typed.encode("utf-8", "replace"))
    ]
    if not right:
        return False
    marked = session.execute(
        update(User).where(col(User.id) == user.id, col(User.totp_step) < right[0]).values(totp_step=right[0])
    )
    return bool(marked.rowcount == 1)  # type: ignore[attr-defined]


def _takes_recovery(session: Session, user: User, typed: str, at: datetime) -> bool:
    marked = session.execute(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.user_id) == user.id,
            col(RecoveryCode.code_hash) == _hash_of(typed),
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=at)
    )
    return bool(marked.rowcount == 1)  # type: ignore[attr-defined]


def _new_codes(session: Session, user: User) -> list[str]:
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))
    made = ["".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)) for _ in range(CODES)]
    session.add_all(RecoveryCode(user_id=user.id or 0, code_hash=_hash_of(code)) for code in made)
    session.flush()
    return ["-".join(code[n : n + _GROUP] for n in range(0, _LENGTH, _GROUP)) for code in made]


def _forget(session: Session, user: User) -> None:
    user.totp_secret, user.totp_at, user.totp_step = "", None, 0
    session.add(user)
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id))
    session.flush()


def _hash_of(code: str) -> str:
    """SHA-256 is enough: a code is 79 random bits, not something anybody made up."""
    plain = "".join(character for character in code.casefold() if character.isalnum())
    return sha256(plain.encode("utf-8", "replace")).hexdigest()
