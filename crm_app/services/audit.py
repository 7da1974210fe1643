"""The audit of the installation: who did what, with counts and never with personal data of a contact."""

from sqlmodel import Session

from crm_app.models import AuditEntry
from crm_app.services.actor import Actor


def record(session: Session, actor: Actor, action: str, *, ip: str = "", **counts: int | str) -> None:
    """Writes one entry. `counts` are numbers, ids and keys; nothing anybody typed."""
    session.add(AuditEntry(user_id=actor.user_id, actor=actor.name[:120], action=action[:60], ip=ip[:60], data=counts))
    session.flush()
