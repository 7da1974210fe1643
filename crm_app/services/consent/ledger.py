"""The ledger of consents: what is written into it, by whom, and what follows from it.

Files come in through `services/imports/consent_guard.py`; everything else through `record`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from crm_app.locales import text
from crm_app.models import (
    Channel,
    Consent,
    ConsentPolicy,
    ConsentSource,
    ConsentState,
    Permission,
    SuppressionReason,
)
from crm_app.models.base import now
from crm_app.services import audit
from crm_app.services.actor import Actor
from crm_app.services.consent import suppression
from crm_app.services.consent.addresses import norm_of
from crm_app.services.consent.standing import NOTHING, Standing, standings
from crm_app.services.errors import Conflict, Invalid, NotPermitted

_RECORDABLE = (ConsentState.SENT, ConsentState.CONFIRMED, ConsentState.REVOKED)


@dataclass(frozen=True, slots=True)
class Proof:
    """What an entry is evidence with: the exact text and its version, where it was agreed to, and why by hand."""

    text: str = ""
    text_version: str = ""
    source_name: str = ""  # which form
    ip: str = ""
    reason: str = ""


def record(
    session: Session,
    actor: Actor,
    channel: Channel,
    address: str,
    state: ConsentState,
    *,
    source: ConsentSource = ConsentSource.USER,
    proof: Proof | None = None,
    at: datetime | None = None,
    group_id: int | None = None,
    contact_number: int | None = None,
) -> Consent:
    """Writes what happened to the consent of an address: an invitation sent, a confirmation, a revocation.

    A revocation suppresses the address, a confirmation lifts that again. `source` FORM is the person's own action and
    can only be recorded by the system. A user who records a confirmation needs the permission and a reason, and one
    given before a revocation does not get over it. A revoked address takes no invitation from a user.
    Raises NotPermitted; Invalid(field) for no address, a missing reason, another state or a moment to come; Conflict.
    """
    proof, at = proof or Proof(), at or now()
    _check(actor, state, source, proof, at)
    norm = norm_of(session, channel, address)
    if source is ConsentSource.USER:
        _refuse_revoked(session, channel, norm, state, at, group_id)
    entry = Consent(
        channel=channel,
        address=address.strip(),
        norm=norm,
        group_id=group_id,
        contact_number=contact_number,
        state=state,
        at=at,
        source=source,
        source_name=proof.source_name,
        ip=proof.ip,
        user_id=actor.user_id,
        text=proof.text,
        text_version=proof.text_version,
        reason=proof.reason.strip(),
    )
    session.add(entry)
    session.flush()
    if state is ConsentState.REVOKED and group_id is None:
        suppression.add(session, [(channel, norm)], SuppressionReason.REVOKED, at)
    elif state is ConsentState.CONFIRMED:
        own = source is ConsentSource.FORM
        suppression.remove(session, (channel, norm), () if own else (SuppressionReason.REVOKED,))
    about = {"consent": entry.id or 0, "contact": contact_number or 0, "channel": channel.value}
    audit.record(session, actor, f"consent.{state}", ip=proof.ip, **about)
    return entry


def _check(actor: Actor, state: ConsentState, source: ConsentSource, proof: Proof, at: datetime) -> None:
    if state not in _RECORDABLE or source is ConsentSource.IMPORT:
        raise Invalid(text("This cannot be recorded by hand."), "state")
    if at > now():
        raise Invalid(text("This moment lies in the future."), "at")
    if source is ConsentSource.FORM:
        if actor.user_id is not None:
            raise NotPermitted(text("Only the person can do this. Record it with a reason instead."))
        return
    actor.require(Permission.CONTACTS_EDIT)
    if state is ConsentState.CONFIRMED:
        actor.require(Permission.CONSENT)
        if not proof.reason.strip():
            raise Invalid(text("Please say how this person agreed: when, where and to whom."), "reason")


def _refuse_revoked(
    session: Session, channel: Channel, norm: str, state: ConsentState, at: datetime, group_id: int | None
) -> None:
    is_revoked = standings(session, channel, [norm], group_id)[norm].state is ConsentState.REVOKED
    if state is ConsentState.SENT and (is_revoked or suppression.reasons(session, [(channel, norm)])):
        raise Conflict(text("This address does not want to be written to. Only the person can change that."))
    if state is ConsentState.CONFIRMED and is_revoked and at <= _last_revoked(session, channel, norm, group_id):
        raise Invalid(text("The person revoked it later than that. Only a newer consent counts."), "at")


def _last_revoked(session: Session, channel: Channel, norm: str, group_id: int | None) -> datetime:
    of_group: ColumnElement[bool] = col(Consent.group_id).is_(None)
    if group_id is not None:
        of_group = or_(of_group, col(Consent.group_id) == group_id)
    query = select(Consent.at).where(
        Consent.channel == channel, Consent.norm == norm, Consent.state == ConsentState.REVOKED, of_group
    )
    return max(session.exec(query).all())


def state_of(session: Session, channel: Channel, address: str, group_id: int | None = None) -> ConsentState:
    """Where an address stands. Raises Invalid when it is no address of the channel."""
    return _standing(session, channel, norm_of(session, channel, address), group_id).state


def is_mailable(session: Session, channel: Channel, address: str, group_id: int | None = None) -> bool:
    """Whether the address may be written to: confirmed, or imported where this installation takes that for enough,
    and never a suppressed one. Raises Invalid when it is no address, Conflict without the right secret key."""
    norm = norm_of(session, channel, address)
    if suppression.reasons(session, [(channel, norm)]):
        return False
    standing = _standing(session, channel, norm, group_id)
    return standing.agrees(takes_imported=is_imported_mailable(session))


def _standing(session: Session, channel: Channel, norm: str, group_id: int | None) -> Standing:
    return standings(session, channel, [norm], group_id).get(norm, NOTHING)


def is_imported_mailable(session: Session) -> bool:
    """Whether this installation writes to addresses whose consent a file vouched for; no, unless it was decided."""
    policy = session.get(ConsentPolicy, 1)
    return policy is not None and policy.imported_is_mailable


def set_imported_mailable(session: Session, actor: Actor, value: bool) -> None:
    """Decides that. Raises NotPermitted."""
    actor.require(Permission.SETTINGS)
    policy = session.get(ConsentPolicy, 1) or ConsentPolicy()
    if policy.imported_is_mailable is value:
        return
    policy.imported_is_mailable = value
    session.add(policy)
    audit.record(session, actor, "consent.policy", imported_is_mailable=int(value))
