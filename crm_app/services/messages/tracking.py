"""Who opened a newsletter and followed a link in it: off, unless an installation switches it on.

Addresses in the message name the message and are signed, so that nobody can make one up, and no link leads anywhere
that the message did not name. Kept is when it first happened, nothing else: no address, no program.
"""

import hmac
import re
from datetime import datetime
from hashlib import sha256
from html import escape, unescape
from urllib.parse import quote

from sqlalchemy import update
from sqlmodel import Session, col

from crm_app import routes
from crm_app.models import Message, MessageState
from crm_app.models.base import now
from crm_app.services import links, secret_key
from crm_app.services.errors import Conflict

# The smallest picture there is: one transparent point, as GIF.
POINT = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
_LINK = re.compile(r'href="(https?://[^"]*)"')


def dressed(session: Session, message_id: int, html: str) -> str:
    """The same message whose opening and whose links are counted; our own links stay as they are."""
    own, key = links.base_url(), secret_key.ensured(session)

    def counted(found: re.Match[str]) -> str:
        url = unescape(found[1])
        if url.startswith(own + "/"):
            return found[0]
        path = routes.MESSAGE_LINK.format(token=_token(key, message_id, url))
        address = f"{own}{path}?u={quote(url, safe='')}"
        return f'href="{escape(address)}"'

    picture = own + routes.MESSAGE_PICTURE.format(token=_token(key, message_id, ""))
    point = f'<img src="{escape(picture)}" width="1" height="1" alt="">'
    return _LINK.sub(counted, html).replace("</body>", f"{point}</body>")


def opened(session: Session, token: str, *, at: datetime | None = None) -> bool:
    """Notes that a message was opened, the first time; False for a token nobody signed."""
    message_id = _message(session, token, "")
    if message_id is None:
        return False
    _note(session, message_id, opened_at=at or now())
    return True


def is_picture(session: Session, token: str) -> bool:
    """Whether this is the picture of a message of ours."""
    return _message(session, token, "") is not None


def is_ours(session: Session, token: str, url: str) -> bool:
    """Whether a message of ours leads there. Nothing is noted."""
    return bool(url) and _message(session, token, url) is not None


def followed(session: Session, token: str, url: str, *, at: datetime | None = None) -> bool:
    """Notes that a link was followed, and with it that the message was opened; False for a link nobody signed."""
    message_id = _message(session, token, url) if url else None
    if message_id is None:
        return False
    moment = at or now()
    _note(session, message_id, opened_at=moment)
    _note(session, message_id, clicked_at=moment)
    return True


def _note(session: Session, message_id: int, **moment: datetime) -> None:
    (name,) = moment
    session.execute(
        update(Message)
        .where(
            col(Message.id) == message_id,
            col(Message.state).in_((MessageState.SENT, MessageState.UNCERTAIN)),
            getattr(Message, name).is_(None),
        )
        .values(moment)
    )


def _message(session: Session, token: str, url: str) -> int | None:
    number = token.partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    try:
        key = secret_key.existing(session)
    except Conflict:
        return None
    return int(number) if hmac.compare_digest(token, _token(key, int(number), url)) else None


def _token(key: bytes, message_id: int, url: str) -> str:
    sign = hmac.digest(key, f"message\0{message_id}\0{url}".encode(), sha256).hex()[:32]
    return f"{message_id}-{sign}"
