"""What happened to one contact, newest first: its activities, comments, done tasks and the imports that touched it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from crm_app.locales import Text
from crm_app.models import Activity, Comment, Contact, Import, ImportKind, ImportRow, Task, TaskType, User
from crm_app.models.base import now


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; `data` depends on `kind`: an ActivityKind, "comment", "task_done", "imported" or "changed_many"."""

    kind: str
    at: datetime
    who: str  # name of the user, empty for the system
    source: str | Text = ""
    data: dict[str, Any] = field(default_factory=dict)


def entries(session: Session, contact: Contact, *, limit: int = 50, reader: int | None = None) -> list[Entry]:
    """The newest `limit` entries. The contact was fetched through `cards.get`, which checks who may see it.

    Deleted comments are among them for their author alone, the user `reader`.
    """
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
    made.extend(_comments(session, contact, limit, reader))
    made.extend(_done_tasks(session, contact, limit))
    return sorted(made, key=lambda entry: entry.at, reverse=True)[:limit]


def _comments(session: Session, contact: Contact, limit: int, reader: int | None) -> list[Entry]:
    shown = or_(col(Comment.deleted_at).is_(None), col(Comment.user_id) == reader)
    found = session.exec(
        select(Comment, User.name)
        .join(User, col(Comment.user_id) == col(User.id), isouter=True)
        .where(col(Comment.contact_id) == contact.id, shown)
        .order_by(col(Comment.at).desc(), col(Comment.id).desc())
        .limit(limit)
    ).all()
    return [
        Entry(
            "comment",
            comment.at,
            name or "",
            data={
                "id": comment.id,
                "text": comment.text,
                "is_own": reader is not None and comment.user_id == reader,
                "edited_at": comment.edited_at,
                "is_deleted": comment.deleted_at is not None,
            },
        )
        for comment, name in found
    ]


def _done_tasks(session: Session, contact: Contact, limit: int) -> list[Entry]:
    found = session.exec(
        select(Task, TaskType.name, User.name)
        .join(TaskType, col(Task.type_id) == col(TaskType.id), isouter=True)
        .join(User, col(Task.done_by_id) == col(User.id), isouter=True)
        .where(Task.contact_id == contact.id, col(Task.done_at).is_not(None), col(Task.removed_at).is_(None))
        .order_by(col(Task.done_at).desc(), col(Task.id).desc())
        .limit(limit)
    ).all()
    return [
        Entry("task_done", task.done_at or now(), name or "", kind or "", {"id": task.id, "title": task.title})
        for task, kind, name in found
    ]
