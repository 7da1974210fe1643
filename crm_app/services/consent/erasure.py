"""The one way in which anything of the ledger may be blanked: on request of the person, and then for good."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from crm_app.models import Consent, ConsentErasure, Permission, SuppressionReason
from crm_app.services import audit
from crm_app.services.actor import Actor
from crm_app.services.bulk import among
from crm_app.services.consent import suppression
from crm_app.services.consent.suppression import Address

BLANK = {"address": "", "norm": "", "contact_number": None, "ip": "", "source_name": "", "reason": ""}


def blank(session: Session, actor: Actor, addresses: Sequence[Address]) -> int:
    """Blanks who it was in every entry of these addresses, and suppresses them as erased; how many entries there were.

    State, moments and text of the entries stay. Raises NotPermitted, Conflict without the right secret key.
    """
    actor.require(Permission.CONTACTS_ERASE)
    suppression.add(session, addresses, SuppressionReason.ERASED)
    ids: set[int] = set()
    for channel, norm in addresses:
        found = session.exec(select(Consent.id).where(Consent.channel == channel, Consent.norm == norm))
        ids.update(id_ for id_ in found if id_ is not None)
    if ids:
        _blank(session, sorted(ids))
    audit.record(session, actor, "consent.erase", entries=len(ids))
    return len(ids)


def _blank(session: Session, ids: Sequence[int]) -> None:
    session.flush()
    session.execute(insert(ConsentErasure), [{"consent_id": id_} for id_ in ids])
    statement = update(Consent).where(among(session, col(Consent.id), ids)).values(**BLANK)
    session.execute(statement.execution_options(synchronize_session=False))
    session.execute(delete(ConsentErasure))
    session.expire_all()
