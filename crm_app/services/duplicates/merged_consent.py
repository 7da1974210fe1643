"""Consent of contacts that become one: the strictest wins, and nothing is ever raised.

The ledger is kept by address, and the addresses stay: what was confirmed or imported for one of them says nothing for
another. But a person who revoked under one of her addresses did so for all of them, and who is suppressed stays so.
"""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from crm_app.models import Channel, Consent, ConsentSource, ConsentState, SuppressionReason
from crm_app.models.base import now
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.consent import suppression
from crm_app.services.consent.standing import standings

Address = tuple[str, str]  # as given, normalised
# A bounce is about the address; these are about the person.
_PERSONAL = {SuppressionReason.REVOKED, SuppressionReason.COMPLAINED, SuppressionReason.ERASED}


def lower(
    session: Session, actor: Actor, channel: Channel, addresses: Sequence[Address], number: int, merge_id: int
) -> int:
    """Revokes for every address of the merged contact what was revoked for one; how many entries were written.

    Raises Conflict without the right secret key.
    """
    norms = list(dict.fromkeys(norm for _, norm in addresses))
    if len(norms) < 2:
        return 0
    known = suppression.reasons(session, [(channel, norm) for norm in norms])
    suppressed = {norm for (_, norm), reasons in known.items() if reasons & _PERSONAL}
    written = 0
    for group_id in (None, *_groups(session, channel, norms)):
        found = standings(session, channel, norms, group_id)
        revoked = {norm for norm in norms if found[norm].state is ConsentState.REVOKED}
        if not revoked and not (group_id is None and suppressed):
            continue
        lowered = [(address, norm) for address, norm in addresses if norm not in revoked]
        fresh = {norm: address for address, norm in lowered}
        for norm, address in fresh.items():
            session.add(_entry(actor, channel, address, norm, group_id, number, merge_id))
        written += len(fresh)
        if group_id is None:
            suppression.add(session, ((channel, norm) for norm in norms), SuppressionReason.REVOKED)
    session.flush()
    return written


def _groups(session: Session, channel: Channel, norms: Sequence[str]) -> Iterable[int]:
    """The newsletter groups of which anything is known for these addresses."""
    query = select(Consent.group_id).where(Consent.channel == channel, among(session, col(Consent.norm), norms))
    return sorted({group_id for group_id in session.exec(query) if group_id is not None})


def _entry(
    actor: Actor, channel: Channel, address: str, norm: str, group_id: int | None, number: int, merge_id: int
) -> Consent:
    return Consent(
        channel=channel,
        address=address,
        norm=norm,
        group_id=group_id,
        contact_number=number,
        state=ConsentState.REVOKED,
        at=now(),
        source=ConsentSource.USER,
        source_name=f"merge:{merge_id}",
        user_id=actor.user_id,
    )
