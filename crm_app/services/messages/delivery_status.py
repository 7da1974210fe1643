"""What a returned mail says: which message came back, for whom, and why. Anybody may have written it: it is read here,
not believed. RFC 3464 (delivery status), RFC 6533 (its international form), RFC 5965 (complaints).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message
from itertools import islice
from typing import Any

# What a mail may have at most. A parser's time grows with every part inside a part, its memory with every part and
# group; reports have a handful, a mail that came back some more.
_MOST = ((b"boundary", 64), (b"\n--", 2_000), (b"\n\n", 10_000))
_MOST_FAILURES = 100
_LONGEST = 320  # characters of an address
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])(5[0-5]\d)(?=[\s-]|$)")
# What the server said that refused it: closer to the truth than the status the reporting one made of it.
_SAID = re.compile(r"(?<![\d.])5[0-5]\d[ -](5\.\d{1,3}\.\d{1,3})(?![\d.])")
_ID = re.compile(r"<[!-;=?-~]{1,200}>")
_MESSAGE_ID = re.compile(rb"^message-id:\s*(<[!-;=?-~]{1,200}>)", re.IGNORECASE | re.MULTILINE)
_NO_SUCH_ADDRESS = ("550", "551", "553")  # RFC 5321 4.2.3
# Of 5.1.x (RFC 3463 3.2, RFC 7505): 5 is a success, 7 and 8 are the sender's address, 9 is a system on the way.
_NOT_THE_ADDRESS = (5, 7, 8, 9)


@dataclass(frozen=True, slots=True)
class Failure:
    """A recipient that a message will never reach, under the names the report has; `is_address`: nor will any other."""

    recipients: tuple[str, ...]
    status: str
    is_address: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """A report about a message with one of these Message-IDs; `is_complaint`: somebody called it unwanted."""

    message_ids: tuple[str, ...]
    failures: tuple[Failure, ...] = ()
    is_complaint: bool = False


def may_be(header: bytes) -> bool:
    """Whether a mail with these header lines (Content-Type, X-Failed-Recipients) may be a report at all."""
    lowered = header.lower()
    return b"multipart/report" in lowered or b"x-failed-recipients" in lowered


def read(raw: bytes) -> Returned | None:
    """None for everything that reports neither a failure nor a complaint. Never raises."""
    lowered = raw.lower().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if any(lowered.count(sign) > most for sign, most in _MOST):
        return None
    try:
        return _read(raw)
    except Exception:  # noqa: BLE001 - the library's parser knows mails it fails on, and this one came from anywhere
        return None


def _read(raw: bytes) -> Returned | None:
    mail = message_from_bytes(raw)
    # Only its own parts: a report inside the mail it brings back is not one of ours.
    payload: Any = mail.get_payload()
    parts: list[Message] = payload if isinstance(payload, list) and mail.get_content_maintype() == "multipart" else []
    of_type = {part.get_content_type(): part for part in reversed(parts)}
    complaint = of_type.get("message/feedback-report")
    if complaint is not None:
        is_abuse = _fields_within(complaint).get("feedback-type", "").lower() == "abuse"
        return Returned(_message_ids(of_type, raw), is_complaint=True) if is_abuse else None
    report = of_type.get("message/delivery-status") or of_type.get("message/global-delivery-status")
    failures = tuple(islice(_failures(report), _MOST_FAILURES)) if report is not None else ()
    if report is None and (named := _fields(mail).get("x-failed-recipients")):
        words = of_type.get("text/plain", mail)
        failures = (_judged(tuple(_addresses(named)), "", _plain(words)),)
    return Returned(_message_ids(of_type, raw), failures) if failures else None


def _failures(report: Message) -> Iterator[Failure]:
    payload: Any = report.get_payload()
    for block in payload if isinstance(payload, list) else []:
        for group in _groups(block):
            if group.get("action", "").lower() == "failed":
                names = (group.get("final-recipient", ""), group.get("original-recipient", ""))
                recipients = tuple(address for name in names for address in _addresses(name.rpartition(";")[2]))
                yield _judged(recipients, group.get("status", ""), group.get("diagnostic-code", ""))


def _groups(block: Message) -> Iterator[dict[str, str]]:
    """The fields of a recipient; of the international form, whose groups the parser does not part, what follows too."""
    yield _fields(block)
    for words in re.split(r"\r?\n\r?\n", _plain(block)):
        if words.strip():
            yield _fields(message_from_string(words.lstrip()))


def _judged(recipients: tuple[str, ...], status: str, diagnostic: str) -> Failure:
    said = _SAID.search(diagnostic)
    found = _STATUS.search(said[1] if said else status)
    if found is None or found[0] == "5.0.0":
        found = _STATUS.search(diagnostic) or found
    code = _CODE.search(diagnostic)
    if found is None or found[0] == "5.0.0":  # says nothing: the code does
        is_address = code is not None and code[1] in _NO_SUCH_ADDRESS
        return Failure(recipients, code[1] if code else "5.0.0", is_address)
    kind, subject, detail = (int(number) for number in found.groups())
    is_address = kind == 5 and ((subject == 1 and detail not in _NOT_THE_ADDRESS) or (subject, detail) == (2, 1))
    return Failure(recipients, found[0], is_address)


def _message_ids(of_type: dict[str, Message], raw: bytes) -> tuple[str, ...]:
    """Of the mail that came back; without a part for it, of what looks like it."""
    for name in ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"):
        part = of_type.get(name)
        if part is not None and (found := _ID.search(_fields_within(part).get("message-id", ""))):
            return (found[0],)
    body = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[-1]
    return tuple(dict.fromkeys(id_.decode("ascii") for id_ in _MESSAGE_ID.findall(body)))[:10]


def _fields_within(part: Message) -> dict[str, str]:
    """The fields a part consists of."""
    payload: Any = part.get_payload()
    if isinstance(payload, list):
        return _fields(payload[0]) if payload else {}
    return _fields(message_from_string(_plain(part).lstrip()))


def _fields(message: Message) -> dict[str, str]:
    """By their names in small letters; of several with one name the first."""
    fields: dict[str, str] = {}
    for name, value in message.raw_items():
        fields.setdefault(str(name).lower(), " ".join(_readable(str(value)).split()))
    return fields


def _plain(part: Message) -> str:
    payload: Any = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _readable(value: str) -> str:
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _addresses(names: str) -> Iterator[str]:
    for name in names.split(",", _MOST_FAILURES)[:_MOST_FAILURES]:
        address = name.strip().strip("<>").strip()
        if 0 < len(address) <= _LONGEST:
            yield address
