"""Links in messages: to agree, to opt out, to choose. The token is the key; the database knows its SHA-256 only."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from crm_app.locales import text
from crm_app.models import (
    Channel,
    ConsentLink,
    ConsentSource,
    ConsentState,
    Contact,
    ContactPoint,
    LinkUse,
    PointKind,
)
from crm_app.models.base import now
from crm_app.services import links
from crm_app.services.actor import SYSTEM
from crm_app.services.consent import groups, ledger
from crm_app.services.consent.ledger import Proof
from crm_app.services.errors import NotFound
from crm_app.services.sessions import hash_of

CONFIRM_DAYS = timedelta(days=30)
PAGE = "link in a message"  # what the ledger says of where it was agreed to
_BYTES = 24
_NO_LINK = text("This link does not work any more. Ask for a new message.")


def confirming(
    session: Session,
    channel: Channel,
    address: str,
    norm: str,
    *,
    contact: Contact | None,
    group_id: int | None,
    language: str,
    agreed: str,
    version: str,
) -> str:
    """The token of a link that confirms once that the address may be written to; earlier ones stop working."""
    kept = update(ConsentLink).where(
        col(ConsentLink.use) == LinkUse.CONFIRM,
        col(ConsentLink.channel) == channel,
        col(ConsentLink.norm) == norm,
        col(ConsentLink.group_id).is_(None) if group_id is None else col(ConsentLink.group_id) == group_id,
        col(ConsentLink.used_at).is_(None),
    )
    session.execute(kept.values(expires_at=now()))
    return _make(
        session,
        ConsentLink(
            token_hash="",
            use=LinkUse.CONFIRM,
            channel=channel,
            address=address,
            norm=norm,
            group_id=group_id,
            contact_number=contact.number if contact else None,
            language=language,
            text=agreed,
            text_version=version,
            expires_at=now() + CONFIRM_DAYS,
        ),
    )


def choosing(
    session: Session,
    channel: Channel,
    address: str,
    norm: str,
    *,
    contact: Contact | None,
    group_id: int | None,
    language: str,
) -> str:
    """The token of a message's way out and of the page to choose on; it works as long as the message is kept."""
    return _make(
        session,
        ConsentLink(
            token_hash="",
            use=LinkUse.PREFERENCES,
            channel=channel,
            address=address,
            norm=norm,
            group_id=group_id,
            contact_number=contact.number if contact else None,
            language=language,
        ),
    )


def find(session: Session, token: str, use: LinkUse) -> ConsentLink:
    """What the link leads to; nothing is changed or used up. Raises NotFound."""
    query = select(ConsentLink).where(ConsentLink.token_hash == hash_of(token), ConsentLink.use == use)
    found = session.exec(query).first()
    if found is None or not found.norm:
        raise dead()
    return found


def is_over(link: ConsentLink, at: datetime | None = None) -> bool:
    return link.expires_at is not None and link.expires_at <= (at or now())


def dead() -> NotFound:
    """What a link that does not work is answered with."""
    return NotFound(_NO_LINK)


def confirm(session: Session, token: str, *, ip: str, at: datetime | None = None) -> ConsentLink:
    """The person agrees: of any number of uses one counts. Raises NotFound for a used, expired or unknown link."""
    at = at or now()
    found = find(session, token, LinkUse.CONFIRM)
    marked = session.execute(
        update(ConsentLink)
        .where(
            col(ConsentLink.token_hash) == found.token_hash,
            col(ConsentLink.used_at).is_(None),
            col(ConsentLink.expires_at) > at,
        )
        .values(used_at=at)
    )
    if marked.rowcount != 1:  # type: ignore[attr-defined]
        raise dead()
    _record(session, found, ConsentState.CONFIRMED, found.group_id, ip, found.text, found.text_version)
    return found


def opt_out(session: Session, token: str, *, ip: str, of_all: bool = False) -> ConsentLink:
    """The person wants no more of what the message belonged to, or nothing at all; a second time changes nothing.

    Raises NotFound.
    """
    found = find(session, token, LinkUse.PREFERENCES)
    group_id = None if of_all else found.group_id
    # Without a group it is about all of them: one that was chosen after an earlier refusal goes too.
    concerned = [group_id] if group_id is not None else [None, *(one.id for one in groups.listing(session))]
    channel = Channel(found.channel)
    if any(ledger.state_of(session, channel, found.address, one) is not ConsentState.REVOKED for one in concerned):
        _record(session, found, ConsentState.REVOKED, group_id, ip)
    return found


def choose(
    session: Session, token: str, wanted: dict[int | None, bool], *, ip: str, agreed: str, version: str
) -> ConsentLink:
    """What the person wants to get: by group, None = everything that belongs to none. Only what differs is recorded.

    Who opens the link has the mailbox, so a yes here is a confirmation. Raises NotFound.
    """
    found = find(session, token, LinkUse.PREFERENCES)
    channel = Channel(found.channel)
    # What is said without a group holds for all of them, so it comes first and is not said again for each.
    for group_id, is_wanted in sorted(wanted.items(), key=lambda one: one[0] or 0):
        is_mailable = ledger.is_mailable(session, channel, found.address, group_id)
        if is_wanted and not is_mailable:
            _record(session, found, ConsentState.CONFIRMED, group_id, ip, agreed, version)
        elif not is_wanted and ledger.state_of(session, channel, found.address, group_id) is not ConsentState.REVOKED:
            _record(session, found, ConsentState.REVOKED, group_id, ip)
    return found


def further(session: Session, link: ConsentLink) -> dict[Channel, list[str]]:
    """Numbers of the same contact that may be written to or called now: the way out is there for them too."""
    contact = _contact(session, link)
    found: dict[Channel, list[str]] = {}
    if contact is None:
        return found
    points = select(ContactPoint.value).where(
        ContactPoint.contact_id == contact.id, ContactPoint.kind == PointKind.PHONE
    )
    for value in session.exec(points.order_by(col(ContactPoint.id))):
        for channel in (Channel.SMS, Channel.PHONE):
            if ledger.is_mailable(session, channel, value):
                found.setdefault(channel, []).append(value)
    return found


def withdraw(session: Session, token: str, channels: Collection[Channel], *, ip: str) -> None:
    """On these channels the contact's numbers are used no more. A mailbox proves no phone: no yes is taken here.

    Raises NotFound.
    """
    link = find(session, token, LinkUse.PREFERENCES)
    for channel, values in further(session, link).items():
        for value in values if channel in channels else ():
            ledger.record(
                session,
                SYSTEM,
                channel,
                value,
                ConsentState.REVOKED,
                source=ConsentSource.FORM,
                proof=Proof(source_name=PAGE, ip=ip),
                contact_number=link.contact_number,
            )


def _contact(session: Session, link: ConsentLink) -> Contact | None:
    """Whose message it came with, while they have this address still."""
    if link.contact_number is None:
        return None
    query = (
        select(Contact)
        .join(ContactPoint, col(ContactPoint.contact_id) == col(Contact.id))
        .where(Contact.number == link.contact_number, ContactPoint.norm == link.norm, col(Contact.trashed_at).is_(None))
    )
    return session.exec(query.limit(1)).first()


def address_of(path: str, token: str) -> str:
    """The link itself, from the configured address of this CRM."""
    return links.base_url() + path.format(token=token)


def _record(
    session: Session,
    link: ConsentLink,
    state: ConsentState,
    group_id: int | None,
    ip: str,
    agreed: str = "",
    version: str = "",
) -> None:
    ledger.record(
        session,
        SYSTEM,
        Channel(link.channel),
        link.address,
        state,
        source=ConsentSource.FORM,
        proof=Proof(text=agreed, text_version=version, source_name=PAGE, ip=ip),
        group_id=group_id,
        contact_number=link.contact_number,
    )


def _make(session: Session, link: ConsentLink) -> str:
    token = secrets.token_hex(_BYTES)  # no sign in it that a text could take for something else
    link.token_hash = hash_of(token)
    session.add(link)
    session.flush()
    return token
