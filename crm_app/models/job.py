"""Durable work: the row is the truth of a job, the queue only carries its id."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, String
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now


class JobKind(StrEnum):
    READ = "read"
    CHECK = "check"
    COMMIT = "commit"
    UNDO = "undo"
    DUPLICATES = "duplicates"  # the search for contacts that are one
    MERGE = "merge"  # of all that are certain
    EXPORT = "export"
    EMPTY_TRASH = "empty_trash"
    CAMPAIGN = "campaign"  # who gets it
    ERASE = "erase"  # a person, on request


WRITING = (JobKind.COMMIT, JobKind.UNDO, JobKind.MERGE)  # of these, one runs at a time


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(SQLModel, table=True):
    __table_args__ = (Index("ix_job_subject", "kind", "subject_id"), Index("ix_job_state", "state"))

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_type=String, max_length=20)
    subject_id: int  # the import; 0 = the whole base
    user_id: int | None = Field(default=None, foreign_key="user.id", ondelete="SET NULL")
    state: str = Field(default=JobState.QUEUED, sa_type=String, max_length=20)
    done: int = Field(default=0)
    total: int = Field(default=0)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    heartbeat_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    claim: str | None = Field(default=None, max_length=64)  # who works on it: "server:…" or "cli:…", new for each try
    cancel_requested: bool = Field(default=False)
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    error: list[Any] | None = Field(default=None, sa_column=Column(JSON))  # a Text

    @property
    def is_finished(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
