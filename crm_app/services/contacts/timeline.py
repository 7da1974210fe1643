"""What happened to one contact, newest first: its activities and the imports that touched it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from crm_app.locales import Text
from crm_app.models import Activity, Contact, Import, ImportKind, ImportRow, User
from crm_app.models.base import now


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `kind` is an ActivityKind, "imported" or "changed_many"; `data` depends on it."""

    kind: str
    at: datetime
    who: str  # name of the user, empty for the system
    source: str | Text = ""
    data: dict[str, Any] = field(default_factory=dict)


def entries(session: Session, contact: Contact, *, limit: int = 50) -> list[Entry]:
    """The newest `limit` entries. The contact was fetched through `cards.get`, which checks who may see it."""
    found = session.exec(
        select(Activity, User.name)
        .join(User, col(Activity.user_id) == col(User.id), isouter=True)
        .where(col(Activity.contact_id) == contact.id)
        .order_by(col(Activity.at).desc(), col(Activity.id).desc())
        .limit(limit)
    ).all()
    made = [Entry(activity.kind, activity.at, name or "", activity.source, activity.data) for activity, name in found]
    imported = session.exec(
        select(ImportRow, Import, User.name)
        .join(Import, func.coalesce(col(ImportRow.through), col(ImportRow.import_id)) == col(Import.id))
        .join(User, col(Import.user_id) == col(User.id), isouter=True)
        .where(col(ImportRow.contact_id) == contact.id)
        .order_by(col(ImportRow.import_id).desc(), col(ImportRow.row).desc())
        .limit(limit)
    ).all()
    made.extend(
        Entry(
            "changed_many" if import_.kind == ImportKind.CHANGE else "imported",
            import_.committed_at or import_.finished_at or now(),
            name or "",
            import_.called,
            {"row": row.row, "outcome": row.outcome, "import": row.import_id, "changes": row.changes or {}},
        )
        for row, import_, name in imported
    )
    return sorted(made, key=lambda entry: entry.at, reverse=True)[:limit]
