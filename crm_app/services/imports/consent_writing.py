"""What a chunk of a commit writes into the ledger, in the chunk's own transaction, and what an import came to there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlmodel import Session, col, select

from crm_app.models import AuditEntry, Channel, Consent, ConsentSource, ConsentState, Contact, SuppressionReason
from crm_app.services import bulk
from crm_app.services.bulk import among
from crm_app.services.consent import suppression

if TYPE_CHECKING:
    from crm_app.services.imports.chunk import Batch, Prepared
    from crm_app.services.imports.matching import Decision

_COLUMNS = (
    "channel", "address", "norm", "contact_number", "state", "at", "recorded_at", "source", "source_name", "ip",
    "user_id", "import_id", "import_row", "text", "text_version", "reason",
)  # fmt: skip


def write_consents(
    batch: Batch, rows: Sequence[tuple[Prepared, Decision]], file_name: str, user_id: int | None
) -> None:
    """Writes the entries of the rows, whose contacts stand in the database already; opt-outs are suppressed too."""
    entries = [(prepared.candidate.row, entry) for prepared, decision in rows for entry in decision.entries]
    if not entries:
        return
    numbers = _numbers(batch, {row for row, _ in entries})
    source, moment = ConsentSource.IMPORT.value, batch.moment
    values = []
    for row, entry in entries:
        at = min(datetime.fromisoformat(entry.at), batch.at) if entry.at else batch.at
        who = (entry.channel, entry.address, entry.norm, numbers.get(row))
        what = (entry.new, bulk.moment(at), moment, source, file_name[:255], "")
        values.append((*who, *what, user_id, batch.import_id, row, "", "", ""))
    bulk.insert(batch.session, "consent", _COLUMNS, values)
    revoked = [(Channel(e.channel), e.norm) for _, e in entries if e.new == ConsentState.REVOKED]
    suppression.add(batch.session, revoked, SuppressionReason.REVOKED, batch.at)


def _numbers(batch: Batch, rows: set[int]) -> dict[int, int]:
    """The numbers of the rows' contacts."""
    contacts = {row: contact_id for _, row, _, contact_id, *_ in batch.proofs if row in rows}
    query = select(Contact.id, Contact.number).where(
        among(batch.session, col(Contact.id), sorted(set(contacts.values())))
    )
    numbers = dict(batch.session.execute(query).tuples().all())
    return {row: numbers[contact_id] for row, contact_id in contacts.items()}


def summary(session: Session, import_id: int, who: AuditEntry) -> AuditEntry | None:
    """One audit entry with the counts of what the import wrote, by whoever `who` names; None when it wrote nothing."""
    counts = _counts(session, import_id)
    if not counts:
        return None
    data = {"import": import_id, **counts}
    return AuditEntry(user_id=who.user_id, actor=who.actor, action="consent.import", data=data)


def lowered(session: Session, import_id: int) -> int:
    """How many consents the import lowered. They stay so, whatever becomes of its contacts."""
    return _counts(session, import_id).get(ConsentState.REVOKED, 0)


def _counts(session: Session, import_id: int) -> dict[str, int]:
    """Entries of the import by state."""
    query = select(Consent.state, func.count()).where(Consent.import_id == import_id).group_by(Consent.state)
    return dict(session.execute(query).tuples().all())
