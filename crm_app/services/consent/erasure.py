"""The one way in which anything of the ledger may be blanked: on request of the person, and then for good."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from crm_app.models import Consent, ConsentErasure, Permission, SuppressionReason
from crm_app.services import audit
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.consent import suppression
from crm_app.services.consent.suppression import Address

BLANK = {"address": "", "norm": "", "contact_number": None, "ip": "", "source_name": "", "reason": ""}

WITHOUT_CONTACT = {name: value for name, value in BLANK.items() if name not in ("address", "norm")}


def blank(session: Session, actor: Actor, addresses: Sequence[Address], numbers: Sequence[int] = ()) -> int:
    """Blanks who it was in every entry of these addresses, and suppresses them as erased; how many entries there were.

    Entries that name the contacts of `numbers` with an address that others share forget the contact alone: what was
    refused for that address still holds for the others. State, moments and text of the entries stay.
    Raises NotPermitted, Conflict without the right secret key.
    """
    actor.require(Permission.CONTACTS_ERASE)
    suppression.add(session, addresses, SuppressionReason.ERASED)
    ids: set[int] = set()
    for channel, norm in addresses:
        found = session.exec(select(Consent.id).where(Consent.channel == channel, Consent.norm == norm))
        ids.update(id_ for id_ in found if id_ is not None)
    named = session.exec(select(Consent.id).where(col(Consent.contact_number).in_(list(numbers))))
    shared = {id_ for id_ in named if id_ is not None} - ids
    _blank(session, sorted(ids), BLANK)
    _blank(session, sorted(shared), WITHOUT_CONTACT)
    audit.record(session, actor, "consent.erase", entries=len(ids) + len(shared))
    return len(ids) + len(shared)


def blank_entries(session: Session, ids: Sequence[int]) -> None:
    """Blanks entries by id, for callers who bring an erasure over from another database."""
    _blank(session, ids, BLANK)


def _blank(session: Session, ids: Sequence[int], values: Mapping[str, Any]) -> None:
    if not ids:
        return
    session.flush()
    session.execute(insert(ConsentErasure), [{"consent_id": id_} for id_ in ids])
    statement = update(Consent).where(among(session, col(Consent.id), ids)).values(**values)
    session.execute(statement.execution_options(synchronize_session=False))
    session.execute(delete(ConsentErasure))
    session.expire_all()
