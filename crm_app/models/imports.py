"""Imports: a contact file on its way into the CRM, and the proof of what each row did."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, String
from sqlmodel import Field, SQLModel

from crm_app.locales import Text, text
from crm_app.models.base import UTCDateTime, now
from crm_app.models.branch import MAIN_BRANCH


class ImportState(StrEnum):
    """Where an import stands. `*ING` states have a job at work; the others wait for somebody."""

    READING = "reading"
    READ = "read"  # columns are known; mapping is next
    CHECKING = "checking"
    CHECKED = "checked"  # the plan can be looked at; commit is next
    COMMITTING = "committing"
    PAUSED = "paused"  # stopped during commit, to go on later
    CANCELLED = "cancelled"  # stopped during commit: what was committed stays
    DONE = "done"
    FAILED = "failed"  # could not be read; `error` says why
    UNDOING = "undoing"
    UNDO_STOPPED = "undo_stopped"  # stopped during undo: what was taken back stays so; undo can go on
    UNDONE = "undone"


MADE_MEMBER = "enrolment"  # in the changes of a row: [status of the enrolment before, its id]
HALTED = (ImportState.PAUSED, ImportState.CANCELLED)  # of a commit that can go on where it stopped


class ImportKind(StrEnum):
    FILE = "file"
    CHANGE = "change"  # of many contacts at once; it has no file, its rows are the contacts by number


class Outcome(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    SKIP = "skip"
    INVALID = "invalid"
    CONFLICT = "conflict"


class UndoOutcome(StrEnum):
    """What the undo of an import made of one row that had written something."""

    REVERSED = "reversed"  # as it was before: the contact deleted, or every value of the row taken back
    KEPT = "kept"  # somebody worked on it since: the new contact stays, or at least one value does
    IMPOSSIBLE = "impossible"  # nobody edited it, and still there is no way back; the reason says why


class Import(SQLModel, table=True):
    """One file on its way. Raw cells and the plan live in the import's own folder, not here.

    A change of many contacts stands here too (`kind`): it is carried out, shown and undone like an import.
    """

    id: int | None = Field(default=None, primary_key=True)
    folder: str = Field(max_length=64, unique=True)  # generated name below the imports folder
    kind: str = Field(default=ImportKind.FILE, sa_type=String, max_length=10)
    name: str = Field(default="", max_length=200)
    state: str = Field(default=ImportState.READING, sa_type=String, max_length=20, index=True)
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id")
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime, index=True)
    committed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    file_name: str = Field(max_length=255)
    file_size: int = Field(default=0)
    sha256: str = Field(default="", max_length=64, index=True)
    read_settings: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    read_out: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    columns: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # ColumnMapping as JSON
    options: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))  # outcome → rows
    rows: int = Field(default=0)
    committed_row: int = Field(default=0)  # high-water mark: the plan is carried out up to this record number
    replanned: int = Field(default=0)  # rows the commit had to plan again, because contacts changed since the check
    error: list[Any] | None = Field(default=None, sa_column=Column(JSON))  # a Text
    continues_id: int | None = Field(
        default=None
    )  # the import whose failed rows this file brings back: they stay its rows
    follows_id: int | None = Field(default=None)  # the import whose link this file was fetched from once more
    newest_tag: int | None = Field(default=None)  # id when the commit began: tags behind it came in with the import
    undone_row: int = Field(default=0)  # high-water mark of the undo
    undone_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    undo_counts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))  # UndoOutcome →
    changed_at: datetime | None = Field(default=None, sa_column=Column(UTCDateTime, onupdate=now))  # by itself
    purged_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # when its folder was given up
    undo_purged_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # since then it cannot be undone
    undo_purged_row: int = Field(default=0)  # high-water mark: up to here the old values are forgotten

    @property
    def called(self) -> Text:
        """What people call it: its name, else its file's; a change of many by what it does."""
        if self.kind == ImportKind.CHANGE:
            return Text.from_json(self.options["action"]["words"])
        return text("{name}", name=self.name or self.file_name)


class ImportRow(SQLModel, table=True):
    """What one row of the file did to which contact, written in the same transaction as the change.

    `changes` is {field: [old, new]} for updates and null for creates, whose proof is `version`: the contact is
    untouched as long as its version still is this one. In `changes`, status and owner stand as ids under `status_id`
    and `owner_id`, dates in ISO form, and `tags` is [[ids taken], [ids given]]. The enrolment a row made, or brought
    somebody back to, stands under MADE_MEMBER, of creates and unchanged rows too. Rows without a contact (skip,
    invalid, conflict) are not here; unchanged ones are. `undone` is what an undo made of the row (UndoOutcome), null
    before.
    `through` is the import (`continues_id`) that brought the row back mended, null for rows of the file itself. Once
    the undo data of the import is forgotten, every old value is null.
    """

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_contact_id", "contact_id"),)

    import_id: int = Field(foreign_key="import.id", primary_key=True, ondelete="CASCADE")
    row: int = Field(primary_key=True)  # record number in the file, header and preamble counted
    outcome: str = Field(sa_type=String, max_length=10)
    contact_id: int | None = Field(default=None, foreign_key="contact.id", ondelete="SET NULL")
    version: int = Field(default=1)
    changes: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    undone: str | None = Field(default=None, sa_type=String, max_length=10)
    through: int | None = Field(default=None)
