"""Contacts that rows of the preview probably are, as finished text."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from crm_app import locales, routes
from crm_app.models import Import, Outcome
from crm_app.services import database
from crm_app.services.actor import Actor
from crm_app.services.imports import probably_known, uploads
from crm_app.services.imports.preview import PreviewRow
from crm_app.services.imports.probably_known import Offer


@dataclass
class KnownLine:
    """One contact that a row probably is."""

    number: str
    name: str
    url: str
    why: str  # score and reasons


async def known_lines(actor: Actor, found: Import, rows: Sequence[PreviewRow]) -> dict[int, list[KnownLine]]:
    """By row, of those that would be new contacts and of which nobody has said who they are."""
    open_ = [row.row for row in rows if row.outcome is Outcome.CREATE and not row.chosen]
    offers = await asyncio.to_thread(_offers, actor, found, open_) if open_ else {}
    return {row: [_line(offer, actor.language) for offer in ones] for row, ones in offers.items()}


def _offers(actor: Actor, found: Import, rows: list[int]) -> dict[int, list[Offer]]:
    with database.reading() as session:
        return probably_known.contacts(session, actor, uploads.place_of(found), rows)


def _line(offer: Offer, language: str) -> KnownLine:
    match = offer.match
    return KnownLine(
        number=str(match.number),
        name=f"#{match.number} {match.name}",
        url=routes.contact(match.number),
        why=" · ".join([f"{offer.score} %", *(locales.render(reason, language) for reason in offer.reasons)]),
    )
