"""What people ask of us about their data, what was erased on request, and the record of what is processed here."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, String, Text
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now
from crm_app.models.branch import MAIN_BRANCH


class RequestKind(StrEnum):
    ACCESS = "access"
    ERASURE = "erasure"
    CORRECTION = "correction"
    OBJECTION = "objection"


class RequestState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"  # done as asked
    REFUSED = "refused"  # with the reason in the note


class PrivacyRequest(SQLModel, table=True):
    """Somebody asked for access, erasure, correction, or objected; to be answered by `due_on`.

    The contact is named by its number, which is never given twice: the request outlives an erasure, which blanks
    `asked_by` and `note`.
    """

    __tablename__ = "privacy_request"
    __table_args__ = (Index("ix_privacy_request_list", "state", "due_on", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_type=String, max_length=12)
    contact_number: int | None = Field(default=None, sa_type=BigInteger, index=True)
    asked_by: str = Field(default="", max_length=300)  # who asked, and how they can be reached
    received_on: date
    due_on: date
    state: str = Field(default=RequestState.OPEN, sa_type=String, max_length=10)
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id")
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    created_by_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    answered_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    answered_by_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")

    @property
    def is_open(self) -> bool:
        return self.state == RequestState.OPEN

    def is_overdue(self, today: date) -> bool:
        return self.is_open and self.due_on < today


class Erasure(SQLModel, table=True):
    """A person erased on request: the certificate. `counts` are rows and files by what they were of.

    `numbers` are the contact's and those of contacts that had gone into it: they say nobody's name any more, and a
    backup of before is erased by them again when it is restored.
    """

    __table_args__ = (Index("ix_erasure_number", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    number: int = Field(sa_type=BigInteger)
    numbers: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    request_id: int | None = Field(default=None)  # no foreign key: the certificate outlives the request
    branch_id: int = Field(default=MAIN_BRANCH, foreign_key="branch.id")
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    who: str = Field(default="", max_length=120)  # as the user was called
    asked_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    erased_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    cleaned_at: datetime | None = Field(default=None, sa_type=UTCDateTime)  # nothing of it is left in freed room
    job_id: int | None = Field(default=None)
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    backups: list[Any] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )  # names of those there were


class ProcessingRecord(SQLModel, table=True):
    """What the record of processing says beside what this program knows of itself; one row of free texts."""

    __tablename__ = "processing_record"

    id: int = Field(default=1, primary_key=True)
    texts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    changed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    changed_by_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
