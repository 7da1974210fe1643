"""Whether an address may get a message: asked when a campaign is prepared, and again right before each one leaves."""

from collections.abc import Sequence

from sqlmodel import Session

from crm_app.locales import Text, text
from crm_app.models import Channel, Contact, LeftOut, Message, MessageKind, MessageTemplate, SuppressionReason
from crm_app.services.consent import ledger, suppression
from crm_app.services.consent.addresses import reached
from crm_app.services.consent.standing import NOTHING, standings

REASONS: dict[LeftOut, Text] = {
    LeftOut.NO_CONSENT: text("did not agree to it"),
    LeftOut.SUPPRESSED: text("must not be written to: left, bounced or erased"),
    LeftOut.INACTIVE: text("inactive"),
    LeftOut.NO_ADDRESS: text("no address"),
    LeftOut.OTHER_ADDRESS: text("has another address by now"),
    LeftOut.SAME_ADDRESS: text("same address as another contact, which gets it"),
    LeftOut.GONE: text("in the trash"),
}
# Its own action lifts these: somebody who left, or was erased, asks to be written to again.
_LIFTED_BY_THE_PERSON = {SuppressionReason.REVOKED, SuppressionReason.ERASED}


def hindrances(
    session: Session, channel: Channel, norms: Sequence[str], *, asks_consent: bool, group_id: int | None = None
) -> dict[str, LeftOut]:
    """Why each of the normalised addresses may not get a message; those that may are left out. A few queries for all.

    Raises Conflict without the right secret key.
    """
    found: dict[str, LeftOut] = {}
    if asks_consent:
        takes_imported = ledger.is_imported_mailable(session)
        known = standings(session, channel, norms, group_id)
        for norm in norms:
            if not known.get(norm, NOTHING).agrees(takes_imported=takes_imported):
                found[norm] = LeftOut.NO_CONSENT
    for _, norm in suppression.reasons(session, [(channel, norm) for norm in norms]):
        found[norm] = LeftOut.SUPPRESSED
    return found


def hindrance(session: Session, message: Message, *, asks_consent: bool) -> LeftOut | None:
    """The same for one message. An invitation somebody asked for themselves reaches them whatever they said before."""
    channel, norm = Channel(message.channel), message.norm
    if message.kind == MessageKind.INVITATION:
        reasons = suppression.reasons(session, [(channel, norm)]).get((channel, norm), set())
        own = message.author_id is None and message.text_id is None
        return LeftOut.SUPPRESSED if reasons - (_LIFTED_BY_THE_PERSON if own else set()) else None
    found = hindrances(session, channel, [norm], asks_consent=asks_consent, group_id=message.group_id)
    return found.get(norm)


def why_not(session: Session, contact: Contact, template: MessageTemplate) -> LeftOut | None:
    """Why the contact may not get this template now. Raises Conflict without the right secret key."""
    if not contact.active:
        return LeftOut.INACTIVE
    channel = Channel(template.channel)
    _, norm = reached(session, contact, channel)
    if not norm:
        return LeftOut.NO_ADDRESS
    return hindrances(session, channel, [norm], asks_consent=template.is_newsletter).get(norm)
