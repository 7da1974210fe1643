"""What messages go out by: a mail server and a service for text messages, set by whoever may change settings."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from crm_app.locales import Text, text
from crm_app.models import Channel, MailServer, Permission, Security
from crm_app.models.base import now
from crm_app.services import audit, sealed
from crm_app.services.actor import Actor
from crm_app.services.consent.addresses import norm_of
from crm_app.services.errors import Invalid

NO_SMS = text("No service for text messages is set. An administrator sets it in the settings.")
LIMIT = 10_000  # messages a minute
_LENGTHS = {"host": 255, "username": 255, "from_name": 120, "from_address": 254, "reply_to": 254, "imprint": 1000}


@dataclass(frozen=True, slots=True)
class Account:
    """How to reach the server, with its password in clear: never stored, never shown."""

    host: str
    port: int
    security: Security
    username: str
    password: str
    sender: str


def current(session: Session) -> MailServer:
    """What is set; of a new installation nothing is."""
    return session.get(MailServer, 1) or MailServer()


def is_set(server: MailServer) -> bool:
    return bool(server.host)


def change(
    session: Session, actor: Actor, typed: dict[str, str], *, password: str, sms_url: str, tracks: bool = False
) -> MailServer:
    """Sets it. Empty secrets keep what is stored, unless the server or the user it belongs to is another one.

    Raises NotPermitted, Invalid(field), Conflict without the right secret key.
    """
    actor.require(Permission.SETTINGS)
    found = current(session)
    values = _checked(session, typed)
    is_other = any(getattr(found, name) != values[name] for name in ("host", "port", "username"))
    for name, value in values.items():
        setattr(found, name, value)
    if password or is_other or not found.host:
        found.password = sealed.seal(session, password)
    if sms_url.strip():
        found.sms_url = sealed.seal(session, _sms_url(sms_url.strip()))
    found.tracks = tracks
    found.problem = found.problem_at = None
    session.add(found)
    session.flush()
    audit.record(
        session,
        actor,
        "mail_server.changed",
        has_host=int(bool(found.host)),
        has_sms=int(bool(found.sms_url)),
        tracks=int(tracks),
    )
    return found


def forget_sms(session: Session, actor: Actor) -> None:
    """Text messages go out no more. Raises NotPermitted."""
    actor.require(Permission.SETTINGS)
    found = current(session)
    found.sms_url = ""
    session.add(found)
    session.flush()
    audit.record(session, actor, "mail_server.changed", has_sms=0)


def account(session: Session, server: MailServer) -> Account:
    """Raises Conflict when the password cannot be read."""
    return Account(
        server.host,
        server.port,
        Security(server.security),
        server.username,
        sealed.unseal(session, server.password),
        server.from_address,
    )


def tell(session: Session, problem: Text | None) -> None:
    """Keeps why nothing goes out, for the settings and the outbox to show; None: it does again."""
    found = current(session)
    kept = None if problem is None else problem.to_json()
    if found.problem != kept:
        found.problem, found.problem_at = kept, None if problem is None else now()
        session.add(found)
        session.flush()


def _checked(session: Session, typed: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, most in _LENGTHS.items():
        value = typed.get(name, "").replace("\r\n", "\n").strip()
        if len(value) > most or (name != "imprint" and "\n" in value):
            raise Invalid(text("At most {most} characters on one line.", most=most), name)
        values[name] = value
    check_host(values["host"], "host")
    for name in ("from_address", "reply_to"):
        if values[name]:
            try:
                norm_of(session, Channel.EMAIL, values[name])
            except Invalid as error:
                raise Invalid(error.message, name) from error
    if values["host"] and not values["from_address"]:
        raise Invalid(text("Please type the address messages come from."), "from_address")
    try:
        values["security"] = Security(typed.get("security", ""))
    except ValueError as error:
        raise Invalid(text("Please choose one of the list."), "security") from error
    values["port"] = number(typed.get("port", ""), "port", 65_535)
    values["per_minute"] = number(typed.get("per_minute", ""), "per_minute", LIMIT)
    return values


def check_host(host: str, field: str) -> None:
    """Raises Invalid(field) for what is more than a name."""
    if any(sign.isspace() or sign in "/@" for sign in host):
        raise Invalid(text("Only the name of the server, such as mail.example.org."), field)


def number(typed: str, field: str, most: int) -> int:
    """A number from 1 to `most`. Raises Invalid(field)."""
    digits = typed.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 6 and 0 < int(digits) <= most):
        raise Invalid(text("Please type a number from 1 to {most}.", most=most), field)
    return int(digits)


def _sms_url(url: str) -> str:
    if "{to}" not in url or "://" not in url or len(url) > 1000:
        raise Invalid(text("An address of a service as in the example, with {to} where the number goes."), "sms_url")
    import apprise  # the libraries behind it: for installations that send text messages

    if not apprise.Apprise().add(url.replace("{to}", "491700000000")):
        raise Invalid(text("There is no service that this address belongs to. Look at the list of Apprise."), "sms_url")
    return url
