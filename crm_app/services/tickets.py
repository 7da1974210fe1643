"""The address of a file, good for five minutes and in one session alone: a link that gets about opens nothing."""

import hmac
from datetime import datetime
from hashlib import sha256

from crm_app.models.base import now

SECONDS = 300


def make(session_token: str, what: str, *, at: datetime | None = None) -> str:
    """A ticket of this session for one thing, such as "export:7"."""
    ends = int((at or now()).timestamp()) + SECONDS
    return f"{ends}-{_signed(session_token, what, ends)}"


def is_valid(given: str, session_token: str, what: str, *, at: datetime | None = None) -> bool:
    """Whether a ticket is this session's, for this and not over."""
    ends, _, sign = given.partition("-")
    if not (ends.isascii() and ends.isdigit() and len(ends) < 12 and session_token):
        return False
    seconds = int(ends) - (at or now()).timestamp()
    return 0 < seconds <= SECONDS and hmac.compare_digest(sign, _signed(session_token, what, int(ends)))


def _signed(session_token: str, what: str, ends: int) -> str:
    return hmac.digest(session_token.encode(), f"{what}:{ends}".encode(), sha256).hex()
