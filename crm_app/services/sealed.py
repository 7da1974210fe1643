"""Secrets at rest: readable with the key outside the database only, so that a copy of the database gives none away.

Fernet (AES-128-CBC with HMAC-SHA256, https://github.com/fernet/spec) under a key derived from the installation's.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from sqlmodel import Session

from crm_app.locales import text
from crm_app.services import secret_key
from crm_app.services.errors import Conflict


def seal(session: Session, secret: str) -> str:
    """What the database may hold; empty stays empty. Raises Conflict without the right secret key."""
    return _box(secret_key.ensured(session)).encrypt(secret.encode()).decode("ascii") if secret else ""


def unseal(session: Session, sealed: str) -> str:
    """The secret again. Raises Conflict without the key it was sealed with."""
    if not sealed:
        return ""
    try:
        return _box(secret_key.existing(session)).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Conflict(text("A stored password cannot be read with this secret key. Type it in again.")) from error


def _box(key: bytes) -> Fernet:
    return Fernet(urlsafe_b64encode(hmac.digest(key, b"sealed", sha256)))
