"""The mailbox where returned mails arrive: how it is set, and how it is read. It is only read, always through TLS."""

import imaplib
import re
import ssl
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from crm_app.locales import Text, text
from crm_app.models import MailServer, Permission
from crm_app.services import audit, sealed
from crm_app.services.actor import Actor
from crm_app.services.errors import Invalid
from crm_app.services.messages import delivery_status, server

TIMEOUT = 30.0  # seconds for one answer
LARGEST = 1024 * 1024  # bytes read of one mail; what counts stands before the mail that came back
FIELDS = ("bounce_host", "bounce_port", "bounce_username", "bounce_folder")
_MOST = 255
_UID = re.compile(rb"\bUID (\d+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Place:
    """How to reach the mailbox, with its password in clear: never stored, never shown."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    folder: str


class Unreadable(Exception):
    """`message` says why."""

    def __init__(self, message: Text) -> None:
        super().__init__(str(message))
        self.message = message


def is_set(here: MailServer) -> bool:
    return bool(here.bounce_host)


def change(session: Session, actor: Actor, typed: dict[str, str], *, password: str) -> MailServer:
    """Sets it. An empty password keeps what is stored, unless the mailbox it belongs to is another one.

    Raises NotPermitted, Invalid(field), Conflict without the right secret key.
    """
    actor.require(Permission.SETTINGS)
    found = server.current(session)
    values = _checked(typed, password)
    is_other_account = any(
        getattr(found, name) != values[name] for name in ("bounce_host", "bounce_port", "bounce_username")
    )
    is_changed = password or any(getattr(found, name) != values[name] for name in FIELDS)
    if is_other_account or found.bounce_folder != values["bounce_folder"]:
        found.bounce_uid = found.bounce_uidvalidity = 0
    for name, value in values.items():
        setattr(found, name, value)
    if password or is_other_account:
        found.bounce_password = sealed.seal(session, password)
    if not is_set(found):
        found.bounce_password = ""
    found.bounce_problem = None
    session.add(found)
    session.flush()
    if is_changed:
        audit.record(session, actor, "mail_server.changed", has_bounces=int(is_set(found)))
    return found


def place(session: Session, here: MailServer) -> Place:
    """Raises Conflict when the password cannot be read."""
    password = sealed.unseal(session, here.bounce_password)
    return Place(here.bounce_host, here.bounce_port, here.bounce_username, password, here.bounce_folder)


def tell(session: Session, problem: Text | None) -> None:
    """Keeps why the mailbox cannot be read, for the settings to show; None: it can."""
    found = server.current(session)
    kept = None if problem is None else problem.to_json()
    if found.bounce_problem != kept:
        found.bounce_problem = kept
        session.add(found)
        session.flush()


class Mailbox:
    """A folder that is open for reading. `validity`: as long as it is the same, so are the UIDs (RFC 9051 2.3.1.1)."""

    def __init__(self, connection: imaplib.IMAP4, validity: int) -> None:
        self._connection, self.validity = connection, validity

    def newer(self, last: int, since: datetime) -> list[int]:
        """The UIDs above `last` of mails that arrived since that day, in order."""
        day = f"{since.day:02}-{_MONTHS[since.month - 1]}-{since.year}"
        found = _taken(self._connection.uid("SEARCH", f"UID {last + 1}:*", f"SINCE {day}"))
        words = b" ".join(line for line in found if isinstance(line, bytes)).split()
        # "7:*" names the newest mail, also when that is one below 7.
        return sorted({uid for word in words if (uid := _number(word)) > last})

    def returned(self, uids: Sequence[int]) -> Iterator[bytes]:
        """Those of these mails that look like reports, each up to LARGEST bytes. Of others only two fields are read."""
        wanted = ",".join(map(str, uids))
        fields = "(UID BODY.PEEK[HEADER.FIELDS (CONTENT-TYPE X-FAILED-RECIPIENTS)])"
        headers = _by_uid(_taken(self._connection.uid("FETCH", wanted, fields)))
        for uid in uids:
            if delivery_status.may_be(headers.get(uid, b"")):
                answer = _taken(self._connection.uid("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{LARGEST}>)"))
                if raw := _by_uid(answer).get(uid):
                    yield raw[:LARGEST]


@contextmanager
def opened(here: Place) -> Iterator[Mailbox]:
    """The folder, open for reading. Raises Unreadable, also for what goes wrong while it is read."""
    try:
        with _connected(here) as connection:
            _sign_in(connection, here)
            yield Mailbox(connection, _examine(connection, here.folder))
    except ssl.SSLError as error:
        raise Unreadable(text("The mailbox's encryption does not fit: check server and port.")) from error
    except (OSError, imaplib.IMAP4.abort, UnicodeError) as error:
        raise Unreadable(
            text(
                "The mailbox {host}, port {port}, cannot be reached. Check name and port.",
                host=here.host,
                port=str(here.port),
            )
        ) from error
    except (imaplib.IMAP4.error, ValueError) as error:
        raise Unreadable(text("The mailbox answers in a way that is not understood.")) from error


@contextmanager
def _connected(here: Place) -> Iterator[imaplib.IMAP4]:
    context = ssl.create_default_context()
    connection = imaplib.IMAP4_SSL(here.host, here.port, ssl_context=context, timeout=TIMEOUT)
    try:
        yield connection
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            connection.logout()


def _sign_in(connection: imaplib.IMAP4, here: Place) -> None:
    try:
        if (here.username + here.password).isascii():
            connection.login(_in_quotes(here.username), here.password)  # the library quotes the password alone
        else:  # RFC 4616: LOGIN knows ASCII alone
            words = f"\0{here.username}\0{here.password}".encode()
            connection.authenticate("PLAIN", lambda _: words)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise Unreadable(text("The mailbox does not accept this user and password.")) from error


def _examine(connection: imaplib.IMAP4, folder: str) -> int:
    kind, _ = connection.select(quoted(folder), readonly=True)
    if kind != "OK":
        raise Unreadable(text("There is no folder “{folder}” in the mailbox.", folder=folder))
    _, said = connection.response("UIDVALIDITY")
    value = said[0] if said else None
    return _number(value) if isinstance(value, bytes) else 0


def _number(word: bytes) -> int:
    """Numbers of IMAP have 32 bits; 0 for anything else."""
    return int(word) if word.isdigit() and len(word) <= 10 else 0


def quoted(folder: str) -> str:
    """A folder's name as IMAP writes it: modified UTF-7 (RFC 3501 5.1.3), in quotation marks."""

    def shifted(match: re.Match[str]) -> str:
        return "&" + b64encode(match[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"

    name = re.sub(r"[^\x20-\x7e]+", shifted, folder.replace("&", "&-"))
    return _in_quotes(name)


def _in_quotes(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _taken(answer: tuple[str, list[Any]]) -> list[Any]:
    kind, data = answer
    if kind != "OK":
        raise imaplib.IMAP4.error("refused")
    return data


def _by_uid(data: list[Any]) -> dict[int, bytes]:
    """The literals of a FETCH. Servers name the UID before or behind them."""
    found: dict[int, bytes] = {}
    for place_, item in enumerate(data):
        if isinstance(item, tuple):
            behind = data[place_ + 1] if place_ + 1 < len(data) and isinstance(data[place_ + 1], bytes) else b""
            uid = _UID.search(item[0]) or _UID.search(behind)
            if uid is not None:
                found[_number(uid[1])] = item[1]
    return found


def _checked(typed: dict[str, str], password: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in ("bounce_host", "bounce_username", "bounce_folder"):
        values[name] = _one_line(typed.get(name, "").strip(), name)
    _one_line(password, "bounce_password")
    server.check_host(values["bounce_host"], "bounce_host")
    values["bounce_folder"] = values["bounce_folder"] or "INBOX"
    values["bounce_port"] = server.number(typed.get("bounce_port", "") or "993", "bounce_port", 65_535)
    if values["bounce_host"] and not values["bounce_username"]:
        raise Invalid(text("Please type the user of the mailbox."), "bounce_username")
    return values


def _one_line(value: str, name: str) -> str:
    """A line break inside a value would be a command of its own."""
    if len(value) > _MOST or any(ord(sign) < 32 or ord(sign) == 127 for sign in value):
        raise Invalid(text("At most {most} characters on one line.", most=_MOST), name)
    return value
