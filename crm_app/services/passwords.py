"""Passwords: what is taken, how it is stored (Argon2id), and the same work for accounts that do not exist."""

import base64
import threading
import unicodedata
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from crm_app.locales import text
from crm_app.services.errors import Invalid

MIN_LENGTH = 10
MAX_LENGTH = 200
_MEMORY_KIB, _ROUNDS, _LANES = 32 * 1024, 2, 1  # OWASP's floor is 19 MiB/2/1
# Two at once: hashing takes memory and a core on purpose, and a crowd at the door must not take all of them.
_turns = threading.BoundedSemaphore(2)
_hasher = PasswordHasher(time_cost=_ROUNDS, memory_cost=_MEMORY_KIB, parallelism=_LANES)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


# Nobody's hash, with today's costs: verifying it takes as long as verifying a real one.
_NOBODY = f"$argon2id$v=19$m={_MEMORY_KIB},t={_ROUNDS},p={_LANES}${_b64(b'nobody' * 2 + b'here')}${_b64(bytes(32))}"

# The most frequent ones of ten characters and more; every shorter one is refused by its length.
_COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text("utf-8").split())


def normalise(password: str) -> str:
    """The same characters however the keyboard composed them (an ü typed on a Mac and on Windows)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode()


def check(password: str, *, email: str = "", name: str = "") -> None:
    """Raises Invalid for a password that is too short, too long, or among the first an attacker tries."""
    plain = normalise(password)
    if len(plain) < MIN_LENGTH:
        raise Invalid(text("Use at least {minimum} characters.", minimum=MIN_LENGTH), "password")
    if len(plain) > MAX_LENGTH:
        raise Invalid(text("Use at most {maximum} characters.", maximum=MAX_LENGTH), "password")
    folded = plain.casefold()
    own = {email.casefold(), email.casefold().partition("@")[0], "".join(name.casefold().split()), name.casefold()}
    if folded in _COMMON or folded in own or len(set(folded)) < 4:
        raise Invalid(
            text("This password is one of the first an attacker tries. Three or four unrelated words are better."),
            "password",
        )


def hash_of(password: str) -> str:
    """The Argon2id hash to store. Takes tens of milliseconds on purpose: call it in a thread."""
    with _turns:
        return _hasher.hash(normalise(password))


def verify(stored: str | None, password: str) -> bool:
    """Whether the password is right; the same work when there is no stored hash."""
    try:
        with _turns:
            return _hasher.verify(stored or _NOBODY, normalise(password)[: MAX_LENGTH * 4]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with lower costs than today's."""
    return _hasher.check_needs_rehash(stored)
