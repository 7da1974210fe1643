"""The key outside the database: keyed hashes are made with it, so that a copy of the database gives no address away.

It lies in a file of its own (0600, `CRM_SECRET_KEY_FILE`, else in the data folder), made at its first use. The
database remembers its fingerprint: with another key, or none, every stored hash would silently stop to match, so the
key is refused instead. Backups of the database do not hold it; it is to be kept beside them.
"""

import hmac
import os
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from sqlmodel import Session

from crm_app import settings
from crm_app.locales import Text, text
from crm_app.models import SecretKey
from crm_app.services.errors import Conflict

LENGTH = 32  # bytes


def existing(session: Session) -> bytes:
    """The key the database's hashes were made with. Raises Conflict when it is not there or another one."""
    if message := problem(session):
        raise Conflict(message)
    key = _read(settings.get().secret_key_path)
    if key is None:
        raise Conflict(_missing())
    return key


def ensured(session: Session) -> bytes:
    """The key; made, and its fingerprint stored, at the first use. Raises Conflict like `existing`."""
    if session.get(SecretKey, 1) is not None:
        return existing(session)
    path = settings.get().secret_key_path
    key = _read(path) or _made(path)
    session.add(SecretKey(fingerprint=fingerprint(key)))
    session.flush()
    return key


def problem(session: Session) -> Text | None:
    """What is wrong with the key; None when nothing is, or none was ever used."""
    stored = session.get(SecretKey, 1)
    if stored is None:
        return None
    key = _read(settings.get().secret_key_path)
    if key is None:
        return _missing()
    if not hmac.compare_digest(fingerprint(key), stored.fingerprint):
        return text(
            "The secret key {file} is not the one this database was used with. Put the right one there: with this one, "
            "addresses that must never be written to would not be recognised.",
            file=str(settings.get().secret_key_path),
        )
    return None


def _missing() -> Text:
    return text(
        "The secret key {file} is missing. Put the one of this database there: without it, addresses that must never "
        "be written to are not recognised.",
        file=str(settings.get().secret_key_path),
    )


def fingerprint(key: bytes) -> str:
    """What the database may know of a key."""
    return hmac.digest(key, b"fingerprint", sha256).hex()


def _read(path: Path) -> bytes | None:
    with suppress(FileNotFoundError, ValueError):
        key = bytes.fromhex(path.read_text("ascii").strip())
        return key if len(key) >= LENGTH else None
    return None


def _made(path: Path) -> bytes:
    """A new key in its file; that of another process that was quicker, if there is one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(LENGTH) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        with suppress(FileExistsError):
            os.link(new, path)  # whole or not at all, and never over a key that is there
    finally:
        new.unlink()
    key = _read(path)
    if key is None:  # a file that is no key: replacing it could lose one
        raise Conflict(text("{file} is not a secret key. Move it away, and a new one is made.", file=str(path)))
    return key
