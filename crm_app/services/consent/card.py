"""Where the addresses of one contact stand, for its card, and what is done about it by hand."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from crm_app.locales import text
from crm_app.models import (
    Activity,
    ActivityKind,
    Channel,
    Consent,
    ConsentState,
    Contact,
    ContactPoint,
    Permission,
    SuppressionReason,
    Tag,
    User,
)
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.consent import groups, ledger, suppression
from crm_app.services.consent.addresses import POINT_OF
from crm_app.services.consent.ledger import Proof
from crm_app.services.consent.standing import folded
from crm_app.services.errors import Invalid, NotFound

REASON_LENGTH = 500
_MOBILE = "mobile"


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest entry of one state. `who` is the user, `has_proof`: there is a text, a reason or an address."""

    id: int
    at: datetime
    source: str
    source_name: str
    who: str
    text_version: str
    has_proof: bool


@dataclass(frozen=True, slots=True)
class Line:
    """An address on a channel, for everything sent there or for one group. `marks` are its own entries by state."""

    channel: Channel
    address: str
    norm: str
    group_id: int | None = None
    group: str = ""
    is_primary: bool = True
    state: ConsentState = ConsentState.NONE
    is_mailable: bool = False
    marks: dict[ConsentState, Mark] = field(default_factory=dict)
    suppressed: tuple[SuppressionReason, ...] = ()


def lines(session: Session, contact: Contact) -> list[Line]:
    """One line for each address and channel, those of groups of which something is known behind it.

    Of a contact that was fetched through `cards.get`; a few queries for all of it. Raises Conflict without the right
    secret key.
    """
    addresses = _addresses(session, contact)
    entries = _entries(session, addresses)
    known = {tag.id: tag.name for tag in session.exec(select(Tag)).all()} if any(key[2] for key in entries) else {}
    suppressed = suppression.reasons(session, [(channel, norm) for channel, _, norm, _ in addresses])
    takes_imported = ledger.is_imported_mailable(session)
    found = []
    for channel, address, norm, is_primary in addresses:
        of_all = entries.get((channel, norm, None), [])
        of_groups = [group_id for one, its_norm, group_id in entries if (one, its_norm) == (channel, norm) and group_id]
        for group_id in (None, *sorted(set(of_groups), key=lambda id_: known.get(id_, ""))):
            own = of_all if group_id is None else entries[channel, norm, group_id]
            counted = sorted({entry.id or 0: entry for entry, _ in (*of_all, *own)}.items())
            standing = folded(ConsentState(entry.state) for _, entry in counted)
            reasons = tuple(sorted(suppressed.get((channel, norm), ())))
            found.append(
                Line(
                    channel=channel,
                    address=address,
                    norm=norm,
                    group_id=group_id,
                    group=known.get(group_id, f"#{group_id}") if group_id else "",
                    is_primary=is_primary,
                    state=standing.state,
                    is_mailable=standing.agrees(takes_imported=takes_imported) and not reasons,
                    marks={ConsentState(entry.state): _mark(entry, who) for entry, who in own},
                    suppressed=reasons,
                )
            )
    return found


def of_main_email(session: Session, contact: Contact) -> Line | None:
    """The line of the contact's main e-mail for everything; None without one. Raises like `lines`."""
    found = (one for one in lines(session, contact) if one.channel is Channel.EMAIL and one.group_id is None)
    return next((one for one in found if one.is_primary), None)


def confirm(
    session: Session,
    actor: Actor,
    contact: Contact,
    channel: Channel,
    norm: str,
    *,
    reason: str,
    at: datetime | None = None,
    group_id: int | None = None,
) -> Consent:
    """Records that the person agreed. Raises like `ledger.record`; NotFound for an address that is not the contact's
    and for what is no group."""
    actor.require(Permission.CONSENT)
    address = _own(session, contact, channel, norm)
    if group_id is not None:
        groups.get(session, group_id)
    clean = _clean(reason)
    return ledger.record(
        session,
        actor,
        channel,
        address,
        ConsentState.CONFIRMED,
        proof=Proof(reason=clean),
        at=at,
        group_id=group_id,
        contact_number=contact.number,
    )


def revoke(
    session: Session, actor: Actor, contact: Contact, channel: Channel, norm: str, *, group_id: int | None = None
) -> Consent | None:
    """Nothing is sent there from now on; None when it is revoked already. Raises like `ledger.record`; NotFound."""
    actor.require(Permission.CONTACTS_EDIT)
    address = _own(session, contact, channel, norm)
    if ledger.state_of(session, channel, address, group_id) is ConsentState.REVOKED:
        return None
    return ledger.record(
        session, actor, channel, address, ConsentState.REVOKED, group_id=group_id, contact_number=contact.number
    )


def lift(session: Session, actor: Actor, contact: Contact, channel: Channel, norm: str, reason: str) -> int:
    """Lets the address be written to again where it bounced, complained or was erased; how many entries went.

    What was revoked stays so: only a confirmation gets over that. Raises NotPermitted; NotFound for an address that is
    not the contact's; Invalid ("reason") without one; Conflict without the right secret key.
    """
    actor.require(Permission.CONSENT)
    address, why = _own(session, contact, channel, norm), _clean(reason)
    if not why:
        raise Invalid(text("Please say why this address may be written to again."), "reason")
    taken = 0
    for one in LIFTABLE:
        taken += suppression.lift(session, actor, channel, address, one)
    if taken:
        data = {"channel": channel.value, "reason": why}
        session.add(
            Activity(contact_id=contact.id or 0, kind=ActivityKind.UNSUPPRESSED, user_id=actor.user_id, data=data)
        )
        session.flush()
    return taken


LIFTABLE = (SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED, SuppressionReason.ERASED)


def proof(session: Session, contact: Contact, consent_id: int) -> tuple[Consent, str]:
    """An entry of the ledger about one of the contact's addresses, and who wrote it. Raises NotFound."""
    keys = {(channel.value, norm) for channel, _, norm, _ in _addresses(session, contact)}
    query = select(Consent, User.name).join(User, col(User.id) == col(Consent.user_id), isouter=True)
    found = session.exec(query.where(Consent.id == consent_id)).first()
    if found is None or (found[0].channel, found[0].norm) not in keys:
        raise NotFound(text("There is no such entry."))
    return found[0], found[1] or ""


def _addresses(session: Session, contact: Contact) -> list[tuple[Channel, str, str, bool]]:
    """The contact's addresses by channel, the main ones first. Short messages go to mobiles where there is one."""
    query = select(ContactPoint).where(ContactPoint.contact_id == contact.id)
    points = sorted(session.exec(query).all(), key=lambda one: (not one.primary, one.label != _MOBILE, one.id or 0))
    has_mobile = any(one.label == _MOBILE for one in points)
    found: dict[tuple[Channel, str], tuple[Channel, str, str, bool]] = {}
    for channel, kind in POINT_OF.items():
        for one in points:
            if one.kind != kind or (channel is Channel.SMS and has_mobile and one.label != _MOBILE):
                continue
            found.setdefault((channel, one.norm), (channel, one.value, one.norm, one.primary))
    return list(found.values())


_Key = tuple[Channel, str, int | None]


def _entries(
    session: Session, addresses: Iterable[tuple[Channel, str, str, bool]]
) -> dict[_Key, list[tuple[Consent, str]]]:
    wanted = {(channel, norm) for channel, _, norm, _ in addresses}
    query = (
        select(Consent, User.name)
        .join(User, col(User.id) == col(Consent.user_id), isouter=True)
        .where(col(Consent.channel).in_(list(Channel)), among(session, col(Consent.norm), [norm for _, norm in wanted]))
        .order_by(col(Consent.id))
    )
    found: dict[_Key, list[tuple[Consent, str]]] = {}
    for entry, who in session.exec(query) if wanted else ():
        if (channel := Channel(entry.channel), entry.norm) in wanted:
            found.setdefault((channel, entry.norm, entry.group_id), []).append((entry, who or ""))
    return found


def _mark(entry: Consent, who: str) -> Mark:
    has_proof = bool(entry.text or entry.reason or entry.ip or entry.import_id)
    return Mark(entry.id or 0, entry.at, entry.source, entry.source_name, who, entry.text_version, has_proof)


def _own(session: Session, contact: Contact, channel: Channel, norm: str) -> str:
    """The address as the contact has it. Raises NotFound."""
    for one, address, its_norm, _ in _addresses(session, contact):
        if one is channel and its_norm == norm:
            return address
    raise NotFound(text("This contact does not have this address any more."))


def _clean(reason: str) -> str:
    clean = " ".join("".join(sign if sign.isprintable() else " " for sign in reason).split())
    if len(clean) > REASON_LENGTH:
        raise Invalid(text("At most {most} characters, please.", most=REASON_LENGTH), "reason")
    return clean
