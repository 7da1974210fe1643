"""Addresses that are never written to, in whatever spelling: keyed hashes of their normalised form, nothing else."""

import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, String, delete, func, literal
from sqlmodel import Session, col, select

from crm_app.models import Channel, Permission, Suppression, SuppressionReason
from crm_app.models.base import now
from crm_app.services import audit, database, secret_key
from crm_app.services.actor import Actor
from crm_app.services.bulk import among, moment, run
from crm_app.services.consent.addresses import norm_of

_BLOCK = 64  # bytes of SHA-256's
Address = tuple[Channel, str]  # with the normalised form

_INSERT = "INSERT INTO suppression(hash, reason, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


def suppress(session: Session, actor: Actor, channel: Channel, address: str, reason: SuppressionReason) -> None:
    """From now on the address is never written to on this channel. Again: nothing.

    Raises NotPermitted, Invalid when it is no address, Conflict without the right secret key.
    """
    actor.require(Permission.CONTACTS_EDIT)
    add(session, [(channel, norm_of(session, channel, address))], reason)
    audit.record(session, actor, "suppression.add", channel=channel.value, reason=reason.value)


def lift(
    session: Session, actor: Actor, channel: Channel, address: str, reason: SuppressionReason | None = None
) -> int:
    """Takes the suppression back, of one reason or of all; how many there were. The ledger stays as it is.

    Raises NotPermitted, Invalid when it is no address, Conflict without the right secret key.
    """
    actor.require(Permission.CONSENT)
    taken = remove(session, (channel, norm_of(session, channel, address)), list((reason and [reason]) or []))
    if taken:
        audit.record(session, actor, "suppression.lift", channel=channel.value, reason=reason or "all")
    return taken


def is_any(session: Session) -> bool:
    """Whether anything is suppressed at all."""
    return session.exec(select(Suppression.hash).limit(1)).first() is not None


def reasons(session: Session, addresses: Sequence[Address]) -> dict[Address, set[SuppressionReason]]:
    """Why each of these is suppressed; those that are not are left out. One query, none without any suppression.

    Raises Conflict without the right secret key: nobody is to be taken for not suppressed because of it.
    """
    if not addresses or not is_any(session):
        return {}
    key = secret_key.existing(session)
    by_hash = {hash_of(key, address): address for address in addresses}
    query = select(Suppression.hash, Suppression.reason).where(among(session, col(Suppression.hash), list(by_hash)))
    found: dict[Address, set[SuppressionReason]] = {}
    for hashed, reason in session.exec(query):
        found.setdefault(by_hash[hashed], set()).add(SuppressionReason(reason))
    return found


def is_suppressed(session: Session, channel: Channel, address: str) -> bool:
    """Whether this address is never to be written to. Raises like `reasons`, Invalid when it is no address."""
    return bool(reasons(session, [(channel, norm_of(session, channel, address))]))


def add(session: Session, addresses: Iterable[Address], reason: SuppressionReason, at: datetime | None = None) -> None:
    """Suppresses many at once, for callers who may. Raises Conflict without the right secret key."""
    wanted = list(dict.fromkeys(addresses))
    if wanted:
        key, when = secret_key.ensured(session), moment(at or now())
        run(session, _INSERT, [(hash_of(key, address), reason.value, when) for address in wanted])


def remove(session: Session, address: Address, only: Sequence[SuppressionReason] = ()) -> int:
    """Takes entries of one address away, all of them without `only`, for callers who may; how many there were."""
    if not is_any(session):
        return 0
    statement = delete(Suppression).where(col(Suppression.hash) == hash_of(secret_key.existing(session), address))
    if only:
        statement = statement.where(col(Suppression.reason).in_(only))
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def hash_in_sql(session: Session, key: bytes, channel: Channel, norm: Any) -> ColumnElement[str]:
    """`hash_of` over a column of normalised addresses."""
    if database.is_sqlite(session):
        return func.keyed_hash(literal(key, LargeBinary), literal(f"{channel.value}\0", String) + norm)
    padded = key.ljust(_BLOCK, b"\0")  # HMAC as RFC 2104 writes it: the database has SHA-256 alone
    inner, outer = (literal(bytes(byte ^ mark for byte in padded), LargeBinary) for mark in (0x36, 0x5C))
    message = literal(f"{channel.value}\0".encode(), LargeBinary).op("||")(func.convert_to(norm, "UTF8"))
    hashed = func.sha256(outer.op("||")(func.sha256(inner.op("||")(message))))
    return func.encode(hashed, "hex")


def hash_of(key: bytes, address: Address) -> str:
    """What the database knows of an address."""
    channel, norm = address
    return hmac.digest(key, f"{channel.value}\0{norm}".encode(), sha256).hex()
