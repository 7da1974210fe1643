"""Who changed which value of a contact since an import, as far as the timelines and later imports tell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from crm_app.locales import Text
from crm_app.models import Activity, ActivityKind, Import, ImportRow, Outcome, User
from crm_app.services.bulk import among
from crm_app.services.imports.undo_ties import SOURCE

_SETS_ACTIVE = {ActivityKind.DEACTIVATED.value: [True, False], ActivityKind.REACTIVATED.value: [False, True]}


@dataclass(frozen=True, slots=True)
class Edit:
    """The newest change of one value. `who` is empty for the system, `import_name` None for a change by hand."""

    who: str
    at: datetime
    import_name: Text | None = None


def newest(session: Session, found: Import, ids: Sequence[int], begun: datetime) -> dict[int, dict[str, Edit]]:
    """The newest edit of every value of these contacts since `begun`, by contact and attribute of Contact."""
    edits: dict[int, dict[str, Edit]] = {}
    if ids:
        seen = [*_by_hand(session, found, ids, begun), *_by_imports(session, found, ids, begun)]
        for id_, changes, edit in sorted(seen, key=lambda one: one[2].at):
            edits.setdefault(id_, {}).update(dict.fromkeys(changes, edit))
    return edits


def _by_hand(
    session: Session, found: Import, ids: Sequence[int], begun: datetime
) -> Iterator[tuple[int, dict[str, Any], Edit]]:
    query = (
        select(Activity, User.name)
        .join(User, col(Activity.user_id) == col(User.id), isouter=True)
        .where(
            among(session, col(Activity.contact_id), ids),
            col(Activity.at) >= begun,
            Activity.source != f"{SOURCE}{found.id}",
        )
    )
    for activity, who in session.exec(query):
        changes = activity.data.get("changes") or {}
        if activity.kind in _SETS_ACTIVE:
            changes = {"active": _SETS_ACTIVE[activity.kind]}
        yield activity.contact_id, changes, Edit(who or "", activity.at)


def _by_imports(
    session: Session, found: Import, ids: Sequence[int], begun: datetime
) -> Iterator[tuple[int, dict[str, Any], Edit]]:
    query = (
        select(ImportRow.contact_id, ImportRow.changes, Import, User.name)
        .join(Import, col(Import.id) == col(ImportRow.import_id))
        .join(User, col(Import.user_id) == col(User.id), isouter=True)
        .where(
            among(session, col(ImportRow.contact_id), ids),
            ImportRow.import_id != found.id,
            ImportRow.outcome == Outcome.UPDATE,
            col(Import.committed_at) >= begun,
        )
    )
    for id_, changes, other, who in session.exec(query):
        assert id_ is not None and other.committed_at is not None
        yield id_, dict(changes or {}), Edit(who or "", other.committed_at, other.called)
