"""The hidden mark of a form: when it was opened, signed, and good for one sending. People need seconds, bots do not.

Nothing is stored: the time stands in the mark itself, and which were used this process remembers.
"""

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from enum import StrEnum
from hashlib import sha256

FASTEST, OLDEST = 2.0, 24 * 3600.0  # seconds
MOST_USED = 20_000


class Verdict(StrEnum):
    GOOD = "good"
    FAST = "fast"
    OLD = "old"  # or made up
    USED = "used"


_used: OrderedDict[str, None] = OrderedDict()
_lock = threading.Lock()


def make(key: bytes, form: str, at: float | None = None) -> str:
    """A mark for a form that is opened now."""
    body = f"{int((at if at is not None else time.time()) * 1000)}.{secrets.token_hex(8)}"
    return f"{body}.{_signature(key, form, body)}"


def judge(key: bytes, form: str, mark: str, at: float | None = None) -> Verdict:
    """What a mark says of how the form was filled in."""
    body, _, signature = mark.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(key, form, body).encode()):
        return Verdict.OLD
    age = (at if at is not None else time.time()) - int(body.partition(".")[0]) / 1000
    if age < FASTEST:
        return Verdict.FAST
    if age > OLDEST:
        return Verdict.OLD
    with _lock:
        return Verdict.USED if mark in _used else Verdict.GOOD


def take(mark: str) -> bool:
    """It is good for one sending, and this is it; False when another one has it already."""
    with _lock:
        if mark in _used:
            return False
        _used[mark] = None
        while len(_used) > MOST_USED:
            _used.popitem(last=False)
        return True


def give_back(mark: str) -> None:
    """The sending came to nothing."""
    with _lock:
        _used.pop(mark, None)


def _signature(key: bytes, form: str, body: str) -> str:
    return hmac.digest(key, f"form\0{form}\0{body}".encode("utf-8", "replace"), sha256).hex()
