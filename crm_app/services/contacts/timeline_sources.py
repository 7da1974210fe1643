"""Which tables tell of a contact, and what each says: a function a table, in `SOURCES`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, true, tuple_
from sqlalchemy.orm import load_only
from sqlmodel import Session, col, select

from crm_app.locales import Text
from crm_app.models import (
    MADE_MEMBER,
    Activity,
    ActivityKind,
    Attachment,
    Campaign,
    Channel,
    Comment,
    Consent,
    Contact,
    ContactPoint,
    Course,
    Enrolment,
    EnrolmentEntry,
    EntryKind,
    Import,
    ImportKind,
    ImportRow,
    Interaction,
    InteractionKind,
    Merge,
    MergedContact,
    Message,
    MessageKind,
    MessageState,
    Tag,
    Task,
    TaskType,
    User,
)

TOLD = (MessageState.SENT, MessageState.FAILED, MessageState.UNCERTAIN)  # of messages: what became of them
COURSES = frozenset(f"course_{kind}" for kind in EntryKind) - {"course_charged", "course_uncharged"}
_ROWS = 2**32  # more than a file has
# What an entry tells of an import; the rest of one can be large.
_OF_IMPORT = tuple(getattr(Import, name) for name in ("id", "kind", "name", "file_name", "options"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: by its moment, then by its source, then by its key there."""

    at: datetime
    source: int
    key: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `kind` is an ActivityKind, an InteractionKind, one of COURSES, "comment", "task_done", "imported",
    "changed_many", "consent", "file" or "message"; `data` depends on it.
    """

    kind: str
    at: datetime
    who: str  # name of the user, integration or form, empty for the system
    source: str | Text = ""
    data: dict[str, Any] = field(default_factory=dict)
    key: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a source is asked for: entries behind `after`, `limit` at most; of the kinds, None = of all."""

    session: Session
    contact: Contact
    reader: int | None
    kinds: frozenset[str] | None
    after: Place | None
    limit: int
    source: int = 0

    def behind(self, at: Any, key: Callable[[int], ColumnElement[bool]]) -> list[ColumnElement[bool]]:
        """Conditions of a query whose rows have the moment `at`; `key` says which of one moment come behind a key."""
        if self.after is None:
            return []
        of_moment: ColumnElement[bool] = false()
        if self.source >= self.after.source:
            of_moment = key(self.after.key) if self.source == self.after.source else true()
        return [at <= self.after.at, or_(at < self.after.at, of_moment)]


def _activities(asked: Asked) -> list[Entry]:
    id_ = col(Activity.id)
    query = (
        select(Activity, User.name)
        .join(User, col(Activity.user_id) == col(User.id), isouter=True)
        .where(
            col(Activity.contact_id) == asked.contact.id,
            *asked.behind(col(Activity.at), lambda key: id_ < key),
            *([] if asked.kinds is None else [col(Activity.kind).in_(asked.kinds)]),
        )
        .order_by(col(Activity.at).desc(), id_.desc())
        .limit(asked.limit)
    )
    return [
        Entry(one.kind, one.at, name or one.data.get("via", ""), one.source, one.data, one.id or 0)
        for one, name in asked.session.exec(query)
    ]


def _comments(asked: Asked) -> list[Entry]:
    id_, reader = col(Comment.id), asked.reader
    query = (
        select(Comment, User.name)
        .join(User, col(Comment.user_id) == col(User.id), isouter=True)
        .where(
            col(Comment.contact_id) == asked.contact.id,
            or_(col(Comment.deleted_at).is_(None), col(Comment.user_id) == reader),
            *asked.behind(col(Comment.at), lambda key: id_ < key),
        )
        .order_by(col(Comment.at).desc(), id_.desc())
        .limit(asked.limit)
    )
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
            key=comment.id or 0,
        )
        for comment, name in asked.session.exec(query)
    ]


def _imports(asked: Asked) -> list[Entry]:
    at = func.coalesce(col(Import.committed_at), col(Import.finished_at), col(Import.created_at))
    import_id, row = col(ImportRow.import_id), col(ImportRow.row)

    def later(key: int) -> ColumnElement[bool]:
        last_import, last_row = divmod(key, _ROWS)
        return or_(import_id < last_import, (import_id == last_import) & (row < last_row))

    is_change = col(Import.kind) == ImportKind.CHANGE
    kinds = asked.kinds or {"imported", "changed_many"}
    through = func.coalesce(col(ImportRow.through), import_id)
    newest = (
        select(import_id, row, at)
        .join(Import, through == col(Import.id))
        .where(col(ImportRow.contact_id) == asked.contact.id, *asked.behind(at, later))
        .where(or_(is_change if "changed_many" in kinds else false(), ~is_change if "imported" in kinds else false()))
        .order_by(at.desc(), import_id.desc(), row.desc())
        .limit(asked.limit)
    )
    moments = {(one, other): moment for one, other, moment in asked.session.execute(newest)}
    if not moments:
        return []
    query = (
        select(ImportRow, Import, User.name)
        .join(Import, through == col(Import.id))
        .join(User, col(Import.user_id) == col(User.id), isouter=True)
        .where(tuple_(import_id, row).in_(list(moments)))
        .options(load_only(*_OF_IMPORT))
    )
    return [
        Entry(
            "changed_many" if import_.kind == ImportKind.CHANGE else "imported",
            moments[one.import_id, one.row],
            name or "",
            import_.called,
            {"row": one.row, "outcome": one.outcome, "import": one.import_id, "changes": _values(one)},
            one.import_id * _ROWS + one.row,
        )
        for one, import_, name in asked.session.exec(query)
    ]


def _values(row: ImportRow) -> dict[str, Any]:
    """What the row changed of the contact itself; its enrolment tells of itself."""
    return {name: change for name, change in (row.changes or {}).items() if name != MADE_MEMBER}


def _consents(asked: Asked) -> list[Entry]:
    """What the ledger says of the contact, of those that went into it, and of its addresses where it names nobody."""
    id_ = col(Consent.id)
    merged = (
        select(MergedContact.number)
        .join(Merge, col(MergedContact.merge_id) == col(Merge.id))
        .where(col(Merge.kept_id) == asked.contact.id, col(Merge.undone_at).is_(None))
    )
    numbers = [asked.contact.number, *asked.session.exec(merged)]
    norms = select(ContactPoint.norm).where(ContactPoint.contact_id == asked.contact.id)
    of_address = and_(
        col(Consent.contact_number).is_(None),
        col(Consent.channel).in_(list(Channel)),
        col(Consent.norm).in_(list(asked.session.exec(norms))),
    )
    query = (
        select(Consent, User.name, Tag.name)
        .join(User, col(Consent.user_id) == col(User.id), isouter=True)
        .join(Tag, col(Consent.group_id) == col(Tag.id), isouter=True)
        .where(or_(col(Consent.contact_number).in_(numbers), of_address))
        .where(*asked.behind(col(Consent.at), lambda key: id_ < key))
        .order_by(col(Consent.at).desc(), id_.desc())
        .limit(asked.limit)
    )
    return [
        Entry(
            "consent",
            one.at,
            name or "",
            one.source_name,
            {
                "channel": one.channel,
                "state": one.state,
                "from": one.source,
                "address": one.address,
                "group": group or "",
                "reason": one.reason,
                "import": one.import_id,
                "row": one.import_row,
            },
            one.id or 0,
        )
        for one, name, group in asked.session.exec(query)
    ]


def _files(asked: Asked) -> list[Entry]:
    id_ = col(Attachment.id)
    query = (
        select(Attachment, User.name)
        .join(User, col(Attachment.user_id) == col(User.id), isouter=True)
        .where(col(Attachment.contact_id) == asked.contact.id, col(Attachment.removed_at).is_(None))
        .where(*asked.behind(col(Attachment.at), lambda key: id_ < key))
        .order_by(col(Attachment.at).desc(), id_.desc())
        .limit(asked.limit)
    )
    return [
        Entry("file", one.at, name or "", one.name, {"id": one.id, "size": one.size}, one.id or 0)
        for one, name in asked.session.exec(query)
    ]


def _done_tasks(asked: Asked) -> list[Entry]:
    id_, at = col(Task.id), col(Task.done_at)
    query = (
        select(Task, TaskType.name, User.name)
        .join(TaskType, col(Task.type_id) == col(TaskType.id), isouter=True)
        .join(User, col(Task.done_by_id) == col(User.id), isouter=True)
        .where(col(Task.contact_id) == asked.contact.id, at.is_not(None), col(Task.removed_at).is_(None))
        .where(*asked.behind(at, lambda key: id_ < key))
        .order_by(at.desc(), id_.desc())
        .limit(asked.limit)
    )
    return [
        Entry("task_done", one.done_at, name or "", kind or "", {"id": one.id, "title": one.title}, one.id or 0)
        for one, kind, name in asked.session.exec(query)
        if one.done_at is not None
    ]


def _messages(asked: Asked) -> list[Entry]:
    id_, at = col(Message.id), col(Message.ended_at)
    names = ("id", "ended_at", "channel", "kind", "state", "subject", "via", "opened_at", "clicked_at")
    columns: list[Any] = [*(getattr(Message, name) for name in names), User.name, Campaign.name]
    query = (
        select(*columns)
        .join(User, col(Message.author_id) == col(User.id), isouter=True)
        .join(Campaign, col(Message.campaign_id) == col(Campaign.id), isouter=True)
        .where(col(Message.contact_id) == asked.contact.id, col(Message.kind) != MessageKind.NOTICE)
        .where(at.is_not(None), col(Message.state).in_(TOLD))
        .where(*asked.behind(at, lambda key: id_ < key))
        .order_by(at.desc(), id_.desc())
        .limit(asked.limit)
    )
    return [
        Entry(
            "message",
            ended_at,
            who or "",
            campaign or "",
            {
                "id": message_id,
                "channel": channel,
                "of": kind,
                "state": state,
                "subject": subject,
                "via": via,
                "opened_at": opened,
                "clicked_at": clicked,
            },
            message_id,
        )
        for message_id, ended_at, channel, kind, state, subject, via, opened, clicked, who, campaign in (
            asked.session.execute(query)
        )
    ]


def _interactions(asked: Asked) -> list[Entry]:
    id_, at = col(Interaction.id), col(Interaction.at)
    query = (
        select(Interaction)
        .where(
            col(Interaction.contact_id) == asked.contact.id,
            *asked.behind(at, lambda key: id_ < key),
            *([] if asked.kinds is None else [col(Interaction.kind).in_(asked.kinds)]),
        )
        .order_by(at.desc(), id_.desc())
        .limit(asked.limit)
    )
    return [
        Entry(
            one.kind,
            one.at,
            "",
            one.source,
            {"description": one.description, "amount": one.amount, "currency": one.currency},
            one.id or 0,
        )
        for one in asked.session.exec(query)
    ]


def _courses(asked: Asked) -> list[Entry]:
    """What happened to its enrolments; what was charged for them stands in the account."""
    id_, at = col(EnrolmentEntry.id), col(EnrolmentEntry.at)
    query = (
        select(EnrolmentEntry, Course.name, User.name)
        .join(Enrolment, col(Enrolment.id) == col(EnrolmentEntry.enrolment_id))
        .join(Course, col(Course.id) == col(Enrolment.course_id))
        .join(User, col(EnrolmentEntry.user_id) == col(User.id), isouter=True)
        .where(
            col(Enrolment.contact_id) == asked.contact.id,
            col(Enrolment.branch_id) == asked.contact.branch_id,  # it may have been of another one
            col(EnrolmentEntry.kind).not_in((EntryKind.CHARGED, EntryKind.UNCHARGED)),
            *asked.behind(at, lambda key: id_ < key),
        )
        .order_by(at.desc(), id_.desc())
        .limit(asked.limit)
    )
    return [
        Entry(f"course_{one.kind}", one.at, name or "", course, {"paid": one.paid, **one.data}, one.id or 0)
        for one, course, name in asked.session.exec(query)
    ]


# Who tells of a contact, and of which kinds; their order is that of entries of one moment.
SOURCES: tuple[tuple[frozenset[str], Callable[[Asked], list[Entry]]], ...] = (
    (frozenset(ActivityKind), _activities),
    (frozenset({"comment"}), _comments),
    (frozenset({"imported", "changed_many"}), _imports),
    (frozenset({"consent"}), _consents),
    (frozenset({"file"}), _files),
    (frozenset({"task_done"}), _done_tasks),
    (frozenset({"message"}), _messages),
    (frozenset(InteractionKind), _interactions),
    (COURSES, _courses),
)
