"""Rows with addresses that are suppressed: told where they are never written to, left out where they were erased."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from crm_app.locales import text
from crm_app.models import Channel, SuppressionReason
from crm_app.services.consent import suppression
from crm_app.services.consent.suppression import Address
from crm_app.services.imports.layout import Layout

ERASED = text("Erased on request. Only the person can come back, or somebody who may lift it.")
SUPPRESSED = text("This address does not want to be written to: it gets no newsletter, whatever the file says.")

_CHANNELS = {"email": (Channel.EMAIL,), "phone": (Channel.PHONE, Channel.SMS), "mobile": (Channel.PHONE, Channel.SMS)}


@dataclass(slots=True)
class Screened:
    """By place in the chunk: rows that are left out, and fields with an address that is never written to."""

    erased: set[int] = field(default_factory=set)
    suppressed: list[tuple[int, str]] = field(default_factory=list)


def screened(session: Session, layout: Layout, norms: Sequence[Sequence[str | None]]) -> Screened:
    """Looks through a chunk of rows in one query; in none when nothing is suppressed.

    Raises Conflict without the right secret key.
    """
    found = Screened()
    fields = [(place, name, _CHANNELS[name]) for place, name in enumerate(layout.points) if name in _CHANNELS]
    if not fields or not suppression.is_any(session):
        return found
    asked: dict[Address, None] = {}
    for row in norms:
        for place, _, channels in fields:
            if norm := row[place]:
                asked.update(((channel, norm), None) for channel in channels)
    reasons = suppression.reasons(session, list(asked))
    if not reasons:
        return found
    for number, row in enumerate(norms):
        for place, name, channels in fields:
            why = {reason for channel in channels for reason in reasons.get((channel, row[place] or ""), ())}
            if SuppressionReason.ERASED in why:
                found.erased.add(number)
            elif why:
                found.suppressed.append((number, name))
    return found
