"""What a user is told inside the product, and when somebody wants to be reminded."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, Index, String
from sqlmodel import Field, SQLModel

from crm_app.models.base import UTCDateTime, now


class NoticeKind(StrEnum):
    TASK_ASSIGNED = "task_assigned"
    TASK_REMINDER = "task_reminder"
    EVENT_REMINDER = "event_reminder"
    MENTIONED = "mentioned"


class Notice(SQLModel, table=True):
    """One thing told to one user; `params` are the values of the text its kind has. It goes with its contact."""

    __table_args__ = (Index("ix_notice_unread", "user_id", "read_at", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE")
    contact_id: int | None = Field(default=None, foreign_key="contact.id", index=True, ondelete="CASCADE")
    kind: str = Field(sa_type=String, max_length=20)
    params: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    link: str = Field(default="", max_length=300)
    created_at: datetime = Field(default_factory=now, sa_type=UTCDateTime)
    read_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Reminder(SQLModel, table=True):
    """A notice that is to come at `remind_at`, which was worked out in the time zone `zone`."""

    __table_args__ = (Index("ix_reminder_due", "sent_at", "remind_at"),)

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE")
    task_id: int | None = Field(default=None, foreign_key="task.id", index=True, ondelete="CASCADE")
    event_id: int | None = Field(default=None, foreign_key="calendar_event.id", index=True, ondelete="CASCADE")
    remind_at: datetime = Field(sa_type=UTCDateTime)
    zone: str = Field(max_length=60)
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
