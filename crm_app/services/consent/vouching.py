"""What other systems of the house say of somebody's consent: a proof from elsewhere, or that they withdrew.

Like a file, they add "imported" where nothing stands, and lower; nobody is raised further or brought back by them
(decision 0010).
"""

from datetime import datetime

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Channel, Consent, ConsentSource, ConsentState, Permission
from crm_app.models.base import now
from crm_app.services import audit, database
from crm_app.services.actor import Actor
from crm_app.services.consent import ledger, suppression
from crm_app.services.consent.addresses import norm_of
from crm_app.services.consent.ledger import Proof
from crm_app.services.consent.standing import standings
from crm_app.services.errors import Invalid


def vouch(
    session: Session,
    actor: Actor,
    channel: Channel,
    address: str,
    *,
    proof: Proof,
    at: datetime,
    contact_number: int | None = None,
) -> tuple[ConsentState, bool]:
    """Writes "imported" with its proof where nothing stands. Where the address stands then, and whether it was written.

    Raises NotPermitted; Invalid for no address, a proof without text or place, a moment to come; Conflict without the
    right secret key.
    """
    actor.require(Permission.CONTACTS_EDIT)
    if not (proof.text.strip() or proof.source_name.strip()):
        raise Invalid(text("Say what was agreed to, or where: without a proof this is no consent."), "text")
    if at > now():
        raise Invalid(text("This moment lies in the future."), "at")
    norm = norm_of(session, channel, address)
    database.one_at_a_time(session, f"consent {channel} {norm}")
    if suppression.reasons(session, [(channel, norm)]):
        return ConsentState.REVOKED, False
    state = standings(session, channel, [norm])[norm].state
    if state is not ConsentState.NONE:
        return state, False
    entry = Consent(
        channel=channel,
        address=address.strip(),
        norm=norm,
        contact_number=contact_number,
        state=ConsentState.IMPORTED,
        at=at,
        source=ConsentSource.API,
        source_name=proof.source_name[:255],
        ip=proof.ip,
        user_id=actor.user_id,
        text=proof.text,
        text_version=proof.text_version,
        reason=proof.reason.strip(),
    )
    session.add(entry)
    session.flush()
    audit.record(
        session, actor, "consent.imported", consent=entry.id or 0, contact=contact_number or 0, channel=channel
    )
    return ConsentState.IMPORTED, True


def revoke(
    session: Session,
    actor: Actor,
    channel: Channel,
    address: str,
    *,
    proof: Proof,
    at: datetime,
    contact_number: int | None = None,
) -> tuple[ConsentState, bool]:
    """The person withdrew there: nothing is sent to the address any more. Again: nothing.

    Raises NotPermitted; Invalid for no address or a moment to come; Conflict without the right secret key.
    """
    actor.require(Permission.CONTACTS_EDIT)
    norm = norm_of(session, channel, address)
    database.one_at_a_time(session, f"consent {channel} {norm}")
    if standings(session, channel, [norm])[norm].state is ConsentState.REVOKED:
        return ConsentState.REVOKED, False
    ledger.record(
        session,
        actor,
        channel,
        address,
        ConsentState.REVOKED,
        source=ConsentSource.API,
        proof=proof,
        at=at,
        contact_number=contact_number,
    )
    return ConsentState.REVOKED, True
